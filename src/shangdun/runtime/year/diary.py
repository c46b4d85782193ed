"""What was played, counted as it happens and independent of the records."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """``what`` in two words (``meeting.missed``), ``about`` a number or a key."""

    day: date
    what: str
    about: str = ""


class Diary:
    """Grows by a line whenever somebody did something, or did not."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def write(self, day: date, what: str, about: object = "") -> None:
        self.entries.append(Entry(day, what, str(about)))

    def tally(self, since: date = date.min, until: date = date.max) -> dict[str, int]:
        """How often each thing happened between two days, both included."""
        counted = Counter(one.what for one in self.entries if since <= one.day <= until)
        return dict(sorted(counted.items()))

    def keep(self, path: Path) -> None:
        """One JSON object a line."""
        lines = [msgspec.json.encode(entry) for entry in self.entries]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
