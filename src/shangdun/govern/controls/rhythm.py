"""How often a measure must be looked at, as periods of the calendar.

A period is whole: the ISO week, the month, the quarter (三季度), the half-year, the year. Days are
those of the company's time zone.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Rhythm(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}


class Span(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def period_of(rhythm: Rhythm, day: date) -> Span:
    """The period that a day lies in."""
    if rhythm is Rhythm.WEEK:
        first = day - timedelta(days=day.weekday())
        return Span(first, first + timedelta(days=6))
    months = MONTHS[rhythm]
    month = (day.month - 1) // months * months + 1
    first = date(day.year, month, 1)
    end = month + months
    following = date(day.year + 1, 1, 1) if end > 12 else date(day.year, end, 1)
    return Span(first, following - timedelta(days=1))


def period_before(rhythm: Rhythm, day: date) -> Span:
    """The last period that was over on that day."""
    return period_of(rhythm, period_of(rhythm, day).first - timedelta(days=1))


def first_whole(rhythm: Rhythm, since: date) -> Span:
    """The first period that begins on or after ``since``: the first in which a check is owed."""
    period = period_of(rhythm, since)
    return period if period.first == since else period_of(rhythm, period.last + timedelta(days=1))


def ended_in(rhythm: Rhythm, since: date, span: Span) -> list[Span]:
    """The periods whose last day lies in ``span``, from the first whole one after ``since``."""
    found = []
    period = max(first_whole(rhythm, since), period_of(rhythm, span.first))
    while period.last <= span.last:
        found.append(period)
        period = period_of(rhythm, period.last + timedelta(days=1))
    return found
