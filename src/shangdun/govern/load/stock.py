"""Materials: how many are wanted at the same time, and when there are too few."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

Key = Hashable


class Use(NamedTuple):
    """A task holds so many of a material between its dates, both included."""

    task: Key
    starts_on: date
    ends_on: date
    quantity: int


class Shortage(NamedTuple):
    """From when to when (both included) how many are missing at most, and who wants them."""

    since: date
    until: date
    missing: int
    tasks: tuple[Key, ...]


def shortages(quantity: int, uses: Iterable[Use], available_on: date | None) -> list[Shortage]:
    """Where more is wanted than is there. Before ``available_on`` nothing is there."""
    wanted = sorted(uses, key=lambda one: (one.starts_on, str(one.task)))
    edges = {one.starts_on for one in wanted} | {one.ends_on + timedelta(1) for one in wanted}
    if available_on is not None:
        edges.add(available_on)
    days = sorted(edges)
    found: list[Shortage] = []
    for begin, end in pairwise(days):
        live = [one for one in wanted if one.starts_on <= begin <= one.ends_on]
        there = 0 if available_on is not None and begin < available_on else quantity
        missing = sum(one.quantity for one in live) - there
        if missing <= 0 or not live:
            continue
        tasks = tuple(one.task for one in live)
        last = end - timedelta(1)
        if found and found[-1].until == begin - timedelta(1):
            before = found[-1]
            merged = tuple(dict.fromkeys((*before.tasks, *tasks)))
            found[-1] = Shortage(before.since, last, max(before.missing, missing), merged)
        else:
            found.append(Shortage(begin, last, missing, tasks))
    return found
