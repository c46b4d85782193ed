"""The plan's seats (section 三): who holds them, whom a question goes to, what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

import msgspec

from shangdun.respond.groups import Group


class Rank(StrEnum):
    """Of a seat within its group, in the order in which it is asked."""

    HEAD = "head"
    DEPUTY_HEAD = "deputy_head"
    MEMBER = "member"


RANKS = {Rank.HEAD: 0, Rank.DEPUTY_HEAD: 1, Rank.MEMBER: 2}


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A post (职务): its holder and who stands in, in order. People are numbers of accounts."""

    post: int
    group: Group
    rank: Rank
    place: int = 0
    primary: int | None = None
    deputies: tuple[int, ...] = ()


class Flaw(StrEnum):
    """What would fail on the worst night."""

    VACANT = "vacant"
    """Nobody holds the seat."""
    NO_DEPUTY = "no_deputy"
    UNABLE = "unable"
    """Somebody on it is switched off, or lacks the role that its work needs."""
    UNREACHABLE = "unreachable"
    """Somebody on it has neither a telephone nor another channel on record."""
    ALONE = "alone"
    """Holder and deputies are all away now."""


class Flawed(msgspec.Struct, frozen=True):
    """One flaw of one seat; ``people`` are those whom it is about."""

    post: int
    flaw: Flaw
    people: tuple[int, ...] = ()


def ordered(seats: Iterable[Seat]) -> list[Seat]:
    """As they are asked: heads, deputy heads, members; within a rank by their place."""
    return sorted(seats, key=lambda seat: (RANKS[seat.rank], seat.place, seat.post))


def people_of(seats: Iterable[Seat]) -> tuple[int, ...]:
    """Everybody on the seats: holder, then deputies, seat by seat; nobody twice."""
    found: dict[int, None] = {}
    for seat in ordered(seats):
        for person in (seat.primary, *seat.deputies):
            if person is not None:
                found.setdefault(person)
    return tuple(found)


def chain(seats: Iterable[Seat], able: Collection[int], away: Collection[int]) -> tuple[int, ...]:
    """Whom the leadership's question goes to, one after the other.

    Holder and deputies of the head's seat, of the deputy head's, of the members'; only who is
    ``able`` to decide. Who is ``away`` is left out, unless all are: then they are asked anyway.
    """
    asked = [person for person in people_of(seats) if person in able]
    here = [person for person in asked if person not in away]
    return tuple(here or asked)


def flaws(
    seats: Iterable[Seat],
    able: dict[Group, Collection[int]],
    reachable: Collection[int],
    away: Collection[int],
) -> tuple[Flawed, ...]:
    """What is wrong, in the order of the seats; ``able`` says who may do each group's work."""
    found: list[Flawed] = []
    for seat in ordered(seats):
        on_it = tuple(p for p in (seat.primary, *seat.deputies) if p is not None)
        if seat.primary is None:
            found.append(Flawed(seat.post, Flaw.VACANT))
        elif not seat.deputies:
            found.append(Flawed(seat.post, Flaw.NO_DEPUTY))
        found += _about(seat.post, Flaw.UNABLE, on_it, able.get(seat.group, ()))
        found += _about(seat.post, Flaw.UNREACHABLE, on_it, reachable)
        if on_it and all(person in away for person in on_it):
            found.append(Flawed(seat.post, Flaw.ALONE, on_it))
    return tuple(found)


def _about(post: int, flaw: Flaw, people: Sequence[int], good: Collection[int]) -> list[Flawed]:
    bad = tuple(person for person in people if person not in good)
    return [Flawed(post, flaw, bad)] if bad else []
