"""Rounds of assessment: begun with their scope, finished with how every risk then stood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.write import NewDocument, begin_document
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import reasoned, review_after, titled, worded
from shangdun.actions.risks.report_text import report_markup
from shangdun.assess.quantify.simulate import SHARES, STAGES, Simulated
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    ControlledKind,
    Document,
    Programme,
    RiskAssessment,
    RiskAssessmentState,
    RiskMatrix,
    RiskRating,
)
from shangdun.records.risk_numbers import quantified, simulated
from shangdun.records.risks import Standing, current_matrix, get_assessment, leaves, standings
from shangdun.records.roles import Capability

LANGUAGES = ("zh-hans", "en")


class Round(msgspec.Struct, kw_only=True, frozen=True):
    """What is assessed, on what ground, by whom."""

    title: str
    scope: str
    basis: str = ""
    team: str = ""
    conclusion: str = ""
    language: str = "zh-hans"
    programme: int | None = None


FIELDS = ("title", "scope", "basis", "team", "conclusion", "language", "programme_id")


@action(Capability.MANAGE_RISKS)
def do_begin_risk_assessment(
    actor: Actor, wanted: Round, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RiskAssessment]:
    """Begin a round; there is one at a time, and a second click meets the first."""
    standing = RiskAssessment.objects.filter(state=RiskAssessmentState.OPEN).first()
    values = _checked(wanted)
    if standing is not None:
        if all(getattr(standing, name) == value for name, value in values.items()):
            return Unchanged(standing)
        raise UsageError(
            "an assessment is under way", code="assessment.open", where=str(standing),
            fix="finish it first",
        )  # fmt: skip
    now = clock.now()
    number = (RiskAssessment.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    made = RiskAssessment.objects.create(
        number=number, matrix=kept_matrix(now), begun_at=now, begun_by=person(actor), **values
    )
    return Done(made, ("risk_assessment", number), now, {"title": made.title})


@action(Capability.MANAGE_RISKS)
def do_change_risk_assessment(
    actor: Actor,
    wanted: Round,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskAssessment]:
    """Write scope, team or conclusion anew while it is under way."""
    row = _open(actor, number)
    values = _checked(wanted)
    before = {name: getattr(row, name) for name in FIELDS}
    if before == values:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this assessment meanwhile",
            where=row.title,
            mine={"version": version, **values},
            theirs={"version": row.version, **before},
        )
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*FIELDS, "version"])
    text = f"{row.scope}\n{row.basis}\n{row.team}\n{row.conclusion}"
    return Done(row, ("risk_assessment", number), clock.now(), {"text_sha256": sealed(text)})


@action(Capability.MANAGE_RISKS)
def do_confirm_risks(
    actor: Actor, *, numbers: Sequence[int], clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Adopt the suggested or former levels of these risks as this round's own; how many."""
    now = clock.now()
    done = []
    for stands in standings(actor, numbers=list(numbers)):
        risk = stands.risk
        if stands.now is None or risk.archived_at or risk.assessed_at == now:
            continue
        if risk.asset_value is None and stands.rated:
            risk.asset_value = stands.rated.asset
        risk.assessed_at = risk.reviewed_at = now
        risk.review_on = review_after(now, stands.now.level)
        risk.version += 1
        risk.save()
        done.append(risk.number)
    if not done:
        return Unchanged(0)
    return Done(len(done), ("risk", "confirmed"), now, {"risks": done})


@action(Capability.MANAGE_RISKS)
def do_close_risk_assessment(
    actor: Actor,
    *,
    number: int,
    conclusion: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskAssessment]:
    """Finish a round: how every risk stands is kept, for the report and for the next round.

    Raises ``UsageError`` (``assessment.unrated``, with the risks that nobody assessed since it
    began; ``assessment.empty``).
    """
    row = get_assessment(actor, number)
    if row.state == RiskAssessmentState.CLOSED:
        return Unchanged(row)
    row = _open(actor, number)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this assessment meanwhile", where=row.title,
            mine={"version": version, "conclusion": conclusion},
            theirs={"version": row.version, "conclusion": row.conclusion},
        )  # fmt: skip
    rows = leaves(standings(actor))
    if not rows:
        raise UsageError("the register is empty", code="assessment.empty", fix="add risks first")
    missing = [str(one.risk.number) for one in rows if not one.assessed(row.begun_at)]
    if missing:
        raise UsageError(
            f"{len(missing)} risks were not assessed in this round", code="assessment.unrated",
            where=", ".join(f"R-{one}" for one in missing[:10]), fix="assess or confirm them",
        )  # fmt: skip
    now = clock.now()
    _snapshot(row, rows)
    row.conclusion = worded(conclusion) or row.conclusion
    row.matrix = kept_matrix(now)
    row.state, row.closed_at, row.closed_by = RiskAssessmentState.CLOSED, now, person(actor)
    row.figures = _figures(rows, row.matrix)
    row.version += 1
    row.save()
    high = sum(one.now is not None and one.now.level > one.acceptable for one in rows)
    return Done(row, ("risk_assessment", number), now, {"risks": len(rows), "above": high})


