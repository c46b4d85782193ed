"""Measuring events one after the other, where they do not arrive in order of time.

An event is put in its place in time, and the windows that it falls into (those that end at an
event between it and one timespan later) are looked at again. Of those that satisfy the condition
the last one counts; if none does, the one that ends at the event itself.
"""

from __future__ import annotations

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


Step = tuple[float, int, int]
"""Number, end, and events behind, as in ``Measured``."""


class Disorder:
    """The events of one group: those from before in order of time, new ones as they arrive."""

    def __init__(self, measure: Measure, condition: Condition, span: int) -> None:
        self._measure = measure
        self._condition = condition
        self._span = span
        self._times = np.empty(0, np.int64)
        self._values = np.empty(0, np.uint64)
        self._used = 0

    def measured(self, times: Ints, values: Values, first: int) -> Measured:
        """Measure the events from ``first`` on, which are in order of arrival."""
        self._times, self._values, self._used = times.copy(), values.copy(), first
        tally = self._measure.tally()
        if tally is None:
            steps = self._in_runs(times[first:], values[first:])
        else:
            steps = self._one_by_one(times[first:].tolist(), values[first:].tolist(), tally)
        numbers, ends, behind = (np.array(column) for column in zip(*steps, strict=True))
        return Measured(numbers, ends, behind, holds(self._condition, numbers))

    def _one_by_one(self, times: list[int], values: list[int], tally: Tally) -> list[Step]:
        """Follow the newest window; look elsewhere only where that one does not suffice."""
        span, condition, window = self._span, self._condition, Newest(self._span, tally)
        known = slice(0, self._used)
        newest = int(self._times[self._used - 1]) if self._used else 0
        for time, value in zip(
            self._times[known].tolist(), self._values[known].tolist(), strict=True
        ):
            window.push(time, value, newest)
        steps: list[Step] = []
        for time, value in zip(times, values, strict=True):
            late = time < newest
            place = self._put(time, value, late=late)
            newest = max(newest, time)
            within = time >= newest - span
            if within:
                window.push(time, value, newest)
            if not late or (within and holds_for(condition, window.number())):
                steps.append((window.number(), newest, 0))
            else:
                steps.append(self._around(place))
        return steps

    def _in_runs(self, times: Ints, values: Values) -> list[Step]:
        """Measure at once what arrives in order, and around every event that is late."""
        steps: list[Step] = []
        newest = int(self._times[self._used - 1]) if self._used else 0
        late = times < np.maximum.accumulate(np.append(newest, times))[:-1]
        at = 0
        for stop in [*np.flatnonzero(late).tolist(), len(times)]:
            if stop > at:
                steps += self._run(times[at:stop], values[at:stop])
            if stop < len(times):
                place = self._put(int(times[stop]), int(values[stop]), late=True)
                steps.append(self._around(place))
            at = stop + 1
        return steps

    def _run(self, times: Ints, values: Values) -> list[Step]:
        first = self._used
        self._used += len(times)
        self._times[first : self._used], self._values[first : self._used] = times, values
        low = int(np.searchsorted(self._times[:first], times[0] - self._span, "left"))
        numbers = self._numbers(low, self._used, first)
        ends, behind = times.tolist(), [0] * len(times)
        return list(zip(numbers.tolist(), ends, behind, strict=True))

    def _put(self, time: int, value: int, *, late: bool) -> int:
        """Put an event in its place, which is given; behind those of the same time."""
        used, place = self._used, self._used
        if late:
            place = int(np.searchsorted(self._times[:used], time, "right"))
            self._times[place + 1 : used + 1] = self._times[place:used]
            self._values[place + 1 : used + 1] = self._values[place:used]
        self._times[place], self._values[place] = time, value
        self._used += 1
        return place

    def _around(self, place: int) -> Step:
        """Number, end and events behind of the window that counts for the event at a place."""
        times = self._times[: self._used]
        low, high = np.searchsorted(times, times[place] - self._span, "left"), len(times)
        if times[-1] > times[place] + self._span:
            high = np.searchsorted(times, times[place] + self._span, "right")
        numbers = self._numbers(int(low), int(high), place)
        last = int(max(np.flatnonzero(holds(self._condition, numbers)), default=0))
        return numbers[last].item(), int(times[place + last]), len(times) - 1 - place - last

    def _numbers(self, low: int, high: int, first: int) -> Numbers:
        """Numbers of the windows that end at the events from ``first`` up to ``high``."""
        times, values = self._times[low:high], self._values[low:high]
        return self._measure.ordered(times, values, first - low, self._span)
