"""A value against its target."""

from __future__ import annotations

from enum import StrEnum

from shangdun.govern.measures.intervals import Interval


class Better(StrEnum):
    """Which way a measure is to go."""

    LOWER = "lower"
    HIGHER = "higher"


class Outcome(StrEnum):
    """How a value stands to its target."""

    MET = "met"
    MISSED = "missed"
    NO_TARGET = "no_target"
    NO_VALUE = "no_value"


def outcome(value: float | None, target: float | None, better: Better) -> Outcome:
    """Met is met by the value itself: at most, or at least, the target."""
    if target is None:
        return Outcome.NO_TARGET
    if value is None:
        return Outcome.NO_VALUE
    met = value <= target if better is Better.LOWER else value >= target
    return Outcome.MET if met else Outcome.MISSED


def within_chance(interval: Interval | None, target: float | None) -> bool:
    """Whether the true value may as well lie on the other side of the target."""
    return interval is not None and target is not None and interval.low < target < interval.high
