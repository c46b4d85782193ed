"""A storm from many neighbours becomes a decision about their range, where no customer lives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from ipaddress import ip_network

import msgspec

from shangdun.protect.policy import Ruling
from shangdun.protect.target import Target, of_network

PREFIX = {4: 24, 6: 48}
"""Of the range that stands for neighbours: what is routed, and mostly rented out, as one."""

NEIGHBOURS = 8
"""So many subscribers of one range misbehave at once."""


def fold(rulings: Iterable[Ruling], may_fold: Callable[[Target], bool]) -> list[Ruling]:
    """The rulings, with those of many neighbours replaced by one about their range.

    ``may_fold`` says whether a range may be met as a whole: nobody in it pays or is protected. The
    range gets the mildest measure of its members, since most who live there did nothing; each
    member is named in it.
    """
    kept: list[Ruling] = []
    by_range: dict[Target, list[Ruling]] = defaultdict(list)
    for one in rulings:
        around = None if one.hold else _range_of(one.target)
        if around is None:
            kept.append(one)
        else:
            by_range[around].append(one)
    for around, members in by_range.items():
        if len(members) < NEIGHBOURS or not may_fold(around):
            kept += members
            continue
        mildest = min(members, key=lambda one: (one.level, one.measure.strictness))
        kept.append(
            msgspec.structs.replace(
                mildest,
                target=around,
                offences=sum(one.offences for one in members),
                members=tuple(one.target for one in members),
            )
        )
    return kept


def _range_of(target: Target) -> Target | None:
    network = target.network
    if network is None or network.prefixlen <= PREFIX[network.version]:
        return None
    return of_network(ip_network(network).supernet(new_prefix=PREFIX[network.version]))
