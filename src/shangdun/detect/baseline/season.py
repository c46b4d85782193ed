"""The hour of the week: how much busier or quieter it is than the average hour.

168 factors, learned from every entity of a baseline together. Where an hour of the week was seen
too seldom, the same hour of other days stands in, and for that the average hour.
"""

from __future__ import annotations

from typing import Any

import numpy as np

HOUR = 3_600_000
HOURS = 168
MONDAY = 72
"""Hours from Monday 1969-12-29 to the epoch, a Thursday."""
FORGET = 0.8
"""What a week-old observation still weighs."""
SHRINK_HOUR, SHRINK_DAY = 1.0, 2.0
"""Observations that the hour of other days, and the average hour, are worth."""
MOST = 20.0


def hour_of_week(millis: int) -> int:
    """0 is Monday 00:00 UTC."""
    return (millis // HOUR + MONDAY) % HOURS


class Season:
    """Observed over expected, by hour of the week."""

    def __init__(self) -> None:
        self._ratio = np.zeros(HOURS)
        self._weight = np.zeros(HOURS)
        self._week = np.full(HOURS, -1, np.int64)

    def factor(self, millis: int) -> float:
        """How many times the average the hour of a moment is."""
        hour = hour_of_week(millis)
        days = slice(hour % 24, HOURS, 24)
        of_day = (self._ratio[days].sum() + SHRINK_DAY) / (self._weight[days].sum() + SHRINK_DAY)
        ratio = self._ratio[hour] + SHRINK_HOUR * of_day
        return float(np.clip(ratio / (self._weight[hour] + SHRINK_HOUR), 1 / MOST, MOST))

    def learn(self, millis: int, observed: float, expected: float) -> None:
        """Take in a period: what all entities did, and what they would do in an average hour."""
        if expected <= 0:
            return
        hour, week = hour_of_week(millis), (millis // HOUR + MONDAY) // HOURS
        if self._week[hour] != week:
            self._ratio[hour] *= FORGET
            self._weight[hour] *= FORGET
            self._week[hour] = week
        weight = expected / (expected + 5.0)
        self._ratio[hour] += weight * min(observed / expected, MOST)
        self._weight[hour] += weight

    def save(self) -> dict[str, bytes]:
        return {
            "ratio": self._ratio.tobytes(),
            "weight": self._weight.tobytes(),
            "week": self._week.tobytes(),
        }

    def load(self, saved: dict[str, Any]) -> None:
        self._ratio = np.frombuffer(saved["ratio"]).copy()
        self._weight = np.frombuffer(saved["weight"]).copy()
        self._week = np.frombuffer(saved["week"], np.int64).copy()
