"""How sure a value is: intervals of confidence, each by the method named in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import msgspec

from shangdun.govern.measures.distributions import (
    beta_cdf,
    poisson_cdf,
    solve,
    student_quantile,
)

CONFIDENCE = 0.95
SMALL = 40
"""Up to here a share gets the exact interval; above it Wilson's, which is then as good (Brown, Cai
and DasGupta, Statistical Science 16, 2001)."""


class Interval(msgspec.Struct, frozen=True):
    """From ``low`` to ``high``, both included; in the unit of what it belongs to."""

    low: float
    high: float
    method: str
    """``garwood``, ``clopper-pearson``, ``wilson``, ``student``."""
    confidence: float = CONFIDENCE

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def poisson_interval(count: int, confidence: float = CONFIDENCE) -> Interval:
    """Of the expected number behind a count, exact (Garwood, Biometrika 28, 1936)."""
    tail = (1 - confidence) / 2
    most = count + 20 * math.sqrt(count + 1) + 20
    low = solve(lambda mean: (1 - poisson_cdf(count - 1, mean)) - tail, 0, most) if count else 0.0
    high = solve(lambda mean: tail - poisson_cdf(count, mean), 0, most)
    return Interval(low, high, "garwood", confidence)


def share_interval(count: int, total: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Of a share, as a fraction of one; None where there is nothing to divide by."""
    if total <= 0:
        return None
    if total <= SMALL:
        return clopper_pearson(count, total, confidence)
    return wilson(count, total, confidence)


def clopper_pearson(count: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """Exact (Clopper and Pearson, Biometrika 26, 1934): covers at least what it promises."""
    tail = (1 - confidence) / 2
    low, high = 0.0, 1.0
    if count > 0:
        low = solve(lambda p: beta_cdf(p, count, total - count + 1) - tail, 0, 1)
    if count < total:
        high = solve(lambda p: beta_cdf(p, count + 1, total - count) - (1 - tail), 0, 1)
    return Interval(low, high, "clopper-pearson", confidence)


def wilson(count: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval (Wilson, JASA 22, 1927)."""
    z = NormalDist().inv_cdf(1 - (1 - confidence) / 2)
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    spread /= 1 + z * z / total
    return Interval(max(0.0, middle - spread), min(1.0, middle + spread), "wilson", confidence)


def mean_interval(
    values: Sequence[float], bounds: tuple[float, float], confidence: float = CONFIDENCE
) -> Interval | None:
    """Of a mean of answers on a scale, by Student's t, cut at the scale's ends.

    None for fewer than two answers, and where all are alike: no spread can be read from them.
    """
    count = len(values)
    if count < 2:
        return None
    mean = math.fsum(values) / count
    squares = math.fsum((value - mean) ** 2 for value in values)
    if squares <= 0:
        return None
    error = math.sqrt(squares / (count - 1) / count)
    half = student_quantile(1 - (1 - confidence) / 2, count - 1) * error
    return Interval(max(bounds[0], mean - half), min(bounds[1], mean + half), "student", confidence)
