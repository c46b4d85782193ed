"""Quarters, half-years and years as the company's calendar has them.

A period is named ``2026Q3``, ``2026H2`` or ``2026``; names of one cadence sort in time's order.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from shangdun.kernel.errors import UsageError


class Cadence(StrEnum):
    """How often a measure is taken."""

    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"quarter": 3, "half": 6, "year": 12}[self.value]


_MARKS = {Cadence.QUARTER: "Q", Cadence.HALF: "H", Cadence.YEAR: ""}
_NAME = re.compile(r"([12]\d{3})(?:Q([1-4])|H([12]))?")


class Period(msgspec.Struct, frozen=True):
    """One of them; ``index`` counts from 1 within the year."""

    cadence: Cadence
    year: int
    index: int = 1

    @property
    def key(self) -> str:
        """``2026Q3``."""
        mark = _MARKS[self.cadence]
        return f"{self.year}{mark}{self.index}" if mark else str(self.year)

    @property
    def first(self) -> date:
        return date(self.year, (self.index - 1) * self.cadence.months + 1, 1)

    @property
    def last(self) -> date:
        """Its last day; part of it."""
        return self.next.first - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def next(self) -> Self:
        return self._moved(1)

    @property
    def previous(self) -> Self:
        return self._moved(-1)

    def _moved(self, by: int) -> Self:
        each = 12 // self.cadence.months
        year, index = divmod(self.year * each + self.index - 1 + by, each)
        return type(self)(self.cadence, year, index + 1)

    def since(self, zone: ZoneInfo) -> datetime:
        """Its first moment where the company is."""
        return datetime.combine(self.first, datetime.min.time(), zone)

    def until(self, zone: ZoneInfo) -> datetime:
        """Its end: the first moment after it."""
        return self.next.since(zone)

    def is_over(self, at: datetime, zone: ZoneInfo) -> bool:
        return at >= self.until(zone)


def period_of(day: date, cadence: Cadence) -> Period:
    """The period a day lies in."""
    return Period(cadence, day.year, (day.month - 1) // cadence.months + 1)


def period_named(key: str) -> Period:
    """``2026Q3``, ``2026H2``, ``2026``. Raises ``UsageError`` (``measure.period``)."""
    found = _NAME.fullmatch(key)
    if found is None:
        raise UsageError(
            f"{key[:20]!r} is no period", code="measure.period", fix="2026Q3, 2026H2 or 2026"
        )
    year, quarter, half = found.groups()
    if quarter:
        return Period(Cadence.QUARTER, int(year), int(quarter))
    return Period(Cadence.HALF, int(year), int(half)) if half else Period(Cadence.YEAR, int(year))


def periods_to(last: Period, count: int) -> tuple[Period, ...]:
    """So many periods that end with this one, the oldest first."""
    found = [last]
    while len(found) < count:
        found.append(found[-1].previous)
    return tuple(reversed(found))
