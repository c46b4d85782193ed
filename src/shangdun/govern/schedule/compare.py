"""What a change does to the dates, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shangdun.govern.schedule.activity import Activity, Cause, Key, Schedule
from shangdun.govern.schedule.calendar import WorkCalendar


class Span(NamedTuple):
    """First and last day, both included."""

    starts_on: date
    ends_on: date


class Effect(NamedTuple):
    """What moves, in working days."""

    moved: dict[Key, Span]
    """The new dates of all that moves, summaries too."""
    tasks: int
    """How many of them are no summaries."""
    end: int
    """How far the end of the whole plan moves; negative: earlier."""
    broken: tuple[Key, ...]
    """Those whose due date held before and does not any more."""
    kept: tuple[Key, ...]
    """Those whose due date did not hold before and does now."""


def effect(
    before: Schedule, after: Schedule, activities: list[Activity], calendar: WorkCalendar
) -> Effect:
    """What changed from one schedule to another of the same activities."""
    moved: dict[Key, Span] = {}
    tasks = 0
    for key, now in after.planned.items():
        then = before.planned.get(key)
        if then is None or (then.starts_on, then.ends_on) != (now.starts_on, now.ends_on):
            moved[key] = Span(now.starts_on, now.ends_on)
            tasks += now.driver.cause is not Cause.CHILDREN
    late_before, late_after = _late(before, activities), _late(after, activities)
    return Effect(
        moved=moved,
        tasks=tasks,
        end=calendar.end_of(after.ends_on) - calendar.end_of(before.ends_on),
        broken=tuple(key for key in late_after if key not in late_before),
        kept=tuple(key for key in late_before if key not in late_after),
    )


def _late(found: Schedule, activities: list[Activity]) -> Mapping[Key, None]:
    late: dict[Key, None] = {}
    for one in activities:
        planned = found.planned.get(one.key)
        if planned and one.due and not planned.over and planned.ends_on > one.due:
            late[one.key] = None
    return late
