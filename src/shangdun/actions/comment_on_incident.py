"""Saying something in an incident."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import TimelineEntry, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST_COMMENT = 20_000


@action(Capability.COMMENT_INCIDENTS)
def do_comment_on_incident(
    actor: Actor, *, incident_id: int, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[TimelineEntry]:
    """Add a comment; it needs no version, because comments do not overwrite one another."""
    incident = get_incident(actor, incident_id)
    text = clean_text(text.strip())
    if not text:
        raise UsageError("the comment is empty", code="comment.empty", fix="write something")
    if len(text) > LONGEST_COMMENT:
        raise UsageError(
            f"the comment is longer than {LONGEST_COMMENT} characters",
            code="comment.long",
            fix="attach the rest elsewhere",
        )
    now = clock.now()
    entry = write_timeline(incident, actor, TimelineKind.COMMENT, now, text=text)
    return Done(entry, ("incident", incident.number), now, {"text_sha256": sealed(text)})
