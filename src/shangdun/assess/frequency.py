"""How often an event comes, and how that estimate learns: Gamma–Poisson.

A person says a range that holds the yearly rate with 90%; the gamma distribution with those two
percentiles is the prior. Events come as a Poisson process, so that ``events`` in ``years`` give
Gamma(shape + events, rate + years) (Gelman et al., Bayesian Data Analysis, 2.6).

Attempts are counted apart. If one of them gets through with probability ``share``, failed ones come
at the rate λ(1 − share)/share: each is evidence about λ too. The share is itself an estimate, so
their likelihood is raised to the power ``share`` (a power prior, Ibrahim & Chen 2000): ``attempts``
then count as ``attempts · share`` events in ``years · (1 − share)``. A thousand attempts at one in
a thousand weigh as much as one incident seen, and never drown it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from shangdun.assess.gamma import quantile
from shangdun.kernel.errors import UsageError

LOWER, UPPER = 0.05, 0.95
LARGEST = 1_000_000.0
"""Events a year: above it there is nothing to estimate."""
NARROWEST = 1.01
"""Least ratio of the ends: a rate that is known exactly is no estimate."""
FINE = 1e-10
YEAR = timedelta(days=365.25)


class Rate(msgspec.Struct, frozen=True):
    """A yearly rate as a gamma distribution."""

    shape: float
    rate: float
    """In years."""

    @property
    def mean(self) -> float:
        return self.shape / self.rate

    @property
    def variance(self) -> float:
        return self.shape / self.rate**2

    def interval(self) -> tuple[float, float]:
        """The 5th and the 95th percentile."""
        return quantile(LOWER, self.shape, self.rate), quantile(UPPER, self.shape, self.rate)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen in so many ``years``; ``share`` None: attempts tell nothing."""

    events: int = 0
    years: float = 0.0
    """Of observation, each weighed by the share of events that the measures then in effect let
    through: ``watched``."""
    attempts: int = 0
    share: float | None = None


def prior(low: float, high: float) -> Rate:
    """The gamma whose 5th and 95th percentiles are the ends of the range (events a year).

    Raises ``UsageError`` (``risk.frequency``) where they are no range.
    """
    if not (0 < low < math.inf and low * NARROWEST <= high <= LARGEST):
        raise UsageError(
            "the frequency is no range",
            code="risk.frequency",
            fix="two numbers above 0, the first smaller; «once in ten years» is 0.1",
        )
    return _fitted(low, high)


@lru_cache(maxsize=1024)
def _fitted(low: float, high: float) -> Rate:
    wanted = math.log(high / low)
    few, many = math.log(0.02), math.log(1e7)
    while many - few > FINE:
        middle = (few + many) / 2
        few, many = (middle, many) if _ratio(math.exp(middle)) > wanted else (few, middle)
    shape = math.exp((few + many) / 2)
    # Were the ratio out of reach, both ends are missed by the same factor; otherwise both are met.
    centre = math.sqrt(quantile(LOWER, shape, 1.0) * quantile(UPPER, shape, 1.0))
    return Rate(shape, centre / math.sqrt(low * high))


def _ratio(shape: float) -> float:
    """Logarithm of the ratio of the two percentiles; it falls as the shape grows."""
    return math.log(quantile(UPPER, shape, 1.0)) - math.log(quantile(LOWER, shape, 1.0))


def posterior(before: Rate, seen: Evidence) -> Rate:
    """The rate after what was seen; with nothing seen in no time the prior itself."""
    if seen.years < 0 or seen.events < 0 or seen.attempts < 0:
        raise ValueError("evidence is counted from zero")
    shape, rate = before.shape + seen.events, before.rate + seen.years
    if seen.share is not None and 0 < seen.share < 1:
        shape += seen.attempts * seen.share
        rate += seen.years * (1 - seen.share)
    return Rate(shape, rate)


def watched(since: datetime, until: datetime, measures: Iterable[tuple[datetime, float]]) -> float:
    """Years of observation as evidence about the rate without measures.

    ``measures`` are the moments from which each is in effect, and the share of events that it lets
    through: a year behind one that keeps off half of them tells as much as half a year without.
    """
    if until <= since:
        return 0.0
    starts = sorted((max(since, start), left) for start, left in measures if start < until)
    total, at, left = 0.0, since, 1.0
    for start, share in [*starts, (until, 1.0)]:
        total += (start - at) / YEAR * left
        at, left = start, left * share
    return total
