"""What a process was doing with each letter when it died.

A line is written before a letter is handed over and one after. The kernel keeps what was written
when the process is killed, so the journal tells a letter that never began from one that may have
left. It does not outlive a power cut: a journal of another boot proves nothing, and every letter
that was claimed then is uncertain.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from shangdun.notify.letters.delivery import Fate, Outcome

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class LetterJournal:
    """Of one notice, in ``$SHANGDUN_HOME/run``."""

    def __init__(self, home: Path, uid: str, boot: str | None = None) -> None:
        self._path = home / "run" / f"letters-{uid}.log"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._boot = this_boot() if boot is None else boot
        self._file: int | None = None

    def begin(self, key: str) -> None:
        """The letter is about to be handed over. Raises ``OSError``: then it must not be."""
        self._write(f"b {key}\n")

    def end(self, key: str, outcome: Outcome) -> None:
        """What the server said."""
        self._write(f"e {key} {outcome.fate} {outcome.code}|{outcome.receipt}\n")

    def reset(self) -> None:
        """Everything is written down in the records: begin anew."""
        self.close()
        with self._path.open("wb") as file:
            file.write(f"{self._boot}\n".encode())

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def remove(self) -> None:
        """The notice is over."""
        self.close()
        self._path.unlink(missing_ok=True)

    def fates(
        self, claimed: Iterable[str], *, idempotent: bool
    ) -> tuple[Mapping[str, Outcome], list[str]]:
        """Of letters that a dead process had claimed: their fates, and those never begun.

        ``idempotent``: the server takes a key once, so what is uncertain is safely sent again.
        """
        begun, ended, trusted = self._read()
        unknown = Outcome(Fate.LATER if idempotent else Fate.UNCERTAIN)
        fates: dict[str, Outcome] = {}
        untried = []
        for key in claimed:
            if key in ended:
                fates[key] = ended[key]
            elif key in begun or not trusted:
                fates[key] = unknown
            else:
                untried.append(key)
        return fates, untried

    def _read(self) -> tuple[set[str], dict[str, Outcome], bool]:
        try:
            boot, *lines = self._path.read_text("utf-8", "replace").split("\n")
        except OSError:
            return set(), {}, False
        begun: set[str] = set()
        ended: dict[str, Outcome] = {}
        for line in lines[:-1]:  # the last is empty, or was cut while it was written
            word, _, rest = line.partition(" ")
            key, _, told = rest.partition(" ")
            if word == "b":
                begun.add(key)
                ended.pop(key, None)
            elif word == "e":
                fate, _, said = told.partition(" ")
                code, _, receipt = said.partition("|")
                if fate in set(Fate):
                    ended[key] = Outcome(Fate(fate), code, receipt)
        return begun, ended, bool(self._boot) and boot == self._boot

    def _write(self, line: str) -> None:
        if self._file is None:
            if not self._path.exists():
                self.reset()
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        data = line.encode()
        if os.write(self._file, data) != len(data):
            raise OSError("the journal of letters is cut short: is the disk full?")


def this_boot() -> str:
    """The kernel's name for its run; empty where it has none, and then nothing is trusted."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""
