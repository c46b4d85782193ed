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

    standing: Standing
    measure: RiskMeasure
    worth: Worth | None
    """None: the risk is not in numbers, or the measure's money is another."""

    @property
    def in_effect(self) -> bool:
        return self.measure.state == RiskMeasureState.EFFECTIVE


def valued(rows: Iterable[Standing], currency: str) -> list[Valued]:
    """Every measure of these risks; what saves most for its money first, unknown ones last."""
    found = [
        Valued(one, measure, _worth(one, measure, currency))
        for one in rows
        for measure in one.measures
    ]
    return sorted(found, key=lambda one: (one.worth is None, -(one.worth.net if one.worth else 0)))


def yearly_cost(measure: RiskMeasure) -> Decimal:
    """What it costs once, spread over its years, and what it costs each year."""
    return measure.cost_once / max(1, measure.years) + measure.cost_yearly


def _worth(one: Standing, measure: RiskMeasure, currency: str) -> Worth | None:
    if one.learned is None or one.loss is None or measure.currency != currency:
        return None
    others = [cut_of(other) for other in one.effective if other.pk != measure.pk]
    return worth(
        one.learned.posterior.mean,
        one.loss.mean(),
        others,
        cut_of(measure),
        float(yearly_cost(measure)),
    )
