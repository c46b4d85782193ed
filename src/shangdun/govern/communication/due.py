"""When each line of the matrix is due, on working days; what is late, what was missed.

A line that recurs is due in the windows of its ``govern.rhythm`` rule: it is drafted on a window's
first day, due on its last, and missed when ``grace`` working days have passed after that. One that
follows an event is drafted at once and due so many working days after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from shangdun.govern.communication.lines import Frequency
from shangdun.govern.rhythm.periods import Period
from shangdun.govern.rhythm.windows import Place, Rule, windows

PERIODS: dict[Frequency, Period] = {
    Frequency.WEEKLY: Period.WEEK,
    Frequency.MONTHLY: Period.MONTH,
    Frequency.QUARTERLY: Period.QUARTER,
    Frequency.HALF_YEARLY: Period.HALF,
    Frequency.YEARLY: Period.YEAR,
}
MOST_DAYS = 60
"""Working days of a window or of grace: more is no deadline."""


class Calendar(Protocol):
    """A working-day calendar, as ``govern.schedule.calendar`` has them."""

    @property
    def known_until(self) -> date | None: ...

    def is_workday(self, day: date) -> bool: ...

    def add(self, day: date, n: int) -> date: ...


class Rhythm(msgspec.Struct, frozen=True):
    """A line's rhythm; ``days`` and ``grace`` are working days."""

    frequency: Frequency
    place: Place = Place.END
    days: int = 7
    grace: int = 3


class Due(msgspec.Struct, frozen=True, order=True):
    """One time a line is due. All days included; ``period`` is unique in the line's rhythm."""

    due: date
    period: str
    since: date
    until: date
    """What it tells about."""
    opens: date
    """When it is drafted."""
    closes: date
    """The last day on which it is late and not yet missed."""


class Standing(StrEnum):
    """How one thing that was due stands on a day."""

    AHEAD = "ahead"
    """Not yet to be done."""
    NOW = "now"
    LATE = "late"
    MISSED = "missed"
    KEPT = "kept"
    KEPT_LATE = "kept_late"


def dues(rhythm: Rhythm, calendar: Calendar, since: date, until: date) -> Iterator[Due]:
    """What a recurring line owes and drafts between two days, both included, in their order.

    A period that had begun to be due before ``since`` is not owed: a plan that starts in the middle
    of a window begins with the next. Of ``Frequency.EVENT`` nothing: see ``due_after``.
    """
    period = PERIODS.get(rhythm.frequency)
    if period is None:
        return
    rule = Rule(period, rhythm.place, rhythm.days)
    for window in windows(rule, calendar, since, until):
        if window.first < since or window.first > until:
            continue
        yield Due(
            due=window.last,
            period=window.span.key,
            since=window.span.since,
            until=window.span.until,
            opens=window.first,
            closes=_after(calendar, window.last, rhythm.grace),
        )


def due_after(rhythm: Rhythm, calendar: Calendar, happened: date) -> Due:
    """When something that happened on a day must have been told."""
    due = _after(calendar, happened, rhythm.days)
    return Due(
        due=due,
        period=happened.isoformat(),
        since=happened,
        until=happened,
        opens=happened,
        closes=_after(calendar, due, rhythm.grace),
    )


def standing(due: date, closes: date, today: date, done: date | None = None) -> Standing:
    """How it stands; ``done`` is the day on which it was done, where it was."""
    if done is not None:
        return Standing.KEPT if done <= due else Standing.KEPT_LATE
    if today > closes:
        return Standing.MISSED
    if today > due:
        return Standing.LATE
    return Standing.NOW if today == due else Standing.AHEAD


def _after(calendar: Calendar, day: date, n: int) -> date:
    """So many working days after a day; 0: the day itself, worked or not.

    From a day that is not worked the next working day is the first of them.
    """
    if n == 0:
        return day
    return calendar.add(day, n if calendar.is_workday(day) else n - 1)
