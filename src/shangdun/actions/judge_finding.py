"""Judging one finding alone: a false alarm inside a real incident, or one in no incident."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.entity_risk import forgive
from shangdun.actions.incident_changes import sealed
from shangdun.actions.judgements import STATES
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_finding
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, FindingState, Judgement, Verdict
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_judge_finding(
    actor: Actor,
    *,
    finding_id: int,
    verdict: str,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Finding]:
    """Say what one finding was; an empty verdict takes it back.

    It holds against its incident's verdict, before and after.
    """
    if verdict and verdict not in Verdict.values:
        raise UsageError(
            f"{verdict!r} is no verdict",
            code="incident.verdict",
            fix=f"one of {', '.join(Verdict.values)}",
        )
    finding = get_finding(actor, finding_id)
    if finding.state == FindingState.WITHHELD:
        raise UsageError(
            "a withheld finding is not judged", code="finding.withheld", fix="end its suppression"
        )
    now = clock.now()
    if finding.verdict == verdict and bool(finding.judged_at) is bool(verdict):
        return Unchanged(finding)
    note = clean_text(note.strip())[:2000]
    inherited = finding.incident.verdict if finding.incident and not verdict else verdict
    finding.verdict = inherited
    finding.judged_at = now if verdict else None
    finding.state = STATES[inherited] if inherited or finding.incident else FindingState.NEW
    finding.save(update_fields=["verdict", "judged_at", "state"])
    Judgement.objects.filter(finding=finding).delete()
    if verdict:
        Judgement.objects.create(
            rule_uid=finding.rule_uid, verdict=verdict, finding=finding, time=now
        )
    forgive([finding.pk], now)
    payload = {"verdict": verdict, "rule": finding.rule_uid, "note_sha256": sealed(note)}
    return Done(finding, ("finding", finding.pk), now, payload)
