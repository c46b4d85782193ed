"""The backward pass: how late everything may be without moving an end or a promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shangdun.govern.schedule.activity import LinkKind
from shangdun.govern.schedule.network import Network, Wait

_NEVER = 1 << 40
"""Of what has begun: nothing can make it begin too late any more."""


class Early(NamedTuple):
    """What the forward pass found, by place."""

    start: Sequence[int]
    finish: Sequence[int]
    first: Sequence[int]
    """Of a summary the leaf that begins first; of a leaf itself."""


def late_dates(
    network: Network, early: Early, end: int, promised: Mapping[int, int] | None = None
) -> list[int]:
    """Latest finishes so that nothing ends after ``end`` nor after what was ``promised`` of it.

    By place, as indices of working days. A link out of a summary's start binds the leaf that begins
    first, as the forward pass found it.
    """
    return _Backward(network, early, end, promised or {}).reckon()


class _Backward:
    def __init__(
        self, network: Network, early: Early, end: int, promised: Mapping[int, int]
    ) -> None:
        n = network.size
        self.network, self.first = network, early.first
        self.days = [early.finish[place] - early.start[place] for place in range(n)]
        self.late = [min(end, promised.get(place, end)) for place in range(n)]
        self.first_by = [_NEVER] * n
        """Of a summary the latest its first start may be."""
        self.begun, self.done = [False] * n, [False] * n
        for place, one in enumerate(network.activities):
            if network.summary[place]:
                continue  # what it holds has begun or not, each for itself
            if one.dropped:
                self.late[place] = max(end, early.finish[place])
            else:
                self.done[place] = one.done_on is not None
                self.begun[place] = one.began_on is not None

    def reckon(self) -> list[int]:
        """Walk the network from its end."""
        gates = [_NEVER] * self.network.size
        """By place: the latest point at which what it waits for must be over."""
        for node in reversed(self.network.order):
            place = node % self.network.size
            gate = node < self.network.size and self.network.summary[place]
            if gate:
                gates[place] = min(gates[child] for child in self.network.children[place])
                continue
            self._above(place)
            for wait in self.network.holds[place]:
                self._bind(place, wait, gates)
            if not self.network.summary[place]:
                fixed = self.begun[place] or self.done[place]
                gates[place] = _NEVER if fixed else self.late[place] - self.days[place]
        return self.late

    def _above(self, place: int) -> None:
        """What binds a summary binds what it holds."""
        parent = self.network.parent[place]
        if parent < 0:
            return
        self.late[place] = min(self.late[place], self.late[parent])
        if self.first[parent] == self.first[place]:
            self.first_by[place] = min(self.first_by[place], self.first_by[parent])
            if not self.network.summary[place]:
                self._start_by(place, self.first_by[place])

    def _bind(self, place: int, wait: Wait, gates: Sequence[int]) -> None:
        after, kind, lag, _link = wait
        if self.done[after] or (self.begun[after] and kind in {LinkKind.FS, LinkKind.SS}):
            return
        by = gates[after] if kind in {LinkKind.FS, LinkKind.SS} else self.late[after]
        if kind in {LinkKind.FS, LinkKind.FF}:
            self.late[place] = min(self.late[place], by - lag)
        elif self.network.summary[place]:
            self.first_by[place] = min(self.first_by[place], by - lag)
        else:
            self._start_by(place, by - lag)

    def _start_by(self, place: int, by: int) -> None:
        if not (self.begun[place] or self.done[place]):
            self.late[place] = min(self.late[place], by + self.days[place])
