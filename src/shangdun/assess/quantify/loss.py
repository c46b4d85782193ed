"""What one event costs: a distribution from what a person can say about it.

Two ends become a log-normal: losses are never negative, mostly moderate and now and then very
large, and two percentiles fix it. Least, most likely and most become a PERT (a beta on a bounded
range, Vose 2008), for losses with a hard ceiling such as a contract penalty.
"""

from __future__ import annotations

import math
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from shangdun.kernel.errors import UsageError

Floats = NDArray[np.float64]
Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal: the ends of a 90% interval lie there."""
PERT_WEIGHT = 4.0


class Shape(StrEnum):
    """Which distribution; the first takes two numbers, the second three."""

    LOGNORMAL = "lognormal"
    PERT = "pert"


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """The loss of one event in money units.

    ``low`` and ``high`` are the 5th and 95th percentile of a log-normal, or the ends of a PERT with
    its peak at ``mode``.
    """

    shape: Shape
    low: float
    high: float
    mode: float = 0.0

    def check(self) -> Loss:
        """The same; raises ``UsageError`` (``risk.loss``) for numbers out of order."""
        bounds = (self.low, self.high, self.mode)
        fine = all(math.isfinite(one) and one >= 0 for one in bounds) and self.high >= self.low
        if self.shape is Shape.LOGNORMAL:
            fine = fine and self.low > 0
        else:
            fine = fine and self.low <= self.mode <= self.high
        if not fine:
            raise UsageError(
                "the loss is no range",
                code="risk.loss",
                fix="least above 0, most not below least; PERT: the most likely between them",
            )
        return self

    def mean(self) -> float:
        """The expected loss of one event, in closed form."""
        if self.shape is Shape.LOGNORMAL:
            mu, sigma = self._normal()
            return math.exp(mu + sigma * sigma / 2)
        return (self.low + PERT_WEIGHT * self.mode + self.high) / (PERT_WEIGHT + 2)

    def variance(self) -> float:
        """Of one event, in closed form."""
        if self.shape is Shape.LOGNORMAL:
            _mu, sigma = self._normal()
            return math.expm1(sigma * sigma) * self.mean() ** 2
        mean = self.mean()
        return (mean - self.low) * (self.high - mean) / (PERT_WEIGHT + 3)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        """``size`` losses, shape ``(size,)``."""
        if self.shape is Shape.LOGNORMAL:
            mu, sigma = self._normal()
            drawn: Floats = random.standard_normal(size)
            drawn *= sigma
            drawn += mu
            return np.exp(drawn, out=drawn)
        span = self.high - self.low
        if span == 0:
            return np.full(size, self.low)
        above = 1 + PERT_WEIGHT * (self.mode - self.low) / span
        below = 1 + PERT_WEIGHT * (self.high - self.mode) / span
        return self.low + span * random.beta(above, below, size)

    def _normal(self) -> tuple[float, float]:
        """Mean and deviation of the logarithm."""
        low, high = math.log(self.low), math.log(self.high)
        return (low + high) / 2, (high - low) / (2 * Z95)
