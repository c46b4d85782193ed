"""Findings of an assessment: raised, followed from one assessment to the next, closed."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.compliance.keeper import refuse_keeper
from shangdun.actions.incident_changes import sealed
from shangdun.actions.review.improve import Plan, add_improvement
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.compliance import get_audit_finding, get_duty, get_round, open_round
from shangdun.records.models import (
    AuditFinding,
    AuditSeverity,
    AuditState,
    FindingStep,
    ImprovementState,
    JudgeSide,
    RoundState,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = 10_000


class Wanting(msgspec.Struct, frozen=True, kw_only=True):
    """What was found wanting."""

    uid: str
    side: str
    title: str
    severity: str
    detail: str = ""


@action(Capability.ASSESS_COMPLIANCE)
def do_raise_audit_finding(
    actor: Actor,
    wanting: Wanting,
    *,
    number: int,
    plan: Plan | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AuditFinding]:
    """Raise a finding; with ``plan`` it becomes an improvement at once. The same twice is one."""
    row = get_round(actor, number)
    if row.state != RoundState.OPEN:
        raise UsageError("it is closed", code="assessment.closed", where=row.title, fix="open one")
    duty = get_duty(actor, wanting.uid)
    title = " ".join(clean_text(wanting.title).split())
    detail = clean_text(wanting.detail.strip())
    if not title or len(title) > 300 or len(detail) > LONGEST:
        raise UsageError("what was found?", code="finding.title", fix="in one line")
    if wanting.side not in JudgeSide.values or wanting.severity not in AuditSeverity.values:
        raise UsageError("how grave is it?", code="finding.severity", fix="high, medium or low")
    same = AuditFinding.objects.filter(raised_in=row, duty=duty, title=title).first()
    if same is not None:
        return Unchanged(same)
    now = clock.now()
    made = AuditFinding.objects.create(
        number=(AuditFinding.objects.aggregate(Max("number"))["number__max"] or 0) + 1,
        raised_in=row, duty=duty, side=wanting.side, title=title, detail=detail,
        severity=wanting.severity, raised_at=now, raised_by=person(actor),
        improvement=add_improvement(plan, now) if plan else None,
    )  # fmt: skip
    return Done(made, ("audit_finding", made.number), now, _payload(made))


@action(Capability.ASSESS_COMPLIANCE, Capability.MANAGE_COMPLIANCE)
def do_improve_finding(
    actor: Actor, plan: Plan, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AuditFinding]:
    """Make an improvement of a finding that has none yet."""
    row = get_audit_finding(actor, number)
    if row.improvement is not None:
        return Unchanged(row)
    _standing(row)
    now = clock.now()
    row.improvement = add_improvement(plan, now)
    row.version += 1
    row.save()
    return Done(row, ("audit_finding", row.number), now, _payload(row))


@action(Capability.ASSESS_COMPLIANCE)
def do_follow_finding(
    actor: Actor, *, number: int, note: str, closes: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[FindingStep]:
    """Look at a finding again: it stands, or it is closed with what shows that it is mended.

    One with an improvement is closed when its retest has shown that it works. Within an assessment
    under way the look counts for that one. Who looks after the duty does not close it.
    """
    row = get_audit_finding(actor, number)
    note = clean_text(note.strip())
    if not note or len(note) > LONGEST:
        raise UsageError("what was seen?", code="finding.note", fix="in a sentence")
    now = clock.now()
    under_way = open_round()
    same = row.steps.filter(note=note, closes=closes, round=under_way).first()
    if same is not None:
        return Unchanged(same)
    _standing(row)
    if closes:
        refuse_keeper(actor, row.duty, now)
    proven = row.improvement is None or row.improvement.state == ImprovementState.PROVEN
    if closes and not proven:
        raise UsageError(
            "its improvement was not retested", code="finding.unproven", where=f"#{row.number}",
            fix="retest the improvement first",
        )  # fmt: skip
    step = FindingStep.objects.create(
        finding=row, round=under_way, closes=closes, note=note, at=now, by=person(actor)
    )
    if closes:
        row.state, row.closed_at = AuditState.CLOSED, now
        row.version += 1
        row.save()
    payload = _payload(row) | {"note_sha256": sealed(note), "closes": closes}
    return Done(step, ("audit_finding", row.number), now, payload)


def _standing(row: AuditFinding) -> None:
    if row.state == AuditState.CLOSED:
        raise UsageError(
            "it is closed", code="finding.closed", where=f"#{row.number}", fix="raise a new one"
        )


def _payload(row: AuditFinding) -> dict[str, Any]:
    return {
        "duty": row.duty.uid, "severity": row.severity, "state": row.state,
        "improvement": row.improvement.number if row.improvement else 0,
        "text_sha256": sealed(f"{row.title}\n{row.detail}"),
    }  # fmt: skip
