"""The risk register as it is read: who may see it, and how each risk stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from shangdun.assess.frequency import Evidence, Rate, posterior, prior, watched
from shangdun.assess.method.matrix import Effect, Level, Matrix, Rated, default
from shangdun.assess.method.review import REVIEW_DAYS
from shangdun.assess.quantify.effects import Cut, Kept, expected, kept
from shangdun.assess.quantify.loss import Loss, Shape
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Risk,
    RiskAcceptance,
    RiskAssessment,
    RiskAssessmentState,
    RiskMatrix,
    RiskMeasure,
    RiskMeasureState,
    RiskRating,
    Threat,
)
from shangdun.records.roles import Capability

Stage = Literal["before", "now", "planned"]
Trend = Literal["up", "down", "same", "new"]


def visible_risks(actor: Actor, *, archived: bool = False) -> QuerySet[Risk]:
    """The register in its order."""
    require(actor, Capability.VIEW_RISKS)
    rows = Risk.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("owner", "parent", "threat").order_by("number")


def get_risk(actor: Actor, number: int) -> Risk:
    """One risk, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_RISKS)
    found = Risk.objects.select_related("owner", "parent", "threat").filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no risk {number}", fix="see the register")
    return found


def get_measure(actor: Actor, measure_id: int) -> RiskMeasure:
    """One measure with its risk. Raises ``NotFound``."""
    require(actor, Capability.VIEW_RISKS)
    rows = RiskMeasure.objects.select_related("risk", "owner", "task")
    found = rows.filter(pk=measure_id, archived_at=None).first()
    if found is None:
        raise NotFound(f"there is no measure {measure_id}", fix="see the risk's page")
    return found


def visible_threats(actor: Actor) -> QuerySet[Threat]:
    """The catalogue."""
    require(actor, Capability.VIEW_RISKS)
    return Threat.objects.filter(archived_at=None)


def visible_assessments(actor: Actor) -> QuerySet[RiskAssessment]:
    """Rounds, newest first."""
    require(actor, Capability.VIEW_RISKS)
    rows = RiskAssessment.objects.select_related("begun_by", "closed_by", "document", "matrix")
    return rows.order_by("-number")


