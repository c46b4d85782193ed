"""When drills are due: at least one in the third and one in the fourth quarter of each year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

QUARTERS = (3, 4)
REMIND_BEFORE = (timedelta(days=60), timedelta(days=30), timedelta(days=7))
"""Before the quarter ends; the first as it begins."""


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One drill that the year asks for; ``held`` says on which day it was, or None."""

    year: int
    quarter: int
    begins: date
    ends: date
    """The last day on which it counts."""
    held: date | None = None

    def overdue(self, today: date) -> bool:
        """Whether the quarter passed without it."""
        return self.held is None and today > self.ends

    def reminders(self) -> tuple[date, ...]:
        """The days on which somebody is reminded, while it is not held."""
        return (self.begins, *(self.ends - before for before in REMIND_BEFORE))


def duties(year: int, held: Iterable[date]) -> tuple[Duty, ...]:
    """The year's duties with the first drill of each quarter among those that were held."""
    days = sorted(held)
    found = []
    for quarter in QUARTERS:
        begins, ends = span(year, quarter)
        first = next((day for day in days if begins <= day <= ends), None)
        found.append(Duty(year=year, quarter=quarter, begins=begins, ends=ends, held=first))
    return tuple(found)


def span(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    begins = date(year, 3 * quarter - 2, 1)
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return begins, after - timedelta(days=1)
