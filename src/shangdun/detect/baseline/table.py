"""The entities of one baseline: a row of numbers each, found by the hash of their key."""

from __future__ import annotations

from typing import Any

import numpy as np

from shangdun.detect.baseline.columns import Hashes, Ints, Numbers

WHOLE_NUMBERS = ("key", "first", "since", "last")
REALS = (
    *("value", "whole", "honest", "fired"),  # of the open period
    *("seen", "level", "base", "slow", "kept", "excess", "square", "firing"),  # of those before
)
SMALLEST = 64
KEEP_SHARE = 0.75


class Table:
    """Columns by slot. ``key`` holds hashes; times are milliseconds, ``last`` a period."""

    key: Ints
    first: Ints
    """When the entity was first seen."""
    since: Ints
    """The first event of the open period."""
    last: Ints
    """The last period it was seen in."""
    value: Numbers
    whole: Numbers
    honest: Numbers
    """Events of ``unless``."""
    fired: Numbers
    seen: Numbers
    """Periods learned."""
    level: Numbers
    base: Numbers
    """Average value and whole of a period; their ratio is the usual."""
    slow: Numbers
    """The usual as it was long ago: it bounds how fast the usual may follow."""
    kept: Numbers
    """Average of ``honest``."""
    excess: Numbers
    square: Numbers
    """Squared deviation beyond chance, and squared mean: their ratio is the spread."""
    firing: Numbers
    """Periods in a row that fired."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._slots: dict[int, int] = {}
        self.evicted = 0
        self._allocate(SMALLEST)

    def __len__(self) -> int:
        return len(self._slots)

    def slots(self, hashes: Hashes, now: int) -> Ints:
        """The slots of some distinct keys, new ones made; ``now`` is when they were seen."""
        known = self._slots
        keys = hashes.view(np.int64)
        found = [known.get(key, -1) for key in keys.tolist()]
        slots = np.array(found, np.int64)
        new = np.flatnonzero(slots < 0)
        if len(new):
            start = len(known)
            end = start + len(new)
            if end > len(self.key):
                self._grow(end)
            slots[new] = np.arange(start, end)
            self.key[start:end] = keys[new]
            self.first[start:end] = now
            known.update(zip(keys[new].tolist(), range(start, end), strict=True))
        return slots

    def full(self) -> bool:
        return len(self) > self._most

    def shrink(self) -> None:
        """Give up those unseen for the longest time, the least known first among equals."""
        size, keep = len(self), int(self._most * KEEP_SHARE)
        order = np.lexsort((np.arange(size), -self.seen[:size], -self.last[:size]))
        kept = np.sort(order[:keep])
        self.evicted += size - keep
        for name in (*WHOLE_NUMBERS, *REALS):
            column = getattr(self, name)
            column[: len(kept)] = column[:size][kept]
            column[len(kept) :] = 0
        self._index(len(kept))

    def save(self) -> dict[str, Any]:
        size = len(self)
        columns = {n: getattr(self, n)[:size].tobytes() for n in (*WHOLE_NUMBERS, *REALS)}
        return {"size": size, "evicted": self.evicted, "columns": columns}

    def load(self, saved: dict[str, Any]) -> None:
        size = saved["size"]
        self._allocate(max(size, SMALLEST))
        for name in (*WHOLE_NUMBERS, *REALS):
            kind = np.int64 if name in WHOLE_NUMBERS else np.float64
            getattr(self, name)[:size] = np.frombuffer(saved["columns"][name], kind)
        self.evicted = saved["evicted"]
        self._index(size)

    def _index(self, size: int) -> None:
        self._slots = {key: slot for slot, key in enumerate(self.key[:size].tolist())}

    def _allocate(self, size: int) -> None:
        for name in WHOLE_NUMBERS:
            setattr(self, name, np.zeros(size, np.int64))
        for name in REALS:
            setattr(self, name, np.zeros(size))

    def _grow(self, least: int) -> None:
        size = max(least, 2 * len(self.key))
        for name in (*WHOLE_NUMBERS, *REALS):
            column = getattr(self, name)
            larger = np.zeros(size, column.dtype)
            larger[: len(column)] = column
            setattr(self, name, larger)
