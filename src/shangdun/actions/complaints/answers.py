"""Answers that customer service gives again and again in an incident."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.template import prepared
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import AnswerTemplate, Incident
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 50


@action(Capability.HANDLE_COMPLAINTS)
def do_keep_answer(
    actor: Actor, *, incident_id: int, title: str, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AnswerTemplate]:
    """Keep an answer by its title; an empty text removes it."""
    incident = get_incident(actor, incident_id)
    title, text = " ".join(clean_text(title).split())[:100], clean_text(text.strip())[:5000]
    if not title:
        raise UsageError("an answer needs a title", code="complaint.title", fix="name it")
    standing = incident.answer_templates.filter(title=title).first()
    if (standing.text if standing else "") == text:
        return Unchanged(standing or AnswerTemplate(incident=incident, title=title))
    if not text and standing:
        standing.delete()
        row = standing
    else:
        _room(incident, 0 if standing else 1)
        row = standing or AnswerTemplate(incident=incident, title=title)
        row.text = text
        row.version += 1 if standing else 0
        row.save()
    payload = {"title": title, "text_sha256": sealed(text), "removed": not text}
    return Done(row, ("incident", incident.number), clock.now(), payload)


@action(Capability.HANDLE_COMPLAINTS)
def do_take_prepared_answers(
    actor: Actor, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Add the answers that ship for the incident's type, in both languages, where missing."""
    incident = get_incident(actor, incident_id)
    standing = set(incident.answer_templates.values_list("title", flat=True))
    fresh = [
        AnswerTemplate(incident=incident, title=said["title"], text=said["text"])
        for answer in prepared(str(incident.type)).answers
        for said in answer.values()
        if said["title"] not in standing
    ]
    if not fresh:
        return Unchanged(0)
    _room(incident, len(fresh))
    AnswerTemplate.objects.bulk_create(fresh)
    payload = {"added": len(fresh)}
    return Done(len(fresh), ("incident", incident.number), clock.now(), payload)


def _room(incident: Incident, more: int) -> None:
    if incident.answer_templates.count() + more > MOST:
        raise UsageError(
            "there are 50 answers already", code="complaint.many", fix="remove one first"
        )