@action(Capability.MANAGE_RISKS)
def do_write_risk_report(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Document]:
    """Make the report of a finished round a controlled document: a draft to review and approve.

    A second click meets the first. Raises ``UsageError`` (``assessment.unfinished``).
    """
    row = get_assessment(actor, number)
    if row.document is not None:
        return Unchanged(row.document)
    if row.state != RiskAssessmentState.CLOSED:
        raise UsageError(
            "it is under way", code="assessment.unfinished", where=row.title, fix="finish it first"
        )
    now = clock.now()
    wanted = NewDocument(
        kind=ControlledKind.REPORT.value,
        title=row.title,
        language=row.language,
        body=report_markup(actor, row),
    )
    row.document = begin_document(actor, wanted, now).document
    row.version += 1
    row.save(update_fields=["document", "version"])
    payload = {"document": row.document.number, "title": row.title}
    return Done(row.document, ("risk_assessment", number), now, payload)


def kept_matrix(now: datetime) -> RiskMatrix:
    """The matrix that holds, as a row: an assessment keeps the one it was made with."""
    row = current_matrix()
    if not row.pk:
        row.number, row.at = 1, now
        row.save()
    return row


def _open(actor: Actor, number: int) -> RiskAssessment:
    row = get_assessment(actor, number)
    if row.state != RiskAssessmentState.OPEN:
        raise UsageError(
            "it is finished", code="assessment.closed", where=row.title, fix="begin the next one"
        )
    return row


def _checked(wanted: Round) -> dict[str, Any]:
    if wanted.language not in LANGUAGES:
        raise UsageError("no such language", code="assessment.language", fix="zh-hans or en")
    programme = wanted.programme
    if programme is not None and not Programme.objects.filter(pk=programme).exists():
        raise UsageError("no such plan", code="assessment.programme", fix="choose one")
    return {
        "title": titled(wanted.title),
        "scope": reasoned(wanted.scope),
        "basis": worded(wanted.basis),
        "team": worded(wanted.team),
        "conclusion": worded(wanted.conclusion),
        "language": wanted.language,
        "programme_id": programme,
    }


def _snapshot(row: RiskAssessment, rows: Sequence[Standing]) -> None:
    RiskRating.objects.bulk_create(filter(None, (_rating(row, one) for one in rows)))


def _rating(row: RiskAssessment, one: Standing) -> RiskRating | None:
    if one.before is None or one.now is None or one.planned is None:
        return None
    yearly = one.yearly()
    return RiskRating(
        assessment=row, risk=one.risk, title=one.risk.title,
        likelihood_before=one.before.likelihood, loss_before=one.before.loss,
        level_before=one.before.level, likelihood=one.now.likelihood, loss=one.now.loss,
        level=one.now.level, level_planned=one.planned.level,
        yearly_loss=None if yearly is None else Decimal(round(yearly)),
        measures=len(one.measures), effective=len(one.effective),
        accepted_until=one.acceptance.expires_on if one.acceptance else None,
    )  # fmt: skip


def _figures(rows: Sequence[Standing], matrix: RiskMatrix) -> dict[str, Any]:
    """Of the whole register in money; empty where nobody put a risk into numbers."""
    risks = quantified(rows)
    if not risks:
        return {}
    return {"currency": matrix.currency, "risks": len(risks), **told(simulated(risks))}


def told(year: Simulated) -> dict[str, Any]:
    """A simulated year as it is kept: whole money units."""
    stages = {
        stage: {
            "mean": round(spread.mean),
            "error": round(spread.error),
            **{f"p{share * 100:g}": round(value)
               for share, value in zip(SHARES, spread.percentiles, strict=True)},
        }
        for stage, spread in zip(STAGES, year.spreads, strict=True)
    }  # fmt: skip
    return {"trials": year.trials, "seed": year.seed, "stages": stages}
