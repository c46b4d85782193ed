"""The network behind a schedule: who waits for whom, in an order in which it can be reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shangdun.govern.schedule.activity import Activity, Key, Link, LinkKind
from shangdun.kernel.errors import UsageError

NAMED = 12
"""Of a long circle only so many are named."""


class CycleError(UsageError):
    """Activities wait for each other in a circle; ``keys`` are theirs, in order."""

    default_code = "schedule.cycle"

    def __init__(self, keys: Sequence[Key], names: Sequence[str]) -> None:
        self.keys = tuple(keys)
        self.names = tuple(names)
        told = [*names[:NAMED], "…"] if len(names) > NAMED else [*names, names[0]]
        super().__init__(
            "these wait for each other in a circle", where=" → ".join(told), fix="take one link out"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (CycleError, (self.keys, self.names))


class Wait(NamedTuple):
    """A link by places instead of keys."""

    place: int
    kind: LinkKind
    lag: int
    link: Link


class Network:
    """Activities by place in the list they came in.

    A summary has two nodes: its gate (its own place), which hands what it waits for down to what
    it holds, and its sum (``n`` + its place), which is known when all that it holds is.
    """

    def __init__(self, activities: Sequence[Activity], links: Sequence[Link]) -> None:
        self.activities = activities
        self.size = n = len(activities)
        self.place = {one.key: place for place, one in enumerate(activities)}
        if len(self.place) != n:
            raise ValueError("two activities with one key")
        self.children: list[list[int]] = [[] for _ in range(n)]
        self.parent = [-1] * n
        for place, one in enumerate(activities):
            if one.parent is not None:
                self.parent[place] = self.place[one.parent]
                self.children[self.place[one.parent]].append(place)
        self.summary = [bool(held) for held in self.children]
        self.waits: list[list[Wait]] = [[] for _ in range(n)]
        """For each place what it waits for."""
        self.holds: list[list[Wait]] = [[] for _ in range(n)]
        """For each place what waits for it."""
        for link in links:
            self._add(link)
        self.order = self._ordered()
        """Nodes, each after all it depends on."""

    def _add(self, link: Link) -> None:
        before, after = self.place.get(link.before), self.place.get(link.after)
        if before is None or after is None:
            raise UsageError(
                "a link leads nowhere",
                code="schedule.link",
                where=f"{link.before} → {link.after}",
                fix="both ends must be in the plan",
            )
        if self.summary[after] and link.kind in {LinkKind.FF, LinkKind.SF}:
            raise UsageError(
                "what holds others cannot be made to end by a link",
                code="schedule.summary_end",
                where=self.activities[after].name,
                fix="link the subtask that must end then",
            )
        self.waits[after].append(Wait(before, link.kind, link.lag, link))
        self.holds[before].append(Wait(after, link.kind, link.lag, link))

    def node_of_end(self, place: int) -> int:
        """The node that is known when the activity is."""
        return self.size + place if self.summary[place] else place

    def _next(self) -> list[list[int]]:
        after: list[list[int]] = [[] for _ in range(2 * self.size)]
        for place in range(self.size):
            end = self.node_of_end(place)
            after[end].extend(wait.place for wait in self.holds[place])
            parent = self.parent[place]
            if parent >= 0:
                after[parent].append(place)
                after[end].append(self.size + parent)
        return after

    def _ordered(self) -> list[int]:
        """Kahn 1962: Topological sorting of large networks. Raises ``CycleError``."""
        after = self._next()
        missing = [0] * (2 * self.size)
        for targets in after:
            for target in targets:
                missing[target] += 1
        order = [
            node
            for node in range(2 * self.size)
            if not missing[node] and (node < self.size or self.summary[node - self.size])
        ]
        for node in order:  # grows while it is walked
            for target in after[node]:
                missing[target] -= 1
                if not missing[target]:
                    order.append(target)
        if len(order) < self.size + sum(self.summary):
            raise self._cycle(after, missing)
        return order

    def _cycle(self, after: list[list[int]], missing: list[int]) -> CycleError:
        """One circle among what could not be ordered, each activity once."""
        before: dict[int, int] = {}
        for node, targets in enumerate(after):
            if missing[node]:
                for target in targets:
                    if missing[target]:
                        before[target] = node
        node = next(node for node in before if missing[node])
        seen: dict[int, int] = {}
        walked: list[int] = []
        while node not in seen:  # everything left has something left before it
            seen[node] = len(walked)
            walked.append(node)
            node = before[node]
        circle = [step % self.size for step in reversed(walked[seen[node] :])]
        places = list(dict.fromkeys(circle))
        first = places.index(min(places))
        places = places[first:] + places[:first]
        found = [self.activities[place] for place in places]
        return CycleError([one.key for one in found], [one.name or str(one.key) for one in found])
