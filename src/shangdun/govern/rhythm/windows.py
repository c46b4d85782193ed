"""When a recurring thing is due: the window of working days in which it is to happen.

The plan's own words, made exact (section 五.1):

- "in the last week of every month" (每月最后一周): the working days among the last seven days of
  the month. Where a festival has taken them all, the last working day before it: a meeting about
  a month is not held in the next one.
- "in the first working week after each quarter" (每季度后的第一个工作周): the first five working
  days of the new quarter; after the National Day holiday that is not the first of October.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from shangdun.govern.rhythm.periods import Period, Span, spans

FURTHEST = 31
"""Days that a window moves at most: no festival is longer."""


class Workdays(Protocol):
    """A working-day calendar, as ``govern.schedule.calendar`` has them."""

    @property
    def known_until(self) -> date | None: ...

    def is_workday(self, day: date) -> bool: ...


class Place(StrEnum):
    """Where in or after its period a thing is due."""

    END = "end"
    """On the working days among the last ``days`` days of the period."""
    AFTER = "after"
    """On the first ``days`` working days after the period."""
    WITHIN = "within"
    """On any working day of the period."""


class Rule(msgspec.Struct, frozen=True):
    """How often a thing is due, and when."""

    period: Period
    place: Place
    days: int = 7


MONTHLY_LAST_WEEK = Rule(Period.MONTH, Place.END, 7)
QUARTER_FIRST_WEEK = Rule(Period.QUARTER, Place.AFTER, 5)
WEEK_AFTER = Rule(Period.WEEK, Place.AFTER, 1)
MONTH_AFTER = Rule(Period.MONTH, Place.AFTER, 5)
QUARTER_END = Rule(Period.QUARTER, Place.END, 7)
HALF_YEAR_END = Rule(Period.HALF, Place.END, 14)
YEAR_END = Rule(Period.YEAR, Place.END, 31)


class Window(msgspec.Struct, frozen=True):
    """One time it is due."""

    span: Span
    """What it is about."""
    days: tuple[date, ...]
    """The working days on which it may happen, at least one, in their order."""
    moved: bool = False
    """A holiday pushed it out of its usual days."""
    tentative: bool = False
    """The holidays of these days were not announced yet: they may still change."""

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]

    def closed(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.last

    def on(self, weekday: int) -> date:
        """The day for who wants a weekday (Monday 0): that one, or the nearest, earlier first."""
        return min(self.days, key=lambda day: (abs(day.weekday() - weekday), day))


def windows(rule: Rule, workdays: Workdays, since: date, until: date) -> Iterator[Window]:
    """The times it is due between two days, both included, in their order.

    A window counts where any of its days lies between them. One that no working day is left for
    is not given: it needs a calendar with no working day in a month.
    """
    reach = timedelta(days=FURTHEST + 2 * max(rule.days, 7))
    for span in spans(rule.period, since - reach, until + reach):
        window = window_of(rule, workdays, span)
        if window is not None and window.last >= since and window.first <= until:
            yield window


def window_of(rule: Rule, workdays: Workdays, span: Span) -> Window | None:
    """When it is due for one period; None where no working day is near."""
    if rule.place is Place.AFTER:
        return _after(rule, workdays, span)
    width = (span.until - span.since).days + 1
    wanted = width if rule.place is Place.WITHIN else min(rule.days, width)
    first = span.until - timedelta(days=wanted - 1)
    days = [first + timedelta(days=one) for one in range(wanted)]
    working = tuple(filter(workdays.is_workday, days))
    if working:
        return _window(workdays, span, working, moved=False)
    earlier = _near(workdays, first - timedelta(days=1), -1)
    return _window(workdays, span, (earlier,), moved=True) if earlier else None


def _after(rule: Rule, workdays: Workdays, span: Span) -> Window | None:
    working: list[date] = []
    day = span.until
    for _day in range(FURTHEST + 2 * rule.days):
        day += timedelta(days=1)
        if workdays.is_workday(day):
            working.append(day)
        if len(working) == rule.days:
            break
    if not working:
        return None
    usual = next(
        day
        for day in (span.until + timedelta(days=one) for one in range(1, 8))
        if day.weekday() < 5
    )
    return _window(workdays, span, tuple(working), moved=working[0] > usual)


def _near(workdays: Workdays, day: date, step: int) -> date | None:
    for _day in range(FURTHEST):
        if workdays.is_workday(day):
            return day
        day += timedelta(days=step)
    return None


def _window(workdays: Workdays, span: Span, days: tuple[date, ...], *, moved: bool) -> Window:
    known = workdays.known_until
    return Window(span, days, moved, tentative=known is not None and days[-1] > known)
