"""What the company offers to those affected, and how many took it up."""

from __future__ import annotations

from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import SupportMeasure, TimelineKind
from shangdun.records.models.notices import SupportKind
from shangdun.records.notices import visible_support
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.PREPARE_NOTICES, Capability.HANDLE_COMPLAINTS)
def do_offer_support(
    actor: Actor,
    *,
    incident_id: int,
    kind: str,
    text: str,
    contact: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupportMeasure]:
    """Offer a hotline, a password reset, credit monitoring … from now on."""
    incident = get_incident(actor, incident_id)
    text, contact = clean_text(text.strip())[:500], clean_text(contact.strip())[:500]
    if kind not in SupportKind.values or not text:
        raise UsageError(
            "say what is offered", code="support.text", fix="choose a kind and describe it"
        )
    standing = incident.support_measures.filter(
        kind=kind, text=text, contact=contact, ended_at=None
    ).first()
    if standing:
        return Unchanged(standing)
    now = clock.now()
    row = SupportMeasure.objects.create(
        incident=incident, kind=kind, text=text, contact=contact, since=now
    )
    data: dict[str, Any] = {"what": "support", "kind": kind}
    write_timeline(incident, actor, TimelineKind.NOTICE, now, text=text, data=data)
    payload = {"kind": kind, "text_sha256": sealed(text)}
    return Done(row, ("incident", incident.number), now, payload)


@action(Capability.PREPARE_NOTICES, Capability.HANDLE_COMPLAINTS)
def do_note_support(
    actor: Actor,
    *,
    number: int,
    support_id: int,
    taken_up: int,
    ended: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupportMeasure]:
    """How many took it up, and whether it is over."""
    row = visible_support(actor, number).filter(pk=support_id).first()
    if row is None:
        raise NotFound(f"there is no measure {support_id}", fix="look at the list")
    if not 0 <= taken_up < 1 << 31:
        raise UsageError("this number is out of range", code="support.number", fix="0 or more")
    now = clock.now()
    ends = now if ended and row.ended_at is None else row.ended_at
    if (row.taken_up, row.ended_at) == (taken_up, ends):
        return Unchanged(row)
    row.taken_up, row.ended_at = taken_up, ends
    row.version += 1
    row.save(update_fields=["taken_up", "ended_at", "version"])
    payload = {"support": row.pk, "taken_up": taken_up, "ended": ends is not None}
    return Done(row, ("incident", number), now, payload)
