"""A person adds evidence: a file, events, what a finding saw."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.evidence.collect import Kept, add_evidence, evidence_payload
from shangdun.kernel.clock import Clock
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import Evidence, EvidenceKind, EvidenceSource
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

KINDS = {
    EvidenceSource.SEARCH: EvidenceKind.EVENTS,
    EvidenceSource.FINDING: EvidenceKind.FINDING,
}


@action(Capability.HANDLE_EVIDENCE)
def do_upload_evidence(
    actor: Actor,
    kept: Kept,
    *,
    incident_id: int,
    source: EvidenceSource = EvidenceSource.UPLOAD,
    origin: str = "",
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Evidence]:
    """Add stored content to an incident; the same file under the same name is one item."""
    incident = get_incident(actor, incident_id)
    same = incident.evidence.filter(
        sha256=kept.stored.sha256, original_name=clean_text(kept.name)[:4000], disposed_at=None
    ).first()
    if same is not None:
        return Unchanged(same)
    now = clock.now()
    item = add_evidence(
        incident,
        actor,
        name=kept.name,
        content=kept,
        kind=KINDS.get(source, EvidenceKind.FILE),
        source=source,
        at=now,
        origin=origin,
        note=note,
    )
    return Done(item, ("incident", incident.number), now, evidence_payload(item))
