"""What a condition is compared with: one number for every window.

A measure sees the events of one group in order of time. ``ordered`` numbers many windows at
once; where events arrive out of order, a ``Tally`` follows the newest window event by event.
Adding a correlation type is adding a measure, its line in ``measures`` and its name to ``spec``.
"""

from __future__ import annotations

import math
from collections import deque
from heapq import heappop, heappush
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from shangdun.detect.correlation.buffer import Ints
from shangdun.detect.correlation.frame import Values

Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]


class Tally(Protocol):
    """The number of a window that values enter and leave."""

    def add(self, value: int) -> None: ...

    def remove(self, value: int) -> None: ...

    def number(self) -> float: ...


class Measure(Protocol):
    """Numbers of windows over the events of one group, in order of time."""

    abreast: ClassVar[bool]
    """Whether many windows cost little more than one, so that groups are measured together."""

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        """The number of the window that ends at each event from position ``first`` on."""
        ...

    def tally(self) -> Tally | None:
        """An empty window; None where its number depends on the order of its events."""
        ...

    def most(self, values: Values) -> float:
        """No window over events of these values has a greater number."""
        ...

    def fewest(self, least: float) -> float:
        """Only a window with that many events can reach the number ``least``."""
        ...

    def members(self, values: Values) -> Ints:
        """Positions of the window's events that its number rests on, ascending."""
        ...


class Newest:
    """The window that ends at the newest event, event by event, in any order of arrival."""

    def __init__(self, span: int, tally: Tally) -> None:
        self._span = span
        self._inside: list[tuple[int, int]] = []
        self._tally = tally

    def push(self, time: int, value: int, newest: int) -> None:
        """Take an event in, and let go of what is a timespan older than ``newest``."""
        heappush(self._inside, (time, value))
        self._tally.add(value)
        while self._inside and self._inside[0][0] < newest - self._span:
            self._tally.remove(heappop(self._inside)[1])

    def number(self) -> float:
        """The number of the window."""
        return self._tally.number()


class EventCount:
    """``event_count``: how many events."""

    abreast: ClassVar[bool] = True

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        del values
        ends = np.arange(first, len(times))
        return ends - window_starts(times, first, span) + 1

    def tally(self) -> Tally:
        return _Count()

    def most(self, values: Values) -> float:
        return len(values)

    def fewest(self, least: float) -> float:
        return least

    def members(self, values: Values) -> Ints:
        return np.arange(len(values))


class _Count:
    def __init__(self) -> None:
        self._events = 0

    def add(self, value: int) -> None:
        del value
        self._events += 1

    def remove(self, value: int) -> None:
        del value
        self._events -= 1

    def number(self) -> float:
        return self._events


class ValueCount:
    """``value_count``: how many distinct values; the latest event of each value stands for it."""

    abreast: ClassVar[bool] = False

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        numbers = np.empty(len(times) - first, np.int64)
        inside: deque[tuple[int, int]] = deque()
        seen: dict[int, int] = {}
        start = int(np.searchsorted(times, times[first] - span, "left"))
        pairs = zip(times[start:].tolist(), values[start:].tolist(), strict=True)
        for position, (time, value) in enumerate(pairs, start):
            inside.append((time, value))
            seen[value] = seen.get(value, 0) + 1
            while inside[0][0] < time - span:
                gone = inside.popleft()[1]
                seen[gone] -= 1
                if not seen[gone]:
                    del seen[gone]
            if position >= first:
                numbers[position - first] = len(seen)
        return numbers

    def tally(self) -> Tally:
        return _Distinct()

    def most(self, values: Values) -> float:
        return len(np.unique(values))

    def fewest(self, least: float) -> float:
        return least

    def members(self, values: Values) -> Ints:
        return latest_of_each(values)


class _Distinct:
    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def add(self, value: int) -> None:
        self._seen[value] = self._seen.get(value, 0) + 1

    def remove(self, value: int) -> None:
        self._seen[value] -= 1
        if not self._seen[value]:
            del self._seen[value]

    def number(self) -> float:
        return len(self._seen)


def window_starts(times: Ints, first: int, span: int) -> Ints:
    """Where the window that ends at each event from position ``first`` on begins."""
    starts: Ints = np.searchsorted(times, times[first:] - span, "left").astype(np.int64)
    return starts


def latest_of_each(values: Values) -> Ints:
    """Positions of the last event of every value, ascending."""
    _, from_the_end = np.unique(values[::-1], return_index=True)
    return np.sort(len(values) - 1 - from_the_end)


def anything(least: float) -> float:
    """``fewest`` where one event can bring any number."""
    del least
    return -math.inf
