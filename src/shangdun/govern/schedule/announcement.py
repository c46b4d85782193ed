"""The State Council's arrangement of a year's holidays, as it is pasted, one line a rule.

``2027-02-05..2027-02-12 off Spring Festival``, ``2027-02-20 work``; in Chinese ``放假``, ``上班``.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

LONGEST = 60
"""Days of one line."""
MOST_LINES = 200
_LINE = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})\s*(?:(?:\.\.|~|至|到|—|–)\s*(?P<last>\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s*[,，:：]?\s*(?P<what>off|free|holiday|work|worked|放假|休息|休|上班|工作|班|reset|恢复)"
    r"\s*[,，:：]?\s*(?P<name>.{0,100})\Z",
    re.IGNORECASE,
)
_OFF = {"off", "free", "holiday", "放假", "休息", "休"}
_RESET = {"reset", "恢复"}


class Announced(NamedTuple):
    """One day; ``worked`` None: as the library says again."""

    day: date
    worked: bool | None
    name: str


class Unread(NamedTuple):
    """A line that says nothing that can be understood."""

    line: int
    text: str


def read_announcement(text: str) -> tuple[list[Announced], list[Unread]]:
    """The days, and the lines that cannot be read."""
    days: dict[date, Announced] = {}
    wrong: list[Unread] = []
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        if not line.strip():
            continue
        found = _days(line.strip())
        if found is None:
            wrong.append(Unread(number, line.strip()[:100]))
        else:
            days |= {one.day: one for one in found}
    return sorted(days.values()), wrong


def _days(line: str) -> list[Announced] | None:
    match = _LINE.match(line)
    if not match:
        return None
    try:
        first = _day(match["first"])
        last = _day(match["last"]) if match["last"] else first
    except ValueError:
        return None
    if not 0 <= (last - first).days < LONGEST:
        return None
    what = match["what"].lower()
    worked = None if what in _RESET else what not in _OFF
    name = match["name"].strip()
    return [
        Announced(first + timedelta(days=n), worked, name) for n in range((last - first).days + 1)
    ]


def _day(text: str) -> date:
    year, month, day = text.split("-")
    return date(int(year), int(month), int(day))
