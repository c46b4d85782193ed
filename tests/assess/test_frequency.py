"""Gamma–Poisson against its closed forms, not against itself."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shangdun.assess.frequency import (
    YEAR,
    Evidence,
    Rate,
    posterior,
    prior,
    watched,
)
from shangdun.assess.gamma import cdf, quantile
from shangdun.kernel.errors import UsageError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("rate", [0.25, 1.0, 40.0])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 0.95, 0.999])
def test_quantile_of_an_exponential(share, rate):
    # A gamma of shape 1 is the exponential: −ln(1 − p) / rate.
    assert quantile(share, 1.0, rate) == pytest.approx(-math.log1p(-share) / rate, rel=1e-9)


@pytest.mark.parametrize("shape", [1, 2, 5, 30, 400])
@pytest.mark.parametrize("x", [0.1, 1.0, 7.5, 40.0, 420.0])
def test_cdf_of_an_erlang(shape, x):
    # P(X ≤ x) of a whole shape is P(N ≥ shape) of a Poisson with mean x.
    fewer = sum(math.exp(-x + k * math.log(x) - math.lgamma(k + 1)) for k in range(shape))
    assert cdf(x, shape, 1.0) == pytest.approx(1 - fewer, abs=1e-9)


@given(some.floats(1e-4, 1e4), some.floats(1.05, 1e4))
def test_prior_meets_both_ends(low, ratio):
    high = min(low * ratio, 1e6)
    found = prior(low, high)
    below, above = found.interval()
    assert below == pytest.approx(low, rel=1e-6)
    assert above == pytest.approx(high, rel=1e-6)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-1, 2), (2, 1), (1, 1), (1, math.inf), (1, 2e6), (math.nan, 1)]
)
def test_no_range_is_refused(low, high):
    with pytest.raises(UsageError) as error:
        prior(low, high)
    assert error.value.code == "risk.frequency"


@given(some.floats(0.1, 50), some.floats(0.01, 50), some.integers(0, 500), some.floats(0, 20))
def test_events_update_as_the_conjugate_does(shape, rate, events, years):
    after = posterior(Rate(shape, rate), Evidence(events=events, years=years))
    assert (after.shape, after.rate) == (shape + events, rate + years)
    # The posterior mean lies between the prior's and what was observed.
    if years > 0:
        ends = sorted((shape / rate, events / years))
        assert ends[0] - 1e-9 <= after.mean <= ends[1] + 1e-9


def test_much_evidence_drowns_the_prior():
    after = posterior(prior(0.1, 1), Evidence(events=1_200, years=100))
    assert after.mean == pytest.approx(12, rel=0.06)
    low, high = after.interval()
    # Close to the Poisson's own 90%: 12 ± 1.645 · √1200 / 100.
    assert (low, high) == pytest.approx((12 - 0.6, 12 + 0.6), rel=0.07)


def test_attempts_weigh_as_the_events_they_stand_for():
    before = Rate(1.0, 1.0)
    share = 0.001
    seen = posterior(before, Evidence(years=2, attempts=4_000, share=share))
    # Four thousand failures at one in a thousand in two years: two a year are to be expected.
    assert seen.shape - before.shape == pytest.approx(4)
    assert (seen.shape - 1) / (seen.rate - 1 - 2) == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("truth", [0.5, 3.0, 20.0])
def test_attempts_and_incidents_agree_on_the_truth(truth):
    # Both expected values put in: the estimate is the true rate, not twice of it.
    share, years = 0.002, 1_000.0
    failures = round(truth * (1 - share) / share * years)
    after = posterior(
        Rate(1.0, 1.0),
        Evidence(events=round(truth * years), years=years, attempts=failures, share=share),
    )
    assert after.mean == pytest.approx(truth, rel=0.01)


def test_attempts_without_a_share_tell_nothing():
    before = Rate(2.0, 3.0)
    with_them = posterior(before, Evidence(events=1, years=1, attempts=10_000))
    assert with_them == posterior(before, Evidence(events=1, years=1))


def test_nothing_seen_in_no_time_is_the_prior():
    before = prior(0.2, 2)
    assert posterior(before, Evidence()) == before


def test_a_year_behind_a_measure_counts_for_what_it_lets_through():
    until = NOON + 2 * YEAR
    assert watched(NOON, until, []) == pytest.approx(2)
    assert watched(NOON, until, [(NOON + YEAR, 0.5)]) == pytest.approx(1.5)
    assert watched(NOON, until, [(NOON - YEAR, 0.5)]) == pytest.approx(1)
    assert watched(NOON, until, [(NOON, 0.5), (NOON + YEAR, 0.0)]) == pytest.approx(0.5)
    assert watched(NOON, until, [(until + timedelta(1), 0.1)]) == pytest.approx(2)
    assert watched(until, NOON, []) == 0