def get_assessment(actor: Actor, number: int) -> RiskAssessment:
    """One round. Raises ``NotFound``."""
    found = visible_assessments(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no risk assessment {number}", fix="see the list")
    return found


def assessment_before(row: RiskAssessment) -> RiskAssessment | None:
    """The finished round before this one."""
    earlier = RiskAssessment.objects.filter(state=RiskAssessmentState.CLOSED)
    return earlier.filter(number__lt=row.number).order_by("-number").first()


def visible_acceptances(actor: Actor) -> QuerySet[RiskAcceptance]:
    """Who bears what until when, the ended ones too, newest first."""
    require(actor, Capability.VIEW_RISKS)
    return RiskAcceptance.objects.select_related("risk", "risk__owner", "approver")


def current_matrix() -> RiskMatrix:
    """What holds now; before anybody changed anything the product's own, which is not saved."""
    row = RiskMatrix.objects.order_by("-number").first()
    if row is not None:
        return row
    own = default()
    return RiskMatrix(
        number=0, likelihood=own.likelihood, loss=own.loss, risk=own.risk,
        review_days=list(REVIEW_DAYS),
    )  # fmt: skip


def matrix_of(row: RiskMatrix) -> Matrix:
    """The stored tables as the method takes them."""
    return Matrix(
        likelihood=tuple(map(tuple, row.likelihood)),
        loss=tuple(map(tuple, row.loss)),
        risk=tuple(map(tuple, row.risk)),
    )


@dataclass(frozen=True)
class Learned:
    """What is known of a frequency: what was said, what was seen, what follows."""

    prior: Rate
    evidence: Evidence
    posterior: Rate


@dataclass(frozen=True)
class Standing:
    """A risk with everything that its level and its figures follow from."""

    risk: Risk
    measures: tuple[RiskMeasure, ...]
    """Neither dropped nor archived: its own first, then those of its factor, which guard all the
    risks below it."""
    rated: Rated | None
    before: Level | None
    now: Level | None
    planned: Level | None
    acceptable: int
    acceptance: RiskAcceptance | None
    previous: RiskRating | None
    """Of the last finished assessment."""
    learned: Learned | None
    loss: Loss | None
    parts: int
    """Risks of the register below it."""

    @property
    def own(self) -> tuple[RiskMeasure, ...]:
        return tuple(one for one in self.measures if one.risk_id == self.risk.pk)

    @property
    def inherited(self) -> tuple[RiskMeasure, ...]:
        return tuple(one for one in self.measures if one.risk_id != self.risk.pk)

    @property
    def effective(self) -> tuple[RiskMeasure, ...]:
        return tuple(one for one in self.measures if one.state == RiskMeasureState.EFFECTIVE)

    @property
    def quantified(self) -> bool:
        return self.learned is not None and self.loss is not None

    def left(self, stage: Stage) -> Kept:
        """What the measures of the stage leave of events and losses."""
        if stage == "before":
            return Kept()
        return kept(map(cut_of, self.effective if stage == "now" else self.measures))

    def yearly(self, stage: Stage = "now") -> float | None:
        """Expected yearly loss in the matrix's currency; None where it is not in numbers."""
        if self.learned is None or self.loss is None:
            return None
        return expected(self.learned.posterior.mean, self.loss.mean(), self.left(stage))

    @property
    def trend(self) -> Trend:
        """The level against the last finished assessment."""
        if self.previous is None or self.now is None:
            return "new"
        gone = self.now.level - self.previous.level
        return "up" if gone > 0 else "down" if gone < 0 else "same"

    @property
    def untreated(self) -> bool:
        """Too high to be left alone, and neither being lowered to what is acceptable nor borne."""
        if self.now is None or self.now.level <= self.acceptable or self.acceptance:
            return False
        return self.planned is None or self.planned.level > self.acceptable

    def assessed(self, since: datetime) -> bool:
        """Whether somebody rated it since then; a suggestion is no assessment."""
        at = self.risk.assessed_at
        return self.now is not None and at is not None and at >= since

    def late(self, today: date) -> list[RiskMeasure]:
        """Measures that should be in effect by now."""
        return [
            one
            for one in self.measures
            if one.due and one.due < today and one.state != RiskMeasureState.EFFECTIVE
        ]

    def review_due(self, today: date) -> bool:
        return bool(self.risk.review_on and self.risk.review_on <= today)


def standings(actor: Actor, *, numbers: Sequence[int] | None = None) -> list[Standing]:
    """How the risks of the register stand, in its order; ``numbers``: only these, archived too.

    As many queries for one as for all of them.
    """
    require(actor, Capability.VIEW_RISKS)
    rows = Risk.objects.select_related("owner", "parent", "threat").order_by("number")
    rows = rows.filter(archived_at=None) if numbers is None else rows.filter(number__in=numbers)
    rows = rows.annotate(
        linked_value=Max("assets__value", filter=Q(assets__archived_at=None)),
        events=Count("evidence", filter=Q(evidence__counts=True), distinct=True),
        parts=Count("children", filter=Q(children__archived_at=None), distinct=True),
    ).prefetch_related(
        Prefetch(
            "acceptances",
            RiskAcceptance.objects.filter(ended_at=None).select_related("approver"),
            to_attr="standing_acceptances",
        ),
    )
    found = list(rows)
    measures = _measures(found)
    row = current_matrix()
    matrix, previous = matrix_of(row), last_ratings()
    return [
        _standing(risk, matrix, row.acceptable, previous.get(risk.pk), measures) for risk in found
    ]


def standing_of(actor: Actor, number: int) -> Standing:
    """How one risk stands. Raises ``NotFound``."""
    found = standings(actor, numbers=[number])
    if not found:
        raise NotFound(f"there is no risk {number}", fix="see the register")
    return found[0]


def leaves(rows: Iterable[Standing]) -> list[Standing]:
    """Those that hold no others: what is counted, drawn and added up."""
    return [one for one in rows if not one.parts]


def worst_first(rows: Iterable[Standing]) -> list[Standing]:
    """By level, then by expected yearly loss; what was not rated yet comes last."""

    def weight(one: Standing) -> tuple[int, float, int, int]:
        level = one.now or Level(0, 0, 0)
        return (-level.level, -(one.yearly() or 0.0), -level.likelihood * level.loss,
                one.risk.number)  # fmt: skip

    return sorted(rows, key=weight)


def top_risks(actor: Actor, n: int, now: datetime) -> list[Standing]:
    """The ``n`` worst of the register as it stands.

    Each with its level before, now and planned, the trend against the last finished assessment,
    and the expected yearly loss (``yearly()``).
    """
    del now  # what is known stands in the records; the nightly look keeps it fresh
    rated = [one for one in leaves(standings(actor)) if one.now is not None]
    return worst_first(rated)[:n]


def last_ratings() -> dict[int, RiskRating]:
    """By risk: how it stood at the close of the last finished assessment."""
    last = RiskAssessment.objects.filter(state=RiskAssessmentState.CLOSED).order_by("-number")
    newest = last.values_list("pk", flat=True).first()
    return {one.risk_id: one for one in RiskRating.objects.filter(assessment=newest)}


def cut_of(measure: RiskMeasure) -> Cut:
    """What a measure takes off the numbers."""
    return Cut(measure.frequency_cut, measure.loss_cut)


def loss_of(risk: Risk) -> Loss | None:
    """The distribution of one event's loss; None where nobody estimated it."""
    if risk.loss_low is None or risk.loss_high is None:
        return None
    return Loss(
        shape=Shape(risk.loss_shape),
        low=float(risk.loss_low),
        high=float(risk.loss_high),
        mode=float(risk.loss_mode or 0),
    )


def learned_of(risk: Risk, measures: Iterable[RiskMeasure], events: int) -> Learned | None:
    """Prior, evidence and posterior as of the last look; None where nobody said a range."""
    if risk.frequency_low is None or risk.frequency_high is None:
        return None
    before = prior(float(risk.frequency_low), float(risk.frequency_high))
    if risk.observed_since is None or risk.learned_at is None:
        return Learned(before, Evidence(), before)
    standing = [
        (one.done_at, 1 - one.frequency_cut / 100)
        for one in measures
        if one.done_at and one.state == RiskMeasureState.EFFECTIVE
    ]
    seen = Evidence(
        events=events,
        years=watched(risk.observed_since, risk.learned_at, standing),
        attempts=risk.attempts,
        share=float(risk.success_share) if risk.success_share else None,
    )
    return Learned(before, seen, posterior(before, seen))


def _measures(rows: Sequence[Risk]) -> dict[int, tuple[RiskMeasure, ...]]:
    """What is done about each risk and each factor above one, by its id."""
    owners = {row.pk for row in rows} | {row.parent_id for row in rows if row.parent_id}
    kept = RiskMeasure.objects.filter(risk__in=owners, archived_at=None)
    kept = kept.exclude(state=RiskMeasureState.DROPPED).select_related("owner", "task", "risk")
    found: dict[int, tuple[RiskMeasure, ...]] = {}
    for one in kept.order_by("risk__number", "number"):
        found[one.risk_id] = (*found.get(one.risk_id, ()), one)
    return found


def measures_of(risk: Risk) -> tuple[RiskMeasure, ...]:
    """What is done about one risk: its own measures, then its factor's."""
    found = _measures([risk])
    return (*found.get(risk.pk, ()), *found.get(risk.parent_id or 0, ()))


def _standing(
    risk: Risk,
    matrix: Matrix,
    acceptable: int,
    previous: RiskRating | None,
    all_measures: dict[int, tuple[RiskMeasure, ...]],
) -> Standing:
    inherited = all_measures.get(risk.parent_id, ()) if risk.parent_id else ()
    measures = (*all_measures.get(risk.pk, ()), *inherited)
    borne: list[RiskAcceptance] = getattr(risk, "standing_acceptances", [])
    rated = rated_of(risk, getattr(risk, "linked_value", None))
    effective = [one for one in measures if one.state == RiskMeasureState.EFFECTIVE]
    return Standing(
        risk=risk,
        measures=measures,
        rated=rated,
        before=matrix.before(rated) if rated else None,
        now=matrix.after(rated, _effects(effective)) if rated else None,
        planned=matrix.after(rated, _effects(measures)) if rated else None,
        acceptable=acceptable,
        acceptance=borne[0] if borne else None,
        previous=previous,
        learned=learned_of(risk, measures, getattr(risk, "events", 0)),
        loss=loss_of(risk),
        parts=getattr(risk, "parts", 0),
    )


def rated_of(risk: Risk, linked: int | None) -> Rated | None:
    """What the risk is rated with; the linked assets' highest value goes before what was said."""
    value = linked or risk.asset_value
    if not (risk.threat_level and risk.ease and value and risk.harm):
        return None
    return Rated(risk.threat_level, risk.ease, value, risk.harm)


def _effects(measures: Iterable[RiskMeasure]) -> list[Effect]:
    return [Effect(one.likelihood_steps, one.loss_steps) for one in measures]
