"""A storm from many neighbours becomes one about their range, where no customer lives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from shangdun.protect.policy import Offence
from shangdun.protect.target import Target, of_network

PREFIX = {4: 24, 6: 48}
"""Of the range that stands for neighbours: what is routed, and mostly rented out, as one."""

NEIGHBOURS = 8
"""So many subscribers of one range misbehave within an hour."""


def fold(
    offences: Iterable[Offence],
    neighbours: Mapping[Target, int],
    may_fold: Callable[[Target], bool],
) -> list[Offence]:
    """The offences, with those of many neighbours as one of their range.

    ``neighbours``: subscribers of a range who misbehaved in the last hour, these included.
    ``may_fold`` says whether a range may be met as a whole: nobody in it pays or is protected.
    The gravest of them speaks for the range, and the range begins at the foot of the ladder, since
    most who live there did nothing.
    """
    kept: list[Offence] = []
    by_range: dict[Target, list[Offence]] = defaultdict(list)
    for one in offences:
        around = range_of(one.target)
        if around is None:
            kept.append(one)
        else:
            by_range[around].append(one)
    for around, members in by_range.items():
        many = max(len({one.target for one in members}), neighbours.get(around, 0))
        if many < NEIGHBOURS or not may_fold(around):
            kept += members
            continue
        gravest = max(members, key=lambda one: (one.severity, one.time))
        kept.append(
            msgspec.structs.replace(
                gravest,
                target=around,
                count=sum(one.count for one in members),
                time=max(one.time for one in members),
            )
        )
    return kept


def range_of(target: Target) -> Target | None:
    """The range around an address (or an IPv6 /64) that stands for its neighbours."""
    network = target.network
    if network is None or network.prefixlen <= PREFIX[network.version]:
        return None
    return of_network(network.supernet(new_prefix=PREFIX[network.version]))
