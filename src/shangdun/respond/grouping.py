"""Grouping: which incident a finding joins.

A finding joins the oldest open incident with which it shares an entity within a time window. When
it shares entities with several, it joins the oldest and the others are named as related: merging
them is a person's decision, because what was written and ordered in each cannot be unmixed again.
A finding that shares nothing opens an incident if it is severe enough, or if the risk of somebody
it is about has grown high; a lesser one waits, and several that wait on the same entity open one
together. Whatever waits on an entity of an incident
joins it, so that the scan before the injection is part of the story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec

from shangdun.detect.finding import Entity
from shangdun.kernel.severity import Severity
from shangdun.respond.noise import Noise, joining_entities

CANDIDATES_SEEN = 20
"""Open incidents and waiting findings looked at per entity: work per finding stays bounded."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How findings become incidents."""

    window_ms: int = 24 * 60 * 60 * 1000
    """An attacker who comes back within a day is the same story."""
    opens_at: Severity = Severity.MEDIUM
    together: int = 3
    """So many waiting findings of low severity, of at least two rules, open an incident."""
    entities_that_join: int = 200
    """Of one incident; what it gathers beyond is recorded but glues nothing more to it."""
    noise: Noise = Noise()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as grouping sees it; ``ref`` is the caller's name for it, times are in ms."""

    ref: str
    rule_uid: str
    severity: int
    first_time: int
    time: int
    entities: list[Entity]


class OpenIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that can be joined.

    ``entities`` are those of its joining ones that matter now, each with its first and last time;
    ``size`` counts all of them.
    """

    key: int
    entities: dict[Entity, tuple[int, int]]
    size: int = 0


class Grouping(msgspec.Struct):
    """``joined``: ref → key; a negative key is a new incident. ``related``: pairs, older first."""

    joined: dict[str, int]
    related: set[tuple[int, int]]


def group(
    items: Iterable[Item],
    incidents: Iterable[OpenIncident],
    waiting: Iterable[Item],
    policy: Policy,
    risky: Collection[Entity] = frozenset(),
) -> Grouping:
    """Place each item; those in neither ``joined`` wait. ``incidents`` come oldest first.

    A finding about a ``risky`` entity opens an incident whatever its own severity.

    Deterministic: items are taken by time, then ref. ``waiting`` findings may be placed too.
    """
    grouper = _Grouper(policy, risky)
    for incident in incidents:
        grouper.know(incident)
    for item in waiting:
        grouper.wait(item)
    for item in sorted(items, key=lambda item: (item.time, item.ref)):
        grouper.place(item)
    return Grouping(joined=grouper.joined, related=grouper.related)


class _Grouper:
    def __init__(self, policy: Policy, risky: Collection[Entity]) -> None:
        self.policy = policy
        self._risky = risky
        self.joined: dict[str, int] = {}
        self.related: set[tuple[int, int]] = set()
        self._age: dict[int, int] = {}
        self._size: dict[int, int] = defaultdict(int)
        self._spans: dict[Entity, dict[int, tuple[int, int]]] = defaultdict(dict)
        self._waiting: dict[Entity, dict[str, Item]] = defaultdict(dict)
        self._new = 0

    def know(self, incident: OpenIncident) -> None:
        self._age[incident.key] = len(self._age)
        for entity, span in incident.entities.items():
            self._spans[entity][incident.key] = span
        self._size[incident.key] = max(incident.size, len(incident.entities))

    def wait(self, item: Item) -> None:
        for entity in self._links(item):
            self._waiting[entity][item.ref] = item

    def place(self, item: Item) -> None:
        keys = self._candidates(item)
        if keys:
            self.related.update((keys[0], other) for other in keys[1:])
            self._join(item, keys[0])
        elif self._opens(item):
            self._join(item, self._open())
        else:
            self.wait(item)
            friends = self._friends(item)
            if self._are_enough([item, *friends]):
                self._join(item, self._open())

    def _opens(self, item: Item) -> bool:
        severe = item.severity >= self.policy.opens_at
        return severe or any(entity in self._risky for entity in self._links(item))

    def _links(self, item: Item) -> list[Entity]:
        return joining_entities(item.rule_uid, item.entities, self.policy.noise)

    def _near(self, item: Item, span: tuple[int, int]) -> bool:
        first, last = span
        window = self.policy.window_ms
        return item.first_time <= last + window and first <= item.time + window

    def _candidates(self, item: Item) -> list[int]:
        keys = {
            key
            for entity in self._links(item)
            for key, span in list(self._spans[entity].items())[:CANDIDATES_SEEN]
            if self._near(item, span)
        }
        return sorted(keys, key=self._age.__getitem__)

    def _open(self) -> int:
        self._new -= 1
        self._age[self._new] = len(self._age)
        return self._new

    def _join(self, item: Item, key: int) -> None:
        self._take(item, key)
        for friend in self._friends(item):
            self._take(friend, key)

    def _take(self, item: Item, key: int) -> None:
        self.joined[item.ref] = key
        for entity in self._links(item):
            self._waiting[entity].pop(item.ref, None)
            spans = self._spans[entity]
            if key in spans:
                first, last = spans[key]
                spans[key] = (min(first, item.first_time), max(last, item.time))
            elif self._size[key] < self.policy.entities_that_join:
                spans[key] = (item.first_time, item.time)
                self._size[key] += 1

    def _friends(self, item: Item) -> list[Item]:
        found = {
            friend.ref: friend
            for entity in self._links(item)
            for friend in list(self._waiting[entity].values())[-CANDIDATES_SEEN:]
            if friend.ref != item.ref and self._near(item, (friend.first_time, friend.time))
        }
        return list(found.values())

    def _are_enough(self, items: list[Item]) -> bool:
        telling = [item for item in items if item.severity >= Severity.LOW]
        rules = {item.rule_uid for item in telling}
        return len(telling) >= self.policy.together and len(rules) > 1
