"""Where work between teams gets stuck, from what was due and when it was done."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

LEAST = 3
"""Late pieces of work before anybody is named: one or two say nothing about a team."""
SHARE = 0.2
"""Of what was due, from which lateness is a bottleneck and not bad luck."""
SLOWER = 2.0
"""Times the median wait of all, from which a group's wait is one."""


class Work(msgspec.Struct, frozen=True):
    """One piece of work of a group or a person; ``wait`` are the seconds until somebody began."""

    who: str
    late: bool
    wait: float | None = None


class Kind(StrEnum):
    LATE = "late"
    WAITS = "waits"


class Standing(msgspec.Struct, frozen=True):
    """Of one group or person: what was due, what of it was late, the median wait in seconds."""

    who: str
    due: int
    late: int
    wait: float | None
    waits_known: int

    @property
    def share(self) -> float:
        """Late of all that was due, 0 to 1."""
        return self.late / self.due if self.due else 0.0


class Bottleneck(msgspec.Struct, frozen=True):
    kind: Kind
    who: str
    count: int
    """Late pieces, or those whose wait is known."""
    of: int
    wait: float | None = None
    usual: float | None = None
    """The median wait of everybody, where waiting is what is wrong."""


def standings(work: Iterable[Work]) -> list[Standing]:
    """By who, the most late first."""
    grouped: dict[str, list[Work]] = {}
    for one in work:
        grouped.setdefault(one.who, []).append(one)
    found = [_standing(who, rows) for who, rows in grouped.items()]
    return sorted(found, key=lambda one: (-one.late, -one.due, one.who))


def bottlenecks(work: Sequence[Work]) -> list[Bottleneck]:
    """Who is late in a fifth of at least three, or begins twice as slowly as everybody."""
    known = [one.wait for one in work if one.wait is not None]
    usual = statistics.median(known) if known else None
    found = []
    for one in standings(work):
        if one.late >= LEAST and one.share >= SHARE:
            found.append(Bottleneck(Kind.LATE, one.who, one.late, one.due))
        if (
            usual
            and one.wait is not None
            and one.waits_known >= LEAST
            and one.wait >= SLOWER * usual
        ):
            found.append(Bottleneck(Kind.WAITS, one.who, one.waits_known, one.due, one.wait, usual))
    return found


def _standing(who: str, rows: Sequence[Work]) -> Standing:
    waits = [one.wait for one in rows if one.wait is not None]
    return Standing(
        who=who,
        due=len(rows),
        late=sum(one.late for one in rows),
        wait=statistics.median(waits) if waits else None,
        waits_known=len(waits),
    )
