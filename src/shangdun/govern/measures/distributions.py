"""The few distributions that exact intervals and tests need, without a library of statistics.

Sums of probabilities are taken in logarithms; quantiles by halving an interval until it is as
narrow as floating point allows. Counts up to some hundred thousand stay below a millisecond each.
"""

from __future__ import annotations

import math
from collections.abc import Callable

HALVINGS = 200


def poisson_cdf(count: int, mean: float) -> float:
    """P(X ≤ count) of a Poisson variable: the upper gamma function Q(count + 1, mean)."""
    if count < 0:
        return 0.0
    return 1.0 if mean <= 0 else 1.0 - _lower_gamma(count + 1.0, mean)


def binomial_cdf(count: int, trials: int, share: float) -> float:
    """P(X ≤ count) of a binomial variable, by the regularised incomplete beta function."""
    if count < 0:
        return 0.0
    if count >= trials or share <= 0:
        return 1.0
    return 0.0 if share >= 1 else beta_cdf(1.0 - share, trials - count, count + 1.0)


def binomial_pmf(count: int, trials: int, share: float) -> float:
    """P(X = count)."""
    if share <= 0 or share >= 1:
        return float(count == (trials if share >= 1 else 0))
    return math.exp(
        _log_choose(trials, count) + count * math.log(share) + (trials - count) * math.log1p(-share)
    )


def hypergeometric_pmf(count: int, good: int, bad: int, drawn: int) -> float:
    """P(``count`` good ones among ``drawn`` of ``good`` + ``bad``)."""
    if not max(0, drawn - bad) <= count <= min(good, drawn):
        return 0.0
    return math.exp(
        _log_choose(good, count) + _log_choose(bad, drawn - count) - _log_choose(good + bad, drawn)
    )


def student_cdf(value: float, freedom: float) -> float:
    """P(T ≤ value) of Student's t with ``freedom`` degrees (any positive number: Welch)."""
    tail = beta_cdf(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    return 1.0 - tail if value > 0 else tail


def student_quantile(share: float, freedom: float) -> float:
    """The t below which ``share`` lies (0.5 < share < 1)."""
    return solve(lambda value: student_cdf(value, freedom) - share, 0.0, 1e6)


def solve(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises through nought does so, between the two."""
    for _turn in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (DLMF 8.17)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1.0 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d or tiny)
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 / ((1.0 + step * d) or tiny)
            c = (1.0 + step / c) or tiny
            value *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return value


def _lower_gamma(a: float, x: float) -> float:
    """Regularised lower incomplete gamma function P(a, x): series or continued fraction (8.11)."""
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1.0 / a
        n = a
        while term > total * 1e-16:
            n += 1
            term *= x / n
            total += term
        return front * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for i in range(1, 100_000):
        step = -i * (i - a)
        b += 2
        d = 1 / ((step * d + b) or tiny)
        c = (b + step / c) or tiny
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return 1.0 - front * value


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
