"""Whether a value moved, or chance alone would do this: exact tests, and "too few to tell"."""

from __future__ import annotations

import math
from enum import StrEnum
from statistics import NormalDist

import msgspec

from shangdun.govern.measures.distributions import binomial_pmf, hypergeometric_pmf

LEVEL = 0.05
LARGEST = 2_000
"""Beyond so many in both together the normal distribution is as good, and takes no time."""


class Direction(StrEnum):
    """What can be said of a value and the one before it."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"
    """Chance alone makes such a difference often enough."""
    TOO_FEW = "too_few"
    """With so few, even a fall to nothing (or a rise to everything) would not tell."""
    FIRST = "first"
    """There is nothing before it."""


class Trend(msgspec.Struct, frozen=True):
    """Against the period before; ``p`` is the two-sided probability under "nothing changed"."""

    direction: Direction
    p: float | None = None
    method: str = ""


FIRST = Trend(Direction.FIRST)


def count_trend(now: int, days_now: float, before: int, days_before: float) -> Trend:
    """Two counts over times of their own.

    Given their sum, the count is binomial under one rate (Przyborowski and Wilenski, Biometrika 31,
    1940).
    """
    if days_now <= 0 or days_before <= 0:
        return FIRST
    total, share = now + before, days_now / (days_now + days_before)
    if total > LARGEST:
        spread = math.sqrt(total * share * (1 - share))
        return _normal((now - total * share) / spread)
    weights = [binomial_pmf(k, total, share) for k in range(total + 1)]
    return _judged(weights, now, now * days_before - before * days_now, "conditional binomial")


def share_trend(now: tuple[int, int], before: tuple[int, int]) -> Trend:
    """Two shares as (how many, of how many), by Fisher's exact test."""
    (a, n), (b, m) = now, before
    if n <= 0 or m <= 0:
        return FIRST
    if n + m > LARGEST:
        pooled = (a + b) / (n + m)
        spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        return _normal((a / n - b / m) / spread if spread else 0.0)
    low, high = max(0, a + b - m), min(n, a + b)
    weights = [hypergeometric_pmf(k, n, m, a + b) for k in range(low, high + 1)]
    return _judged(weights, a - low, a * m - b * n, "Fisher")


def _normal(distance: float) -> Trend:
    p = 2 * (1 - NormalDist().cdf(abs(distance)))
    if p > LEVEL:
        return Trend(Direction.STEADY, p, "normal")
    return Trend(Direction.UP if distance > 0 else Direction.DOWN, p, "normal")


def _judged(weights: list[float], seen: int, difference: float, method: str) -> Trend:
    """The probability of all results that are no likelier than the one seen."""
    total = sum(weights)
    p = min(1.0, sum(w for w in weights if w <= weights[seen] * (1 + 1e-9)) / total)
    if p <= LEVEL:
        return Trend(Direction.UP if difference > 0 else Direction.DOWN, p, method)
    # What the most extreme results would give: where one of them could not have told, it is too
    # early to call the value steady.
    extremes = (weights[0], weights[-1])
    least = max(sum(w for w in weights if w <= end * (1 + 1e-9)) / total for end in extremes)
    return Trend(Direction.TOO_FEW if least > LEVEL else Direction.STEADY, p, method)
