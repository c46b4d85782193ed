"""Measures over numbers: sum, mean and percentiles. A value is the bits of a float.

Sums are taken in whole billionths, so that they do not depend on the order of events or on how
the stream is cut, and what comes out is rounded to a billionth: decimal amounts add up, and are
compared with a bound, as on paper. Ten times 0.1 is 1, and the mean of three 0.1 is 0.1.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left, insort
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shangdun.detect.correlation.buffer import Ints
from shangdun.detect.correlation.frame import Values
from shangdun.detect.correlation.measure import Numbers, Tally, anything, window_starts

BILLION = 1_000_000_000
COARSE = 2.0**53 / BILLION
"""From here on a float tells no billionths apart."""
_BITS, _FLOAT = struct.Struct("<Q"), struct.Struct("<d")


def float_of(value: int) -> float:
    """The number behind 64 bits."""
    number: float = _FLOAT.unpack(_BITS.pack(value))[0]
    return number


class _Statistic:
    """What all of them share."""

    def most(self, values: Values) -> float:
        del values
        return math.inf

    def fewest(self, least: float) -> float:
        return anything(least)

    def members(self, values: Values) -> Ints:
        return np.arange(len(values))


class Sum(_Statistic):
    """``value_sum``, or ``value_avg`` if ``mean``: exact to a billionth."""

    abreast: ClassVar[bool] = True

    def __init__(self, *, mean: bool) -> None:
        self._mean = mean

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        starts = window_starts(times, first, span)
        low = int(starts[0])
        floats = values[low:].view(np.float64)
        whole = np.floor(floats)
        parts = np.rint((floats - whole) * BILLION).astype(np.int64)
        ends = np.arange(first, len(times)) - low + 1
        total = _spans(whole.astype(np.int64), starts - low, ends)
        part = _spans(parts, starts - low, ends)
        sums = total + part // BILLION + part % BILLION / BILLION
        return _rounded(sums / (ends - (starts - low)) if self._mean else sums)

    def tally(self) -> Tally:
        return _Sum(mean=self._mean)


class _Sum:
    def __init__(self, *, mean: bool) -> None:
        self._mean = mean
        self._billionths = 0
        self._events = 0

    def add(self, value: int) -> None:
        self._billionths += _billionths(float_of(value))
        self._events += 1

    def remove(self, value: int) -> None:
        self._billionths -= _billionths(float_of(value))
        self._events -= 1

    def number(self) -> float:
        whole, part = divmod(self._billionths, BILLION)
        total = whole + part / BILLION
        return settled(total / self._events if self._mean else total)


class Percentile(_Statistic):
    """``value_percentile`` and ``value_median``: between two values in proportion."""

    abreast: ClassVar[bool] = False

    def __init__(self, percentile: float) -> None:
        self._percentile = percentile

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        starts = window_starts(times, first, span)
        low = int(starts[0])
        floats = values[low:].view(np.float64).tolist()
        ranked = sorted(floats[: first - low])
        numbers = np.empty(len(starts), np.float64)
        gone = 0
        for at, start in enumerate((starts - low).tolist()):
            insort(ranked, floats[first - low + at])
            while gone < start:
                del ranked[bisect_left(ranked, floats[gone])]
                gone += 1
            numbers[at] = percentile_of(ranked, self._percentile)
        return numbers

    def tally(self) -> Tally:
        return _Ranked(self._percentile)


class _Ranked:
    def __init__(self, percentile: float) -> None:
        self._percentile = percentile
        self._ranked: list[float] = []

    def add(self, value: int) -> None:
        insort(self._ranked, float_of(value))

    def remove(self, value: int) -> None:
        del self._ranked[bisect_left(self._ranked, float_of(value))]

    def number(self) -> float:
        return percentile_of(self._ranked, self._percentile)


def percentile_of(ranked: list[float], percentile: float) -> float:
    """The value at a share of the way through ranked ones, between two neighbours in proportion."""
    place = (len(ranked) - 1) * percentile / 100
    below = int(place)
    if below == place:
        return settled(ranked[below])
    low, high = ranked[below], ranked[below + 1]
    return settled(low + (high - low) * (place - below))


def settled(number: float) -> float:
    """A number rounded to a billionth."""
    return round(number * BILLION) / BILLION if abs(number) < COARSE else number


def _rounded(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """``settled`` for many."""
    return np.where(np.abs(numbers) < COARSE, np.rint(numbers * BILLION) / BILLION, numbers)


def _billionths(number: float) -> int:
    whole = math.floor(number)
    return whole * BILLION + round((number - whole) * BILLION)


def _spans(numbers: Ints, starts: Ints, ends: Ints) -> Ints:
    """Sums of ``numbers`` from each start up to, not including, each end."""
    sums = np.append(0, np.cumsum(numbers))
    spans: Ints = sums[ends] - sums[starts]
    return spans
