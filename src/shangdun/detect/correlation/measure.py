"""What a condition is compared with: a count of events, of distinct values, or ordered stages.

A measure sees the events of one group in order of time. Adding a correlation type is adding a
measure here and its name to ``spec.SUPPORTED``.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shangdun.detect.correlation.buffer import Ints

Values = npt.NDArray[np.uint64]


class Newest:
    """The window that ends at the newest event, event by event, in any order of arrival."""

    def __init__(self, span: int) -> None:
        self._span = span
        self._inside: list[tuple[int, int]] = []
        self._seen: dict[int, int] = {}

    def push(self, time: int, value: int, newest: int) -> None:
        """Take an event in, and let go of what is a timespan older than ``newest``."""
        heappush(self._inside, (time, value))
        self._seen[value] = self._seen.get(value, 0) + 1
        while self._inside and self._inside[0][0] < newest - self._span:
            gone = heappop(self._inside)[1]
            self._seen[gone] -= 1
            if not self._seen[gone]:
                del self._seen[gone]

    @property
    def events(self) -> int:
        return len(self._inside)

    @property
    def values(self) -> int:
        return len(self._seen)


class Measure(Protocol):
    """Numbers of windows over the events of one group, in order of time."""

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Ints:
        """The number of the window that ends at each event from position ``first`` on."""
        ...

    def newest(self, window: Newest) -> int | None:
        """The number of the window that ends at the newest event; None: measure it anew."""
        ...

    def most(self, values: Values) -> int:
        """No window over events of these values has a greater number."""
        ...

    def members(self, values: Values) -> Ints:
        """Positions of the window's events that its number rests on, ascending."""
        ...


class EventCount:
    """``event_count``: how many events."""

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Ints:
        del values
        ends = np.arange(first, len(times))
        return ends - np.searchsorted(times, times[first:] - span, "left") + 1

    def newest(self, window: Newest) -> int | None:
        return window.events

    def most(self, values: Values) -> int:
        return len(values)

    def members(self, values: Values) -> Ints:
        return np.arange(len(values))


class ValueCount:
    """``value_count``: how many distinct values; the latest event of each value stands for it."""

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Ints:
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

    def newest(self, window: Newest) -> int | None:
        return window.values

    def most(self, values: Values) -> int:
        return len(np.unique(values))

    def members(self, values: Values) -> Ints:
        _, from_the_end = np.unique(values[::-1], return_index=True)
        return np.sort(len(values) - 1 - from_the_end)


class OrderedStages:
    """``temporal_ordered``: all stages if an event of the last one completes them, else 0."""

    def __init__(self, stages: int) -> None:
        self._stages = stages

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Ints:
        numbers = np.zeros(len(times) - first, np.int64)
        last = self._stages - 1
        begun: list[int | None] = [None] * self._stages
        pairs = zip(times.tolist(), values.tolist(), strict=True)
        for position, (time, stage) in enumerate(pairs):
            start = time if stage == 0 else begun[stage - 1]
            if start is None:
                continue
            begun[stage] = start
            if stage == last and position >= first and time - start <= span:
                numbers[position - first] = self._stages
        return numbers

    def newest(self, window: Newest) -> int | None:
        del window
        return None

    def most(self, values: Values) -> int:
        return self._stages if len(np.unique(values)) == self._stages else 0

    def members(self, values: Values) -> Ints:
        """The last event of each stage that still leads to the end."""
        picked: list[int] = []
        wanted = self._stages - 1
        for position in range(len(values) - 1, -1, -1):
            if int(values[position]) == wanted:
                picked.append(position)
                wanted -= 1
                if wanted < 0:
                    return np.array(picked[::-1], np.int64)
        return np.empty(0, np.int64)


def measure_of(kind: str, stages: int) -> Measure:
    """The measure of a correlation type; ``stages`` is how many rules it refers to."""
    if kind == "event_count":
        return EventCount()
    return ValueCount() if kind == "value_count" else OrderedStages(stages)
