"""Where a message goes and when: a decision made of what is known, without reading anything.

A channel belongs to a group of the plan, to a person, or to everybody. Quiet hours hold back what
can wait; they never hold a message of an incident graded 重大 or above.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

SERIOUS = 3
"""重大 (level 2, orange) of the national plan's four grades."""
GENERAL = 1
_MINUTE = timedelta(minutes=1)


class Quiet(msgspec.Struct, frozen=True):
    """From one time of the day to another, past midnight where the second is the earlier."""

    start: time
    end: time

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at that (aware) moment on the clocks of ``zone``."""
        wall = at.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def until(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first moment, from ``at`` on and to the minute, that is not quiet; in UTC.

        It looks at the clock on the wall minute by minute: an hour that summer time leaves out or
        repeats needs no rule of its own.
        """
        moment = at.astimezone(UTC)
        while self.holds(moment, zone):
            moment = moment.replace(second=0, microsecond=0) + _MINUTE
        return moment


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One channel that is switched on. ``group`` empty and ``person`` None: everybody's.

    ``each``: no place of its own, but every person who is meant, at the person's own address.
    """

    channel: int
    group: str = ""
    person: int | None = None
    each: bool = False
    min_grade: int = 0
    quiet: Quiet | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a message is, and how much depends on it.

    ``members`` are all people of the groups, ``on_call`` those on duty now; ``people`` are meant in
    person. ``grade`` is 0 (not graded yet) to 4.
    """

    at: datetime
    groups: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    on_call: frozenset[int] = frozenset()
    grade: int = 0
    urgent: bool = False


class Route(msgspec.Struct, frozen=True):
    """Through this channel, not before ``at``; ``held`` by its quiet hours.

    ``person``: at whose own address, through a channel to each person.
    """

    channel: int
    at: datetime
    held: bool = False
    person: int | None = None


def reached(asked: Asked) -> frozenset[int]:
    """Whose own channels it goes to.

    An urgent message wakes who is on call, and everybody of the group where nobody is or the
    incident is 重大; what is not urgent reaches all.
    """
    if asked.urgent and asked.on_call and asked.grade < SERIOUS:
        return asked.people | asked.on_call
    return asked.people | asked.members | asked.on_call


def can_wait(asked: Asked) -> bool:
    """Whether quiet hours may hold it: never from 重大 on.

    Urgent ones wait only where the incident is known to be 一般; not graded yet is not harmless.
    """
    return asked.grade < SERIOUS and (not asked.urgent or asked.grade == GENERAL)


def heard(way: Way, asked: Asked) -> bool:
    """Whether a channel is meant at all."""
    if way.each:
        meant = bool(_for(way, asked))
    elif way.person is not None:
        meant = way.person in reached(asked)
    elif way.group:
        meant = way.group in asked.groups
    else:
        meant = bool(asked.groups)
    unknown = asked.grade == 0 and asked.urgent
    return meant and (asked.grade >= way.min_grade or unknown)


def route(asked: Asked, ways: Iterable[Way], zone: ZoneInfo) -> tuple[Route, ...]:
    """Every channel that the message goes through, each once, in the order of ``ways``.

    A channel to each person comes once for every person.
    """
    return tuple(
        route
        for way in ways
        if heard(way, asked)
        for route in _routes(way, asked, *_when(way, asked, zone))
    )


def _routes(way: Way, asked: Asked, at: datetime, held: bool) -> list[Route]:  # noqa: FBT001  as Route has it
    if not way.each:
        return [Route(way.channel, at, held)]
    return [Route(way.channel, at, held, person) for person in sorted(_for(way, asked))]


def _for(way: Way, asked: Asked) -> frozenset[int]:
    """Whom a channel to each person reaches; one of a group takes only that group's messages."""
    if way.group and way.group not in asked.groups:
        return frozenset()
    return reached(asked)


def _when(way: Way, asked: Asked, zone: ZoneInfo) -> tuple[datetime, bool]:
    if way.quiet and can_wait(asked) and way.quiet.holds(asked.at, zone):
        return way.quiet.until(asked.at, zone), True
    return asked.at, False
