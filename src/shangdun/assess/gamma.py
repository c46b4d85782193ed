"""The gamma distribution without a statistics package: its distribution function and quantiles.

The regularised incomplete gamma function by its series below ``shape + 1`` and Lentz's continued
fraction above (Abramowitz & Stegun 6.5.29 and 6.5.31), the quantile by Newton's steps in the
logarithm, kept between bounds.
"""

from __future__ import annotations

import math

PRECISION = 1e-13
STEPS = 2_000


def cdf(value: float, shape: float, rate: float) -> float:
    """P(X ≤ value) for a gamma with ``shape`` and ``rate`` (mean ``shape / rate``)."""
    x = value * rate
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return min(1.0, front * _series(x, shape))
    return max(0.0, 1.0 - front * _fraction(x, shape))


def quantile(share: float, shape: float, rate: float) -> float:
    """The value that a ``share`` (0 to 1) of the distribution does not exceed."""
    below, above = -700.0, math.log(shape + 40.0 * math.sqrt(shape) + 100.0)
    at = min(max(_near_zero(share, shape), below), above)
    for _step in range(200):
        missed = cdf(math.exp(at), shape, 1.0) - share
        below, above = (at, above) if missed < 0 else (below, at)
        slope = math.exp(shape * at - math.exp(at) - math.lgamma(shape))
        step = missed / slope if slope > 0 else math.inf
        following = at - step
        if not below < following < above:
            following = (below + above) / 2
        if abs(following - at) < PRECISION * max(1.0, abs(at)):
            break
        at = following
    return math.exp(at) / rate


def _near_zero(share: float, shape: float) -> float:
    """Logarithm of the quantile as the first term of the series has it: where the search begins."""
    return (math.log(share) + math.lgamma(shape + 1)) / shape


def _series(x: float, shape: float) -> float:
    term = total = 1.0 / shape
    for step in range(1, STEPS + int(shape)):
        term *= x / (shape + step)
        total += term
        if term < total * PRECISION:
            break
    return total


def _fraction(x: float, shape: float) -> float:
    tiny = 1e-300
    b = x + 1.0 - shape
    c, d = 1.0 / tiny, 1.0 / b
    product = d
    for step in range(1, STEPS + int(shape)):
        a = -step * (step - shape)
        b += 2.0
        d = 1.0 / _away_from_zero(a * d + b, tiny)
        c = _away_from_zero(b + a / c, tiny)
        product *= d * c
        if abs(d * c - 1.0) < PRECISION:
            break
    return product


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
