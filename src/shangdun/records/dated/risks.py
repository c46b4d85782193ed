"""Reviews of risks, measures against them, and acceptances that run out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import Risk, RiskAcceptance, RiskMeasure, RiskMeasureState
from shangdun.records.roles import Capability


def dated(asked: Asked) -> Iterable[Dated]:
    """What lies between the days, for who may see the register."""
    if not asked.actor.can(Capability.VIEW_RISKS):
        return
    between = (asked.since, asked.until)
    yield from _reviews(asked, between)
    yield from _measures(asked, between)
    ends = RiskAcceptance.objects.filter(ended_at=None, expires_on__range=between)
    for borne in ends.select_related("risk"):
        yield Dated(
            uid=f"risk-acceptance-{borne.pk}",
            kind="risk_acceptance",
            title=f"R-{borne.risk.number} {borne.risk.title}",
            day=borne.expires_on,
            state=_state(borne.expires_on, asked.today),
            path=f"/risks/{borne.risk.number}/",
            people=tuple(one for one in (borne.risk.owner_id, borne.approver_id) if one),
            detail=_("Acceptance of the risk ends"),
        )


def _reviews(asked: Asked, between: tuple[date, date]) -> Iterator[Dated]:
    for risk in Risk.objects.filter(archived_at=None, factor=False, review_on__range=between):
        if risk.review_on is not None:
            yield Dated(
                uid=f"risk-review-{risk.pk}-{risk.review_on}",
                kind="risk_review",
                title=f"R-{risk.number} {risk.title}",
                day=risk.review_on,
                state=_state(risk.review_on, asked.today),
                path=f"/risks/{risk.number}/",
                people=(risk.owner_id,) if risk.owner_id else (),
                detail=_("Risk to be reviewed"),
            )


def _measures(asked: Asked, between: tuple[date, date]) -> Iterator[Dated]:
    rows = RiskMeasure.objects.filter(
        archived_at=None, risk__archived_at=None, due__range=between
    ).exclude(state=RiskMeasureState.DROPPED)
    for one in rows.select_related("risk"):
        if one.due is None:
            continue
        done = one.state == RiskMeasureState.EFFECTIVE
        yield Dated(
            uid=f"risk-measure-{one.pk}",
            kind="risk_measure",
            title=one.title,
            day=one.due,
            state=DatedState.DONE if done else _state(one.due, asked.today),
            path=f"/risks/{one.risk.number}/",
            people=(one.owner_id,) if one.owner_id else (),
            detail=_("Measure against a risk is due"),
        )


def _state(day: date, today: date) -> DatedState:
    if day == today:
        return DatedState.DUE
    return DatedState.AHEAD if day > today else DatedState.LATE
