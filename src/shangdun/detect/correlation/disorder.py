"""Measuring events one after the other, where they do not arrive in order of time.

An event is put in its place in time, and the windows that it falls into (those that end at an
event between it and one timespan later) are looked at again. Of those that satisfy the condition
the last one counts; if none does, the one that ends at the event itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from shangdun.detect.correlation.buffer import Flags, Ints
from shangdun.detect.correlation.condition import holds, holds_for
from shangdun.detect.correlation.frame import Values
from shangdun.detect.correlation.measure import Measure, Newest, Numbers, Tally
from shangdun.detect.correlation.spec import Condition


class Measured(NamedTuple):
    """Parallel to the new events of a group."""

    numbers: Numbers
    ends: Ints
    """The time at which the window that was measured ends."""
    behind: Ints
    """How many events stood behind the window's last one when it was measured."""
    holds: Flags


class Disorder:
    """The events of one group: those from before in order of time, new ones as they arrive."""

    def __init__(self, measure: Measure, condition: Condition, span: int) -> None:
        self._measure = measure
        self._condition = condition
        self._span = span
        self._times: list[int] = []
        self._values: list[int] = []

    def measured(self, times: Ints, values: Values, first: int) -> Measured:
        """Measure the events from ``first`` on, which are in order of arrival."""
        self._times, self._values = times[:first].tolist(), values[:first].tolist()
        arriving = list(zip(times[first:].tolist(), values[first:].tolist(), strict=True))
        tally = self._measure.tally()
        steps = self._in_runs(arriving) if tally is None else self._one_by_one(arriving, tally)
        numbers, ends, behind = (np.array(column) for column in zip(*steps, strict=True))
        return Measured(numbers, ends, behind, holds(self._condition, numbers))

    def _one_by_one(
        self, arriving: list[tuple[int, int]], tally: Tally
    ) -> list[tuple[float, int, int]]:
        """Follow the newest window; look elsewhere only where that one does not suffice."""
        times, window = self._times, Newest(self._span, tally)
        for time, value in zip(times, self._values, strict=True):
            window.push(time, value, times[-1])
        steps: list[tuple[float, int, int]] = []
        for time, value in arriving:
            place = self._put(time, value)
            within = time >= times[-1] - self._span
            if within:
                window.push(time, value, times[-1])
            newest = place == len(times) - 1
            if within and (newest or holds_for(self._condition, window.number())):
                steps.append((window.number(), times[-1], 0))
            else:
                steps.append(self._around(place))
        return steps

    def _in_runs(self, arriving: list[tuple[int, int]]) -> list[tuple[float, int, int]]:
        """Measure at once what arrives in order, and around every event that is late."""
        steps: list[tuple[float, int, int]] = []
        run = 0
        for time, value in arriving:
            if self._times and time < self._times[-1]:
                steps += self._run(run)
                run = 0
                steps.append(self._around(self._put(time, value)))
            else:
                self._times.append(time)
                self._values.append(value)
                run += 1
        return steps + self._run(run)

    def _run(self, length: int) -> list[tuple[float, int, int]]:
        if not length:
            return []
        first = len(self._times) - length
        low = bisect_left(self._times, self._times[first] - self._span)
        numbers = self._numbers(low, len(self._times), first)
        return [(number, self._times[first + at], 0) for at, number in enumerate(numbers.tolist())]

    def _put(self, time: int, value: int) -> int:
        place = bisect_right(self._times, time)
        self._times.insert(place, time)
        self._values.insert(place, value)
        return place

    def _around(self, place: int) -> tuple[float, int, int]:
        """Number, end and events behind of the window that counts for the event at a place."""
        times = self._times
        low = bisect_left(times, times[place] - self._span)
        high = bisect_right(times, times[place] + self._span)
        numbers = self._numbers(low, high, place)
        last = int(max(np.flatnonzero(holds(self._condition, numbers)), default=0))
        return numbers[last].item(), times[place + last], len(times) - 1 - place - last

    def _numbers(self, low: int, high: int, first: int) -> Numbers:
        """Numbers of the windows that end at the events from ``first`` up to ``high``."""
        times = np.array(self._times[low:high], np.int64)
        values = np.array(self._values[low:high], np.uint64)
        return self._measure.ordered(times, values, first - low, self._span)
