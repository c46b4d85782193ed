"""The simulated year against the closed forms of compound Poisson sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shangdun.assess.frequency import Rate
from shangdun.assess.quantify.effects import ALL, Cut, Kept, expected, kept, worth
from shangdun.assess.quantify.loss import Loss, Shape
from shangdun.assess.quantify.simulate import Quantified, simulate
from shangdun.kernel.errors import UsageError

LOGNORMAL = Loss(shape=Shape.LOGNORMAL, low=10_000, high=300_000)
PERT = Loss(shape=Shape.PERT, low=1_000, mode=5_000, high=40_000)
FIXED = Loss(shape=Shape.PERT, low=1_000, mode=1_000, high=1_000)
MANY_TRIALS = 200_000


def risk(rate: Rate, loss: Loss, *stages: Kept, uid: int = 1) -> Quantified:
    three = (*stages, *[stages[-1] if stages else ALL] * 3)[:3]
    return Quantified(uid=uid, rate=rate, loss=loss, stages=three)


@pytest.mark.parametrize("loss", [LOGNORMAL, PERT])
@pytest.mark.parametrize("rate", [Rate(2, 10), Rate(5, 2), Rate(8, 0.1)])
def test_mean_and_variance_of_a_year(loss, rate):
    """Mixed compound Poisson: E = E[λ]E[X], Var = E[λ]E[X²] + Var[λ]E[X]²."""
    found = simulate([risk(rate, loss)], trials=MANY_TRIALS).spreads[0]
    mean = rate.mean * loss.mean()
    second = loss.variance() + loss.mean() ** 2
    variance = rate.mean * second + rate.variance * loss.mean() ** 2
    deviation = math.sqrt(variance / MANY_TRIALS)
    assert abs(found.mean - mean) < 4.5 * deviation
    # ± as it is stated is the 95% of that very deviation; heavy tails move it by some per cent.
    assert found.error == pytest.approx(1.96 * deviation, rel=0.1)


def test_years_without_loss_are_those_of_the_negative_binomial():
    # P(N = 0) for λ ~ Gamma(a, b) is (b / (b + 1))^a.
    found = simulate([risk(Rate(2, 3), LOGNORMAL)], trials=MANY_TRIALS).spreads[0]
    assert found.none == pytest.approx((3 / 4) ** 2, abs=0.005)


def test_percentiles_of_a_known_distribution():
    # Losses of exactly 1,000: the year is 1,000 × a negative binomial, whose quantiles are known.
    shape, rate = 3, 1.5
    found = simulate([risk(Rate(shape, rate), FIXED)], trials=MANY_TRIALS).spreads[0]
    success = rate / (rate + 1)
    shares, total, n = {}, 0.0, 0
    while total < 0.9999:
        total += math.comb(n + shape - 1, n) * success**shape * (1 - success) ** n
        shares[n] = total
        n += 1
    for share, value in zip((0.5, 0.9, 0.95, 0.99), found.percentiles, strict=True):
        events = round(value / 1_000)
        assert value == events * 1_000
        # As 200,000 draws may miss a share: four deviations are below half a per cent.
        assert shares[events] > share - 0.005
        assert events == 0 or shares[events - 1] < share + 0.005


def test_the_curve_falls_and_meets_the_percentiles():
    year = simulate([risk(Rate(5, 2), LOGNORMAL)])
    above = [point.above[0] for point in year.curve]
    assert above == sorted(above, reverse=True)
    at_95 = year.spreads[0].percentiles[2]
    near = [point for point in year.curve if point.loss >= at_95]
    assert near[0].above[0] <= 0.05


def test_measures_take_what_they_say_and_never_add():
    left = (ALL, Kept(0.4, 1.0), Kept(0.4, 0.5))
    rate = Rate(6, 3)
    found = simulate([risk(rate, LOGNORMAL, *left)], trials=MANY_TRIALS).spreads
    for stage, spread in zip(left, found, strict=True):
        wanted = expected(rate.mean, LOGNORMAL.mean(), stage)
        assert abs(spread.mean - wanted) < 3 * spread.error
    assert found[0].percentiles >= found[1].percentiles >= found[2].percentiles


@pytest.mark.parametrize("rate", [Rate(6, 3), Rate(900, 20)])
def test_what_keeps_everything_off_leaves_nothing(rate):
    found = simulate([risk(rate, LOGNORMAL, ALL, Kept(0, 1), Kept(0, 1))], trials=5_000)
    assert found.spreads[0].mean > 0
    assert found.spreads[1].mean == found.spreads[2].mean == 0


def test_several_risks_add_up_and_order_does_not_matter():
    risks = [risk(Rate(2, 4), LOGNORMAL, uid=1), risk(Rate(3, 1), PERT, uid=2)]
    whole = simulate(risks, each=True)
    assert whole == simulate(risks[::-1], each=True)
    parts = sum(spreads[0].mean for spreads in whole.risks.values())
    assert whole.spreads[0].mean == pytest.approx(parts)
    alone = simulate(risks[:1])
    assert alone.spreads[0] == whole.risks[1][0]


def test_the_same_seed_gives_the_same_another_another():
    one = risk(Rate(2, 4), LOGNORMAL)
    assert simulate([one], seed=7) == simulate([one], seed=7)
    assert simulate([one], seed=7).spreads != simulate([one], seed=8).spreads


def test_nothing_in_numbers_is_a_year_without_loss():
    empty = simulate([])
    assert empty.curve == ()
    assert empty.spreads[0].none == 1


def test_a_lognormal_has_the_ends_that_were_said():
    drawn = LOGNORMAL.draw(np.random.default_rng(1), 400_000)
    low, high = np.quantile(drawn, (0.05, 0.95))
    assert low == pytest.approx(10_000, rel=0.02)
    assert high == pytest.approx(300_000, rel=0.02)


def test_a_pert_stays_within_its_ends_and_has_its_mean():
    drawn = PERT.draw(np.random.default_rng(1), 200_000)
    assert drawn.min() >= 1_000
    assert drawn.max() <= 40_000
    assert drawn.mean() == pytest.approx((1_000 + 4 * 5_000 + 40_000) / 6, rel=0.01)
    assert drawn.var() == pytest.approx(PERT.variance(), rel=0.02)


@pytest.mark.parametrize(
    "loss",
    [
        Loss(shape=Shape.LOGNORMAL, low=0, high=1),
        Loss(shape=Shape.LOGNORMAL, low=5, high=1),
        Loss(shape=Shape.LOGNORMAL, low=1, high=math.inf),
        Loss(shape=Shape.PERT, low=1, mode=9, high=5),
        Loss(shape=Shape.PERT, low=-1, mode=1, high=5),
    ],
)
def test_losses_out_of_order_are_refused(loss):
    with pytest.raises(UsageError):
        loss.check()


def test_a_measure_is_worth_what_it_saves_beside_the_others():
    found = worth(2.0, 100.0, [Cut(50, 0)], Cut(50, 20), 30.0)
    assert found.without == pytest.approx(100)
    assert found.with_it == pytest.approx(2 * 0.25 * 100 * 0.8)
    assert found.saved == pytest.approx(60)
    assert found.net == pytest.approx(30)
    assert found.ratio == pytest.approx(2)
    assert kept([Cut(50, 0), Cut(50, 20)]) == Kept(0.25, 0.8)
