"""Who is on call when: a rotation, the swaps and absences in it, and the gaps that are left.

Turns change hands at a local time of day, so one that spans a change to daylight saving is an hour
shorter or longer. A local time that a change skips is taken as Python does (PEP 495, fold 0): the
hand-over happens as long after the change as the clock would have said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from shangdun.kernel.errors import UsageError

LONGEST_TURN = 92
"""Days; a quarter."""
MOST_PEOPLE = 50
MOST_TURNS = 5000


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """``people`` take turns of ``days`` days, from ``starts`` at ``hand_over`` local time.

    ``ends`` is the day at whose hand-over it is over; None goes on.
    """

    people: tuple[int, ...]
    starts: date
    hand_over: time
    zone: str
    days: int = 7
    ends: date | None = None


class Cover(msgspec.Struct, frozen=True):
    """``person`` stands in from ``since`` to ``until``, whosever turn it is."""

    person: int
    since: datetime
    until: datetime


class Absence(msgspec.Struct, frozen=True):
    """``person`` cannot be called from ``since`` to ``until``."""

    person: int
    since: datetime
    until: datetime


class Why(StrEnum):
    """How somebody, or nobody, comes to be on call."""

    TURN = "turn"
    COVER = "cover"
    ABSENT = "absent"
    """The person whose turn it is, or who stands in, is away: a gap."""
    NONE = "none"
    """No turn falls here: a gap."""


class Shift(msgspec.Struct, frozen=True):
    """Half open, in UTC; ``person`` None is a gap, ``planned`` whose turn it would be."""

    since: datetime
    until: datetime
    person: int | None
    planned: int | None
    why: Why


def check_rota(rota: Rota) -> None:
    """Raise ``UsageError`` (codes ``rota.people``, ``.days``, ``.zone``, ``.dates``)."""
    if not 1 <= len(rota.people) <= MOST_PEOPLE:
        raise UsageError(
            "a rota needs people", code="rota.people", fix=f"name 1 to {MOST_PEOPLE} of them"
        )
    if not 1 <= rota.days <= LONGEST_TURN:
        raise UsageError(
            "this is no length of a turn", code="rota.days", fix=f"1 to {LONGEST_TURN} days"
        )
    try:
        ZoneInfo(rota.zone)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"{rota.zone!r} is no time zone", code="rota.zone", fix="write it as Asia/Shanghai"
        ) from error
    if rota.ends is not None and rota.ends <= rota.starts:
        raise UsageError(
            "a rota ends after it starts", code="rota.dates", fix="give a later end, or none"
        )


def shifts(
    rota: Rota | None,
    covers: Sequence[Cover],
    absences: Iterable[Absence],
    since: datetime,
    until: datetime,
) -> tuple[Shift, ...]:
    """Everything between the two aware moments, without holes or overlaps, in order.

    Of covers that overlap the later in the sequence holds. One whose person is away counts for
    nothing, unless the person whose turn it is is away too.
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    turns = _turns(rota, since, until) if rota else []
    away = list(absences)
    edges = {since, until}
    spans = [(c.since, c.until) for c in covers] + [(a.since, a.until) for a in away]
    for begin, end in spans:
        edges.update((begin.astimezone(UTC), end.astimezone(UTC)))
    for begin, end, _person in turns:
        edges.update((begin, end))
    cuts = sorted(edge for edge in edges if since <= edge <= until)
    found: list[Shift] = []
    for begin, end in itertools.pairwise(cuts):
        planned = next((p for b, e, p in turns if b <= begin < e), None)
        shift = _decide(begin, end, planned, covers, away)
        last = found[-1] if found else None
        if last and (last.person, last.planned, last.why) == (
            shift.person, shift.planned, shift.why,
        ) and not any(begin == b for b, _e, _p in turns):  # fmt: skip
            found[-1] = Shift(last.since, end, last.person, last.planned, last.why)
        else:
            found.append(shift)
    return tuple(found)


def on_shift(
    rota: Rota | None, covers: Sequence[Cover], absences: Iterable[Absence], at: datetime
) -> Shift:
    """Who is on call at that moment; the shift's bounds are the moment's own."""
    return shifts(rota, covers, absences, at, at + timedelta.resolution)[0]


def gaps(found: Iterable[Shift]) -> tuple[Shift, ...]:
    """The shifts in which nobody can be called."""
    return tuple(shift for shift in found if shift.person is None)


def moment_of(day: date, hand_over: time, zone: str) -> datetime:
    """The hand-over of that local day, in UTC."""
    return datetime.combine(day, hand_over, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _turns(rota: Rota, since: datetime, until: datetime) -> list[tuple[datetime, datetime, int]]:
    """Turns that touch the span: begin, end, person."""
    if not rota.people:
        return []
    first = (since.date() - rota.starts).days // rota.days - 1
    found = []
    for number in range(max(0, first), max(0, first) + MOST_TURNS):
        day = rota.starts + timedelta(days=number * rota.days)
        if rota.ends is not None and day >= rota.ends:
            break
        begin = moment_of(day, rota.hand_over, rota.zone)
        if begin >= until:
            break
        over = day + timedelta(days=rota.days)
        over = min(over, rota.ends) if rota.ends is not None else over
        end = moment_of(over, rota.hand_over, rota.zone)
        if end > since and end > begin:
            found.append((begin, end, rota.people[number % len(rota.people)]))
    return found


def _decide(
    begin: datetime,
    end: datetime,
    planned: int | None,
    covers: Sequence[Cover],
    away: Sequence[Absence],
) -> Shift:
    gone = {a.person for a in away if a.since <= begin < a.until}
    standing_in = [c.person for c in covers if c.since <= begin < c.until]
    for person in reversed(standing_in):
        if person not in gone:
            return Shift(begin, end, person, planned, Why.COVER)
    if planned is not None and planned not in gone:
        return Shift(begin, end, planned, planned, Why.TURN)
    why = Why.ABSENT if planned is not None or standing_in else Why.NONE
    return Shift(begin, end, None, planned, why)
