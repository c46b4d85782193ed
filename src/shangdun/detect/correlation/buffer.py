"""Events that a window may still need, in columns, found again by group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EVENT = np.dtype(
    [
        ("slot", "i4"),  # the group
        ("time", "i8"),  # milliseconds
        ("value", "u8"),  # what is counted: a hash of the values, or the stage
        ("file", "i4"),  # where it stands: index of the file, line and byte
        ("line", "u4"),
        ("offset", "u8"),
    ]
)
"""36 bytes an event; order within equal ``(slot, time)`` is the order of arrival."""

Events = npt.NDArray[np.void]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TIME_BITS = 42
MAX_TIME = (1 << TIME_BITS) - 1
"""Year 2109; ``slot << TIME_BITS | time`` orders events by group and time in one integer."""


def order_key(events: Events) -> Ints:
    """One integer an event that sorts by slot, then time."""
    slots: Ints = events["slot"].astype(np.int64)
    times: Ints = events["time"].astype(np.int64)
    return (slots << TIME_BITS) | times


class EventBuffer:
    """A large part sorted by group and time, and a small unsorted one that is merged into it."""

    def __init__(self, events: Events | None = None) -> None:
        self._sorted: Events = np.empty(0, EVENT) if events is None else events
        self._starts: Ints = np.zeros(1, np.int64)
        self._index()
        self._fresh: Events = np.empty(1024, EVENT)
        self._used = 0

    def __len__(self) -> int:
        return len(self._sorted) + self._used

    def due(self, fresh: int) -> bool:
        """Whether more than ``fresh`` events, and a quarter of the sorted ones, await a merge."""
        return self._used > max(fresh, len(self._sorted) // 4)

    def append(self, events: Events) -> None:
        """Add events in order of arrival."""
        need = self._used + len(events)
        if need > len(self._fresh):
            grown = np.empty(max(need, 2 * len(self._fresh)), EVENT)
            grown[: self._used] = self._fresh[: self._used]
            self._fresh = grown
        self._fresh[self._used : need] = events
        self._used = need

    def gather(self, slots: Ints) -> Events:
        """Events of some groups (``slots`` ascending), sorted by slot and time."""
        known = slots[slots < len(self._starts) - 1]
        low, high = self._starts[known], self._starts[known + 1]
        counts = high - low
        before = np.cumsum(counts) - counts
        picked = np.repeat(low - before, counts) + np.arange(counts.sum())
        fresh = self._fresh[: self._used]
        if not len(fresh):
            found: Events = self._sorted[picked]
            return found
        wanted = np.zeros(int(max(fresh["slot"].max(), slots[-1])) + 1, np.bool_)
        wanted[slots] = True
        return _sort(np.concatenate([self._sorted[picked], fresh[wanted[fresh["slot"]]]]))

    def merged(self) -> Events:
        """Everything, sorted by slot and time; the fresh part becomes empty."""
        if self._used:
            fresh = _sort(self._fresh[: self._used])
            places = np.searchsorted(order_key(self._sorted), order_key(fresh), "right")
            self.replace(np.insert(self._sorted, places, fresh))
        return self._sorted

    def replace(self, events: Events) -> None:
        """Hold exactly these events, which are sorted by slot and time."""
        self._sorted = events
        self._fresh = np.empty(1024, EVENT)
        self._used = 0
        self._index()

    def _index(self) -> None:
        slots = self._sorted["slot"]
        last = int(slots[-1]) + 1 if len(slots) else 0
        self._starts = np.searchsorted(slots, np.arange(last + 1)).astype(np.int64)


def _sort(events: Events) -> Events:
    ordered: Events = events[np.argsort(order_key(events), kind="stable")]
    return ordered
