"""A complaint or question comes in, is answered and closed. What customers say is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.affected.reading import found
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.complaint_text import sealed_text
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Complaint, ComplaintState, TimelineKind
from shangdun.records.models.notices import ComplaintChannel
from shangdun.records.notices import get_complaint
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

DAYS = 3
"""Until an answer is due where nothing else is said; PIPL Art. 50 asks for a convenient way."""
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Call:
    """What customer service takes down."""

    customer: str
    """However the customer is known: e-mail, telephone, account, name."""
    text: str
    kind: str = "complaint"
    channel: str = "phone"
    due_at: datetime | None = None


@action(Capability.HANDLE_COMPLAINTS)
def do_log_complaint(
    actor: Actor, call: Call, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Complaint]:
    """Take a complaint or question down; says whether the customer is among the affected."""
    incident = get_incident(actor, incident_id)
    now = clock.now()
    customer = " ".join(clean_text(call.customer).split())[:200]
    text = clean_text(call.text.strip())
    if not customer or not text or len(text) > LONGEST_TEXT:
        raise UsageError(
            "say who asks, and what",
            code="complaint.text",
            fix="an address, number or name, and at most 10,000 letters",
        )
    if call.channel not in ComplaintChannel.values or call.kind not in {"complaint", "question"}:
        raise UsageError("there is no such kind", code="complaint.kind", fix="choose one")
    last = incident.complaints.aggregate(last=Max("number"))["last"] or 0
    row = Complaint.objects.create(
        incident=incident,
        number=last + 1,
        kind=call.kind,
        channel=call.channel,
        customer=sealed_text(customer, "customer"),
        affected=bool(found(incident, customer)),
        text=sealed_text(text, "text"),
        received_at=now,
        due_at=call.due_at or now + timedelta(days=DAYS),
        logged_by=person(actor),
    )
    data: dict[str, Any] = {"what": "logged", "complaint": row.number, "kind": row.kind}
    write_timeline(incident, actor, TimelineKind.COMPLAINT, now, data=data)
    payload = {"complaint": row.number, "kind": row.kind, "text_sha256": sealed(text)}
    return Done(row, ("incident", incident.number), now, payload)


@action(Capability.HANDLE_COMPLAINTS)
def do_answer_complaint(
    actor: Actor,
    *,
    number: int,
    complaint_number: int,
    answer: str,
    close: bool = False,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Complaint]:
    """Write down what was answered; ``close`` where nothing more is expected."""
    row = get_complaint(actor, number, complaint_number)
    answer = clean_text(answer.strip())
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody answered meanwhile",
            where=f"complaint {row.number}",
            mine={"version": version, "answer": answer},
            theirs={"version": row.version, "state": row.get_state_display()},
        )
    if row.state == ComplaintState.CLOSED:
        return Unchanged(row)
    if not 0 < len(answer) <= LONGEST_TEXT:
        raise UsageError(
            "write what was answered", code="complaint.answer", fix="at most 10,000 letters"
        )
    now = clock.now()
    row.answer, row.answered_by, row.answered_at = sealed_text(answer, "answer"), person(actor), now
    row.state = ComplaintState.CLOSED if close else ComplaintState.ANSWERED
    row.closed_at = now if close else None
    row.version += 1
    row.save(
        update_fields=["answer", "answered_by", "answered_at", "state", "closed_at", "version"]
    )
    data = {"what": "answered", "complaint": row.number, "closed": close}
    write_timeline(row.incident, actor, TimelineKind.COMPLAINT, now, data=data)
    payload = {"complaint": row.number, "closed": close, "answer_sha256": sealed(answer)}
    return Done(row, ("incident", number), now, payload)


@action(Capability.HANDLE_COMPLAINTS)
def do_close_complaint(
    actor: Actor, *, number: int, complaint_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Complaint]:
    """Nothing more is expected of an answered one."""
    row = get_complaint(actor, number, complaint_number)
    if row.state == ComplaintState.CLOSED:
        return Unchanged(row)
    if row.state != ComplaintState.ANSWERED:
        raise UsageError(
            "it is not answered yet", code="complaint.open", fix="write down what was answered"
        )
    row.state, row.closed_at = ComplaintState.CLOSED, clock.now()
    row.version += 1
    row.save(update_fields=["state", "closed_at", "version"])
    return Done(row, ("incident", number), row.closed_at, {"complaint": row.number})
