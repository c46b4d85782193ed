"""Intervals and trends against published figures, and what must hold for all of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.measures.distributions import (
    beta_cdf,
    binomial_cdf,
    poisson_cdf,
    student_quantile,
)
from shangdun.govern.measures.intervals import (
    clopper_pearson,
    mean_interval,
    poisson_interval,
    share_interval,
    wilson,
)
from shangdun.govern.measures.trend import Direction, count_trend, share_trend

# Exact Poisson limits: Garwood 1936, as tabulated in Pearson and Hartley, Biometrika Tables, 40.
GARWOOD = [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390),
           (50, 37.11, 65.92), (100, 81.36, 121.63)]  # fmt: skip
# Clopper and Pearson's limits of 95 %.
EXACT = [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0),
         (1, 20, 0.0013, 0.2487), (8, 30, 0.1228, 0.4589)]  # fmt: skip


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_a_count_has_the_exact_limits_of_the_tables(count, low, high):
    found = poisson_interval(count)
    assert (found.low, found.high) == (
        pytest.approx(low, abs=0.006),
        pytest.approx(high, abs=0.006),
    )


@pytest.mark.parametrize(("count", "total", "low", "high"), EXACT)
def test_a_small_share_has_the_exact_limits_of_the_tables(count, total, low, high):
    found = share_interval(count, total)
    assert found is not None
    assert found.method == "clopper-pearson"
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_large_share_has_wilsons_limits():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263.
    found = share_interval(81, 263)
    assert found is not None
    assert (found.method, round(found.low, 4), round(found.high, 4)) == ("wilson", 0.2553, 0.3662)


def test_nothing_to_divide_by_has_no_interval():
    assert share_interval(0, 0) is None
    assert mean_interval([4], (1, 5)) is None
    assert mean_interval([4, 4, 4], (1, 5)) is None


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (9, 2.2622), (30, 2.0423), (1000, 1.9623)])
def test_students_quantiles_are_those_of_the_tables(freedom, t):
    assert student_quantile(0.975, freedom) == pytest.approx(t, abs=5e-4)


def test_a_mean_of_a_scale_stays_on_it():
    found = mean_interval([5, 5, 5, 5, 4], (1, 5))
    assert found is not None
    # 4.8 ± 2.776 × 0.2; the scale ends at 5.
    assert (round(found.low, 3), found.high) == (4.245, 5.0)


@given(st.integers(0, 400), st.floats(0.01, 500))
def test_poisson_sums_as_it_should(count, mean):
    plain = math.fsum(
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)
    )
    assert poisson_cdf(count, mean) == pytest.approx(min(plain, 1), abs=1e-9)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_exact_limits_leave_what_they_promise_in_each_tail(pair):
    count, total = pair
    found = clopper_pearson(count, total)
    if count:
        assert 1 - binomial_cdf(count - 1, total, found.low) == pytest.approx(0.025, abs=1e-6)
    if count < total:
        assert binomial_cdf(count, total, found.high) == pytest.approx(0.025, abs=1e-6)
    other = wilson(count, total)
    assert other.low <= count / total + 1e-12
    assert count / total - 1e-12 <= other.high


@given(st.floats(0.001, 0.999), st.floats(0.3, 300), st.floats(0.3, 300))
def test_the_two_tails_of_beta_are_one(x, a, b):
    assert beta_cdf(x, a, b) + beta_cdf(1 - x, b, a) == pytest.approx(1, abs=1e-9)


def test_a_few_incidents_tell_no_trend():
    # Even 0 against 5 has p = 2 × 0.5⁵ = 0.0625: with five no split could tell.
    assert count_trend(0, 90, 5, 90).direction is Direction.TOO_FEW
    assert count_trend(0, 90, 0, 90).direction is Direction.TOO_FEW
    six = count_trend(0, 90, 6, 90)
    assert (six.direction, six.p) == (Direction.DOWN, pytest.approx(0.03125))
    assert count_trend(22, 90, 20, 90).direction is Direction.STEADY


def test_a_quarter_that_runs_is_compared_by_its_days():
    assert count_trend(10, 30, 10, 90).direction is Direction.UP
    assert count_trend(10, 90, 10, 90).direction is Direction.STEADY
    assert count_trend(3, 0, 3, 90).direction is Direction.FIRST


def test_many_attempts_are_compared_at_once():
    assert count_trend(500_000, 90, 400_000, 90).direction is Direction.UP
    assert count_trend(500_100, 90, 500_000, 90).direction is Direction.STEADY


def test_shares_are_compared_by_fishers_test():
    # Fisher's lady tasting tea: 3 of 4 against 1 of 4, p = 0.4857.
    tea = share_trend((3, 4), (1, 4))
    assert (tea.direction, tea.p) == (Direction.STEADY, pytest.approx(34 / 70))
    assert share_trend((2, 3), (1, 3)).direction is Direction.TOO_FEW
    assert share_trend((95, 100), (70, 100)).direction is Direction.UP
    assert share_trend((700, 2000), (900, 2000)).direction is Direction.DOWN
    assert share_trend((1, 2), (0, 0)).direction is Direction.FIRST
