"""How long a response takes: spans between moments, by quarter, type and grade.

Each span is named for what it measures and says from what it is measured; one whose moment is
missing is counted as missing and never as nought.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from shangdun.respond.phases import Milestones


class Span(StrEnum):
    """A span of a response."""

    DETECT = "detect"
    """From when it began to when it was reported."""
    ACKNOWLEDGE = "acknowledge"
    """From the report to the first person who took it up."""
    ACTIVATE = "activate"
    """From the report to the plan's start."""
    CONTAIN = "contain"
    """From the report to the end of the harm."""
    RECOVER = "recover"
    """From the report to the shop working as before."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as figures see it; ``quarter_of`` is when it was reported."""

    number: int
    type: str
    grade: int
    occurred_at: datetime
    moments: Milestones
    kept: int = 0
    """Reporting clocks met in time."""
    missed: int = 0
    drill: bool = False


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Of a set of spans: seconds. ``median`` and ``p90`` are None where none is known."""

    count: int
    missing: int
    median: float | None
    p90: float | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of figures."""

    key: str
    incidents: int
    spans: dict[Span, Spread]
    kept: int
    missed: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All together, and by quarter (``2026Q1``), type and grade."""

    all: Row
    by_quarter: tuple[Row, ...]
    by_type: tuple[Row, ...]
    by_grade: tuple[Row, ...]


def span_of(course: Course, span: Span) -> float | None:
    """Seconds; None while either end is missing.

    A moment before its start (an incident that began after its report, a clock set back) gives 0:
    a span is never negative.
    """
    m = course.moments
    ends: Mapping[Span, tuple[datetime | None, datetime | None]] = {
        Span.DETECT: (course.occurred_at, m.reported_at),
        Span.ACKNOWLEDGE: (m.reported_at, m.acknowledged_at),
        Span.ACTIVATE: (m.reported_at, m.activated_at),
        Span.CONTAIN: (m.reported_at, m.contained_at),
        Span.RECOVER: (m.reported_at, m.recovered_at),
    }
    begin, end = ends[span]
    if begin is None or end is None:
        return None
    return max(0.0, end.timestamp() - begin.timestamp())


def quarter_of(moment: datetime, zone: ZoneInfo) -> str:
    """``2026Q1`` of a moment where the company is."""
    local = moment.astimezone(zone)
    return f"{local.year}Q{(local.month - 1) // 3 + 1}"


def spread(values: Iterable[float | None]) -> Spread:
    """Median and the 90th percentile (nearest rank: a span that occurred) of what is known."""
    everything = list(values)
    known = sorted(value for value in everything if value is not None)
    return Spread(
        count=len(known),
        missing=len(everything) - len(known),
        median=_median(known),
        p90=known[math.ceil(len(known) * 0.9) - 1] if known else None,
    )


def _median(known: Sequence[float]) -> float | None:
    if not known:
        return None
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def figures(courses: Iterable[Course], zone: ZoneInfo, *, drills: bool = False) -> Figures:
    """Figures of the real incidents, or of the drills: never of both together."""
    chosen = [course for course in courses if course.drill is drills]
    quarters: defaultdict[str, list[Course]] = defaultdict(list)
    types: defaultdict[str, list[Course]] = defaultdict(list)
    grades: defaultdict[str, list[Course]] = defaultdict(list)
    for course in chosen:
        quarters[quarter_of(course.moments.reported_at, zone)].append(course)
        types[course.type].append(course)
        grades[str(course.grade)].append(course)
    return Figures(
        all=_row("", chosen),
        by_quarter=_rows(quarters),
        by_type=_rows(types),
        by_grade=_rows(grades),
    )


def _rows(groups: Mapping[str, list[Course]]) -> tuple[Row, ...]:
    return tuple(_row(key, groups[key]) for key in sorted(groups))


def _row(key: str, courses: Sequence[Course]) -> Row:
    return Row(
        key=key,
        incidents=len(courses),
        spans={span: spread(span_of(one, span) for one in courses) for span in Span},
        kept=sum(course.kept for course in courses),
        missed=sum(course.missed for course in courses),
    )
