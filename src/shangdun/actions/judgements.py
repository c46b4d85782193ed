"""What a verdict teaches: which findings it decides, and what it says of their rules."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.entity_risk import forgive
from shangdun.records.models import Finding, FindingState, Incident, Judgement, Verdict

STATES = {
    "": FindingState.IN_INCIDENT,
    Verdict.TRUE_POSITIVE: FindingState.CONFIRMED,
    Verdict.BENIGN_POSITIVE: FindingState.DISMISSED,
    Verdict.FALSE_POSITIVE: FindingState.DISMISSED,
}


def judge_incident(incident: Incident, verdict: str, at: datetime) -> None:
    """Give a verdict to an incident's findings and their rules; an empty one takes it back.

    A finding that somebody judged alone keeps its own, and its rule learns from that.
    """
    decided = Finding.objects.filter(incident=incident, judged_at=None)
    decided.update(state=STATES[verdict], verdict=verdict)
    Judgement.objects.filter(incident=incident).delete()
    if verdict:
        rules = decided.order_by().values_list("rule_uid", flat=True).distinct()
        Judgement.objects.bulk_create(
            Judgement(rule_uid=rule, verdict=verdict, incident=incident, time=at) for rule in rules
        )
    forgive(incident.findings.values_list("pk", flat=True), at)
