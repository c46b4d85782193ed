"""The register in money: one simulated year of all risks, what measures are worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from django.core.cache import cache

from shangdun.assess.quantify.effects import Worth, worth
from shangdun.assess.quantify.simulate import Quantified, Simulated, simulate
from shangdun.kernel.ids import content_id
from shangdun.records.models import RiskMeasure, RiskMeasureState
from shangdun.records.risks import Standing, cut_of, leaves

KEPT_SECONDS = 3_600


def quantified(rows: Iterable[Standing]) -> list[Quantified]:
    """The risks that somebody put into numbers, without those that hold others."""
    return [
        Quantified(
            uid=one.risk.pk,
            rate=one.learned.posterior,
            loss=one.loss,
            stages=(one.left("before"), one.left("now"), one.left("planned")),
        )
        for one in leaves(rows)
        if one.learned is not None and one.loss is not None
    ]


def simulated(risks: Sequence[Quantified], *, each: bool = False) -> Simulated:
    """A year of these risks; what was reckoned once for the same figures is not reckoned again."""
    key = f"risks:{each}:{content_id(msgspec.json.encode(risks))}"
    found: Simulated | None = cache.get(key)
    if found is None:
        found = simulate(risks, each=each)
        cache.set(key, found, KEPT_SECONDS)
    return found


@dataclass(frozen=True)
class Valued:
    """A measure beside what it saves and costs a year."""

    measure: RiskMeasure
    risks: tuple[Standing, ...]
    """Those that it guards, in numbers or not."""
    worth: Worth | None
    """None: none of them is in numbers, nobody said what it brings, or its money is another."""

    @property
    def in_effect(self) -> bool:
        return self.measure.state == RiskMeasureState.EFFECTIVE


def valued(rows: Iterable[Standing], currency: str) -> list[Valued]:
    """Every measure of these risks; what saves most for its money first, unknown ones last.

    One of a factor saves what it saves on all the risks below, and costs once.
    """
    guarded: dict[int, list[Standing]] = {}
    measures: dict[int, RiskMeasure] = {}
    for one in rows:
        for measure in one.measures:
            measures[measure.pk] = measure
            if not one.parts:
                guarded.setdefault(measure.pk, []).append(one)
    found = [
        Valued(
            measure,
            tuple(guarded.get(key, ())),
            _worth(guarded.get(key, ()), measure, currency),
        )
        for key, measure in measures.items()
    ]
    return sorted(found, key=lambda one: (one.worth is None, -(one.worth.net if one.worth else 0)))


def yearly_cost(measure: RiskMeasure) -> Decimal:
    """What it costs once, spread over its years, and what it costs each year."""
    return measure.cost_once / max(1, measure.years) + measure.cost_yearly


def _worth(guarded: Iterable[Standing], measure: RiskMeasure, currency: str) -> Worth | None:
    cut = cut_of(measure)
    if measure.currency != currency or not (cut.events or cut.loss):
        return None
    without = with_it = 0.0
    known = False
    for one in guarded:
        if one.learned is None or one.loss is None:
            continue
        known = True
        others = [cut_of(other) for other in one.effective if other.pk != measure.pk]
        found = worth(one.learned.posterior.mean, one.loss.mean(), others, cut, 0.0)
        without, with_it = without + found.without, with_it + found.with_it
    return Worth(without, with_it, float(yearly_cost(measure))) if known else None
