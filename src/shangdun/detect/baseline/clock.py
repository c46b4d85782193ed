"""Periods by event time: which one is open, what comes too late, and a clock that went back."""

from __future__ import annotations

from typing import Any

import numpy as np

from shangdun.detect.baseline.columns import Ints

FAR = 30 * 86_400_000
"""An event so far ahead of half of its frame has a wrong time: it must not close every period."""
BACK = 500
"""So many events in a row that are too late mean that time itself went back (an older file)."""


class PeriodClock:
    """The open period of one baseline; None before the first event."""

    def __init__(self, every: int) -> None:
        self._every = every
        self.current: int | None = None
        self.began = 0
        """The first event, in milliseconds."""
        self.late = 0
        self._behind = 0

    def periods(self, times: Ints) -> Ints:
        """The period that each event counts in, or -1: it has no time, or comes too late.

        Sources are never quite in step: what belongs to the period before counts in the open one.
        """
        timed = times >= 0
        if not timed.any():
            return np.full(len(times), -1, np.int64)
        periods = times // self._every
        timed &= times <= np.median(times[timed]) + FAR
        first = int(periods[timed].min())
        if self.current is None:
            self.current, self.began = first, int(times[timed].min())
        late = timed & (periods < self.current - 1)
        if late.any():
            timed &= ~late
            self.late += int(late.sum())
            self._behind = 0 if timed.any() else self._behind + int(late.sum())
            if self._behind >= BACK:
                self.current, self._behind = first, 0
        else:
            self._behind = 0
        return np.where(timed, np.maximum(periods, self.current), -1)

    def save(self) -> list[Any]:
        return [self.current, self.began, self.late, self._behind]

    def load(self, saved: list[Any]) -> None:
        self.current, self.began, self.late, self._behind = saved
