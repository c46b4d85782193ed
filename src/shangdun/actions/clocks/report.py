"""Reports to regulators: written together, handed in by a person, kept with their proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import tell_timeline
from shangdun.actions.evidence.collect import Kept, add_evidence
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock as Time
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.clocks import get_submission
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Clock,
    ClockState,
    EvidenceKind,
    EvidenceSource,
    Incident,
    Submission,
    SubmissionPhase,
    SubmissionState,
    TimelineKind,
)
from shangdun.records.rehearsal import require_real
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.regulators.forms import check_items, check_ready, get_form, unknown_items


@dataclass(frozen=True)
class Draft:
    """A report as somebody wrote it; ``number`` None is a new one."""

    form: str
    language: str
    phase: str
    items: Mapping[str, str]
    number: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Handed:
    """How a report was handed in, with what proves it; ``clocks`` are those that it meets."""

    recipient: str
    channel: str
    at: datetime
    receipt: str = ""
    clocks: Sequence[int] = ()
    proofs: Sequence[Kept] = ()


@action(Capability.SUBMIT_REPORTS)
def do_save_report(
    actor: Actor, *, incident_id: int, draft: Draft, clock: Time = SYSTEM_CLOCK
) -> Outcome[Submission]:
    """Keep a draft; one a form and phase is open at a time, so that two people write the same."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    form = get_form(draft.form)
    texts = {name: clean_text(text.strip()) for name, text in draft.items.items()}
    check_items(form, texts)
    if draft.phase not in SubmissionPhase.values or draft.language not in {"zh", "en"}:
        raise UsageError("there is no such phase or language", code="report.form", fix="choose one")
    row = _standing(actor, incident, draft)
    if row is not None:
        if (row.items, row.language) == (texts, draft.language):
            return Unchanged(row)
        _refuse_older(row, draft.version, {"version": draft.version, **texts})
        row.version += 1
    else:
        row = Submission(
            incident=incident,
            number=(incident.submissions.aggregate(top=Max("number"))["top"] or 0) + 1,
            form=form.id,
            form_version=form.version,
            phase=draft.phase,
            rehearsal=incident.is_drill,
        )
    row.language, row.items = draft.language, texts
    row.unknown = list(unknown_items(form, texts, draft.language))
    row.changed_at, row.changed_by = now, person(actor)
    row.save()
    payload = {"report": row.number, "form": row.form, "phase": row.phase, **_content(row)}
    return Done(row, ("incident", incident.number), now, payload)


@action(Capability.SUBMIT_REPORTS)
def do_submit_report(
    actor: Actor,
    *,
    incident_id: int,
    number: int,
    handed: Handed,
    version: int | None = None,
    clock: Time = SYSTEM_CLOCK,
) -> Outcome[Submission]:
    """Record that a report was handed in; the clocks it meets stop at that moment.

    In a drill it is a rehearsal: its clocks are a drill's too, and count nowhere as real.
    """
    now = clock.now()
    incident = get_incident(actor, incident_id)
    row = get_submission(actor, incident, number)
    if row.state == SubmissionState.SUBMITTED:
        return Unchanged(row)
    _refuse_older(row, version, {"version": version, **row.items})
    check_ready(get_form(row.form), row.items)
    _check_handed(handed, incident, now)
    if not row.rehearsal:
        require_real(incident)
    row.recipient = clean_text(handed.recipient.strip())
    row.channel, row.receipt = (
        clean_text(handed.channel.strip()),
        clean_text(handed.receipt.strip()),
    )
    row.state = SubmissionState.SUBMITTED
    row.submitted_at, row.submitted_by = handed.at, person(actor)
    row.version += 1
    proofs = [_proof(incident, actor, row, proof, now) for proof in handed.proofs]
    row.evidence = [item.pk for item in proofs]
    row.save()
    met = _meet(actor, incident, handed, now)
    row.clocks.set(met)
    data = {
        "what": "rehearsed" if row.rehearsal else "submitted",
        "number": row.number,
        "form": row.form,
        "phase": row.phase,
        "to": row.recipient,
        "receipt": row.receipt,
        "met": [one.duty for one in met],
    }
    write_timeline(incident, actor, TimelineKind.SUBMISSION, handed.at, data=data)
    payload = {
        "report": row.number,
        "form": row.form,
        "phase": row.phase,
        "rehearsal": row.rehearsal,
        "clocks": [one.duty for one in met],
        "handed_in_at": handed.at.isoformat(),
        "recipient_sha256": sealed(row.recipient),
        "receipt": row.receipt,
        "proofs": [item.sha256 for item in proofs],
        **_content(row),
    }
    return Done(row, ("incident", incident.number), now, payload)


def _standing(actor: Actor, incident: Incident, draft: Draft) -> Submission | None:
    if draft.number is not None:
        row = get_submission(actor, incident, draft.number)
        if row.state == SubmissionState.SUBMITTED:
            raise UsageError(
                "a report that was handed in does not change",
                code="report.submitted",
                fix="write a follow-up report",
            )
        return row
    return incident.submissions.filter(
        form=draft.form, phase=draft.phase, state=SubmissionState.DRAFT
    ).first()


def _refuse_older(row: Submission, version: int | None, mine: dict[str, Any]) -> None:
    if version != row.version:
        raise EditConflict(
            "somebody changed this report meanwhile",
            where=f"report {row.number}",
            mine=mine,
            theirs={"version": row.version, **row.items},
        )


def _check_handed(handed: Handed, incident: Incident, now: datetime) -> None:
    if not handed.recipient.strip() or not handed.channel.strip():
        raise UsageError(
            "say to whom and how it was handed in",
            code="report.recipient",
            fix="name the office and the way",
        )
    if handed.at.tzinfo is None or not incident.occurred_at <= handed.at <= now:
        raise UsageError(
            "it cannot have been handed in then",
            code="report.handed_at",
            fix="give a moment after the incident began, and not in the future",
        )


def _proof(incident: Incident, actor: Actor, row: Submission, proof: Kept, now: datetime) -> Any:  # noqa: ANN401 - a piece of evidence
    return add_evidence(
        incident,
        actor,
        name=proof.name,
        content=proof,
        kind=EvidenceKind.SUBMISSION,
        source=EvidenceSource.SUBMISSION,
        at=now,
        origin=f"report {row.number}",
    )


def _meet(actor: Actor, incident: Incident, handed: Handed, now: datetime) -> list[Clock]:
    """Stop the clocks; one that was over stays missed, with when it was reported after all."""
    stopped = []
    for found in incident.clocks.filter(pk__in=handed.clocks).select_for_update():
        if found.met_at is not None or found.state == ClockState.WITHDRAWN:
            stopped.append(found)
            continue
        late = found.due_at is not None and handed.at > found.due_at
        found.state = ClockState.MISSED if late else ClockState.MET
        found.met_at, found.ended_at = handed.at, now
        found.version += 1
        found.save()
        tell_timeline(found, actor, now, "met_late" if late else "met")
        stopped.append(found)
    return stopped


def _content(row: Submission) -> dict[str, Any]:
    text = msgspec.json.encode(row.items, order="deterministic").decode()
    return {"version": row.version, "items_sha256": sealed(text), "unknown": list(row.unknown)}
