"""What moved a task against its baseline, in parts that add up to the whole.

With S, F the start and end now, s, f those of the baseline (all as indices of working days in
today's calendar) and d the length the task had when the baseline was set:

    F - f = (S - s) + ((F - S) - d) + (s + d - f)

The first part is its start: what it waits for moved, or it could have begun and did not. The
second is its own length. The third is the calendar: days that were worked when the baseline was
set and are holidays now, or the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shangdun.govern.schedule.activity import Cause, Driver, Key, LinkKind, Planned, Schedule
from shangdun.govern.schedule.calendar import WorkCalendar


class Baseline(NamedTuple):
    """What was promised of one task; ``days`` is its length in the calendar of then."""

    start: date
    end: date
    days: int


class Reason(StrEnum):
    """Why a task moved."""

    PREDECESSOR = "predecessor"
    """What it waits for moved."""
    LINK = "link"
    """It waits for something it did not wait for, or longer."""
    NOT_BEFORE = "not_before"
    PLAN_START = "plan_start"
    WAITED = "waited"
    """It could have begun and did not."""
    LENGTH = "length"
    """Its own work takes longer, or less long."""
    CALENDAR = "calendar"
    CHILDREN = "children"
    """A summary: what it holds and ends last moved."""


class Part(NamedTuple):
    """One part of a delay in working days; negative: it gained so many."""

    reason: Reason
    days: int
    key: Key | None = None
    """The predecessor, or what of a summary ends last."""


class Delay(NamedTuple):
    """How far the end moved, and the parts of that; they add up."""

    days: int
    parts: tuple[Part, ...]


def explain(
    key: Key, found: Schedule, baselines: Mapping[Key, Baseline], calendar: WorkCalendar
) -> Delay | None:
    """Why a task ends when it does and not when its baseline says; None without a baseline."""
    base = baselines.get(key)
    if base is None:
        return None
    now = found.planned[key]
    moved = _end_moved(now, base, calendar)
    if now.driver.cause is Cause.CHILDREN:
        parts = [Part(Reason.CHILDREN, moved, now.last)] if moved else []
        return Delay(moved, tuple(parts))
    start, finish = calendar.index(now.starts_on), calendar.end_of(now.ends_on)
    length = max(base.days, 1)
    first = calendar.index(base.start)
    parts = _start_parts(now, start - first, found, baselines, calendar)
    parts += _length_parts(now, finish - start - length)
    parts.append(Part(Reason.CALENDAR, first + length - calendar.end_of(base.end)))
    return Delay(moved, tuple(part for part in parts if part.days))


def chain(
    key: Key, found: Schedule, baselines: Mapping[Key, Baseline], calendar: WorkCalendar
) -> list[tuple[Key, Delay]]:
    """The task and back from it what moved what, until one that moved by itself."""
    told: list[tuple[Key, Delay]] = []
    seen: set[Key] = set()
    following: Key | None = key
    while following is not None and following not in seen:
        seen.add(following)
        delay = explain(following, found, baselines, calendar)
        if delay is None:
            break
        told.append((following, delay))
        following = next((part.key for part in delay.parts if part.key is not None), None)
    return told


def _end_moved(now: Planned, base: Baseline, calendar: WorkCalendar) -> int:
    return calendar.end_of(now.ends_on) - calendar.end_of(base.end)


def _start_parts(
    now: Planned,
    moved: int,
    found: Schedule,
    baselines: Mapping[Key, Baseline],
    calendar: WorkCalendar,
) -> list[Part]:
    waited = 0
    if now.driver.cause in {Cause.TODAY, Cause.ACTUAL}:
        waited = min(max(0, moved), max(0, now.start - now.allowed))
    left = moved - waited
    parts = [Part(Reason.WAITED, waited)]
    if now.held.cause is not Cause.LINK:
        reason = Reason.NOT_BEFORE if now.held.cause is Cause.NOT_BEFORE else Reason.PLAN_START
        began_early = now.driver.cause is Cause.ACTUAL and left < 0
        return [*parts, Part(Reason.WAITED if began_early else reason, left)]
    before, shift = _predecessor(now.held, found, baselines, calendar)
    inherited = _shared(left, shift)
    return [
        *parts,
        Part(Reason.PREDECESSOR, inherited, before),
        Part(Reason.LINK, left - inherited),
    ]


def _length_parts(now: Planned, longer: int) -> list[Part]:
    link = now.driver.link
    if now.held != now.driver and link is not None:  # under way, and its end is held by another's
        return [Part(Reason.PREDECESSOR, longer, link.before)]
    return [Part(Reason.LENGTH, longer)]


def _predecessor(
    held: Driver, found: Schedule, baselines: Mapping[Key, Baseline], calendar: WorkCalendar
) -> tuple[Key | None, int]:
    """What holds it, and how far that moved itself."""
    if held.link is None:
        return None, 0
    before = found.planned[held.link.before]
    base = baselines.get(held.link.before)
    if base is None:
        return held.link.before, 0
    if held.link.kind in {LinkKind.FS, LinkKind.FF}:
        return held.link.before, _end_moved(before, base, calendar)
    return held.link.before, calendar.index(before.starts_on) - calendar.index(base.start)


def _shared(moved: int, shift: int) -> int:
    """As much of a move as another's explains: the same direction, the smaller of both."""
    if moved * shift <= 0:
        return 0
    return min(moved, shift) if moved > 0 else max(moved, shift)
