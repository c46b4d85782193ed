"""The coming year, many times over: how often, how much, and how sure the figures are.

For each risk and trial a rate is drawn from its gamma, a number of events from the Poisson with
that rate, and a loss for each event. Measures keep off each event with the same draw at every
stage, so that stages differ by the measures alone and never by luck. Risks are independent of one
another: what makes several come together is said by people, not by these figures.

Risks with many events a year (above ``MANY``) are not drawn event by event: the year's loss is
drawn from the log-normal with the mean and variance that so many losses have together (Fenton
1960), exact in both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from shangdun.assess.frequency import Rate
from shangdun.assess.quantify.effects import Kept
from shangdun.assess.quantify.loss import Loss

Floats = NDArray[np.float64]
TRIALS = 100_000
SEED = 20_984
MANY = 20.0
"""Events a year from which a year is drawn as a whole."""
STAGES = ("before", "now", "planned")
CURVE_POINTS = 48
SHARES = (0.5, 0.9, 0.95, 0.99)
NORMAL_95 = 1.959963984540054


class Quantified(msgspec.Struct, frozen=True, kw_only=True):
    """One risk in numbers; ``stages`` says what measures leave, in the order of ``STAGES``."""

    uid: int
    rate: Rate
    """Of events a year without the measures."""
    loss: Loss
    stages: tuple[Kept, Kept, Kept]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A year's loss over all trials, in money units."""

    mean: float
    error: float
    """Half of the 95% interval of ``mean``: what more trials could still change."""
    none: float
    """The share of years without any loss."""
    percentiles: tuple[float, ...]
    """At ``SHARES``."""
    bounds: tuple[tuple[float, float], ...]
    """The 95% interval of each percentile, from order statistics."""


class Point(msgspec.Struct, frozen=True):
    """A loss, and how probable a year with more is at each stage."""

    loss: float
    above: tuple[float, ...]


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """The register's year; what each part of it is, is in the order of ``STAGES``."""

    trials: int
    seed: int
    spreads: tuple[Spread, ...]
    curve: tuple[Point, ...]
    risks: Mapping[int, tuple[Spread, ...]]
    """By the risk's uid; empty where only the whole was asked for."""


def simulate(
    risks: Sequence[Quantified], *, trials: int = TRIALS, seed: int = SEED, each: bool = False
) -> Simulated:
    """Simulate a year of all risks together; ``each``: with the figures of every one of them.

    The same risks and seed give the same figures, whatever their order; a risk more leaves the
    draws of the others as they are.
    """
    whole = np.zeros((len(STAGES), trials))
    alone: dict[int, tuple[Spread, ...]] = {}
    for one in sorted(risks, key=lambda risk: risk.uid):
        years = _years(one, np.random.default_rng((seed, one.uid)), trials)
        whole += years
        if each:
            alone[one.uid] = tuple(map(_spread, years))
    ordered = np.sort(whole, axis=1)
    return Simulated(
        trials=trials,
        seed=seed,
        spreads=tuple(_spread(row, stage) for row, stage in zip(whole, ordered, strict=True)),
        curve=tuple(_curve(ordered)),
        risks=alone,
    )


def _years(risk: Quantified, random: np.random.Generator, trials: int) -> Floats:
    """The losses of the years, shape (stages, trials)."""
    rates = random.gamma(risk.rate.shape, 1 / risk.rate.rate, trials)
    if risk.rate.mean > MANY:
        return _whole_years(risk, random, rates)
    counts = random.poisson(rates)
    trial = np.repeat(np.arange(trials), counts)
    losses = risk.loss.draw(random, trial.size)
    luck = random.random(trial.size)
    return np.stack(
        [
            np.bincount(trial, losses * (luck < left.events), trials) * left.loss
            for left in risk.stages
        ]
    )


def _whole_years(risk: Quantified, random: np.random.Generator, rates: Floats) -> Floats:
    mean, variance = risk.loss.mean(), risk.loss.variance()
    luck = random.standard_normal(rates.size)
    rows = []
    counts = random.poisson(rates).astype(np.int64)
    standing = 1.0
    for left in risk.stages:
        # Each stage thins what the one before it left, so that no year has more events than it had.
        counts = random.binomial(counts, left.events / standing if standing else 0.0)
        standing = left.events
        several = np.maximum(counts, 1)
        spread = np.log1p(variance / mean**2 / several) if mean else np.zeros(rates.size)
        drawn = several * mean * np.exp(luck * np.sqrt(spread) - spread / 2)
        rows.append(np.where(counts > 0, drawn, 0.0) * left.loss)
    return np.stack(rows)


def _spread(years: Floats, ordered: Floats | None = None) -> Spread:
    ranked = np.sort(years) if ordered is None else ordered
    size = years.size
    error = NORMAL_95 * float(years.std()) / math.sqrt(size)
    return Spread(
        mean=float(years.mean()),
        error=error,
        none=float(np.searchsorted(ranked, 0.0, side="right")) / size,
        percentiles=tuple(float(ranked[_place(size, share)]) for share in SHARES),
        bounds=tuple(_bounds(ranked, share) for share in SHARES),
    )


def _place(size: int, share: float) -> int:
    return min(size - 1, max(0, math.ceil(size * share) - 1))


def _bounds(ranked: Floats, share: float) -> tuple[float, float]:
    """Ranks of a binomial's 95% around the percentile's (David & Nagaraja, Order Statistics)."""
    size = ranked.size
    reach = NORMAL_95 * math.sqrt(share * (1 - share) / size)
    return (
        float(ranked[_place(size, share - reach)]),
        float(ranked[_place(size, min(1.0, share + reach))]),
    )


def _curve(ordered: Floats) -> Iterator[Point]:
    """Losses evenly spaced on a logarithmic scale, from the usual year to the one in a thousand."""
    size = ordered.shape[1]
    most = float(ordered[:, _place(size, 0.999)].max())
    positive = [row[row > 0] for row in ordered if row[-1] > 0]
    if most <= 0 or not positive:
        return
    least = min(float(row[_place(row.size, 0.05)]) for row in positive)
    least = min(max(least, most / 1e4), most)
    for loss in np.geomspace(least, most, CURVE_POINTS):
        above = [1 - float(np.searchsorted(row, loss, side="right")) / size for row in ordered]
        yield Point(float(loss), tuple(above))
