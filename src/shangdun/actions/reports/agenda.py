"""The agenda of a meeting, drafted from what happened since the last one."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.meetings.changes import keep, standing
from shangdun.actions.reports.sections import Asked, filled, sections
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import Meeting, MeetingState, Programme
from shangdun.records.roles import Capability


@action(Capability.MANAGE_MEETINGS, Capability.RUN_PLAYBOOKS)
def do_draft_agenda(
    actor: Actor, *, number: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Meeting]:
    """Put under each point what the records say now; what people wrote stays as it is."""
    meeting = standing(actor, number, version, {}, MeetingState.PLANNED)
    now = clock.now()
    asked = asked_for(meeting, now)
    changed = False
    for item in meeting.agenda.all():
        if item.section not in sections():
            continue
        facts = filled(item.section, asked)
        if item.facts != facts:
            item.facts, changed = facts, True
            item.save(update_fields=["facts"])
    if meeting.agenda_at is not None and not changed:
        return Unchanged(meeting)
    meeting.agenda_at = now
    return keep(meeting, now, {"points": meeting.agenda.count()})


def asked_for(meeting: Meeting, now: datetime) -> Asked:
    """What its points look at: from its first day to today, or to its own day when that was."""
    zone = console_zone()
    today = now.astimezone(zone).date()
    held = meeting.begins_at.astimezone(zone).date()
    until = min(today, held)
    return Asked(
        since=min(meeting.since or until, until),
        until=until,
        now=now,
        language=meeting.language,
        programme=meeting.programme or current_programme(),
        zone=zone,
    )


def current_programme() -> Programme | None:
    """The plan that is under way: the newest approved one, else the newest that is planned."""
    rows = Programme.objects.filter(archived_at=None).exclude(state="closed").order_by("-number")
    return rows.filter(state="approved").first() or rows.first()
