"""Spans of the calendar that things recur by: weeks, months, quarters, half-years, years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Period(StrEnum):
    """How often; a week begins on Monday (ISO 8601), the others on the first of a month."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class Span(msgspec.Struct, frozen=True, order=True):
    """One period: both days included."""

    since: date
    until: date
    key: str
    """``2026-W07``, ``2026-03``, ``2026-Q1``, ``2026-H1``, ``2026``: unique and stable."""


def span_of(period: Period, day: date) -> Span:
    """The period in which a day lies."""
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        year, week, _weekday = day.isocalendar()
        return Span(monday, monday + timedelta(days=6), f"{year}-W{week:02d}")
    months = _MONTHS[period.value]
    first = (day.month - 1) // months
    since = date(day.year, first * months + 1, 1)
    return Span(since, _month_after(since, months) - timedelta(days=1), _key(period, since))


def spans(period: Period, since: date, until: date) -> Iterator[Span]:
    """The periods that touch the days from ``since`` to ``until``, in their order."""
    span = span_of(period, since)
    while span.since <= until:
        yield span
        span = span_of(period, span.until + timedelta(days=1))


def _month_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _key(period: Period, since: date) -> str:
    if period is Period.MONTH:
        return f"{since:%Y-%m}"
    if period is Period.YEAR:
        return f"{since.year}"
    number = (since.month - 1) // _MONTHS[period.value] + 1
    return f"{since.year}-{'Q' if period is Period.QUARTER else 'H'}{number}"
