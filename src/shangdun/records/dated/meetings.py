"""Meetings with their hours, and the actions that they gave people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils.translation import pgettext_lazy

from shangdun.records.actor import person
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.meetings import visible_actions, visible_meetings
from shangdun.records.models import ActionItemState, InvitationAnswer, Meeting, MeetingState
from shangdun.records.roles import Capability

KINDS = {
    "meeting": (pgettext_lazy("dated", "Meeting"), "users"),
    "action": (pgettext_lazy("dated", "Action of a meeting"), "check-circle"),
}


def dated(asked: Asked) -> Iterator[Dated]:
    """Whoever may see them all sees them all; others what they are invited to or owe."""
    if asked.actor.can(Capability.VIEW_MEETINGS, Capability.WORK_PLAN):
        yield from _meetings(asked)
        yield from _actions(asked)


def _meetings(asked: Asked) -> Iterator[Dated]:
    begins = datetime.combine(asked.since, time.min, asked.zone)
    ends = datetime.combine(asked.until + timedelta(days=1), time.min, asked.zone)
    rows = visible_meetings(asked.actor).filter(begins_at__gte=begins, begins_at__lt=ends)
    rows = rows.exclude(state=MeetingState.CANCELLED).prefetch_related("attendances")
    for row in rows:
        over = row.begins_at + timedelta(minutes=row.minutes)
        yield Dated(
            uid=row.uid,
            kind="meeting",
            title=row.title,
            day=row.begins_at.astimezone(asked.zone).date(),
            state=_state(row, over, asked.now),
            path=f"/meetings/{row.number}/",
            begins_at=row.begins_at,
            ends_at=over,
            people=tuple(
                one.person_id
                for one in row.attendances.all()
                if one.answer != InvitationAnswer.DECLINED
            ),
            detail=row.location,
        )


def _state(meeting: Meeting, over: datetime, now: datetime) -> DatedState:
    if meeting.state == MeetingState.HELD:
        return DatedState.DONE
    if meeting.state == MeetingState.MISSED:
        return DatedState.MISSED
    if now >= over:
        return DatedState.LATE
    return DatedState.DUE if now >= meeting.begins_at else DatedState.AHEAD


def _actions(asked: Asked) -> Iterator[Dated]:
    rows = visible_actions(asked.actor).filter(due__gte=asked.since, due__lte=asked.until)
    if not asked.actor.can(Capability.VIEW_MEETINGS):
        rows = rows.filter(owner=person(asked.actor))
    for row in rows.exclude(state=ActionItemState.DROPPED):
        if row.state == ActionItemState.DONE:
            state = DatedState.DONE
        elif row.due < asked.today:
            state = DatedState.LATE
        else:
            state = DatedState.DUE if row.due == asked.today else DatedState.AHEAD
        yield Dated(
            uid=f"action-{row.number}",
            kind="action",
            title=row.title,
            day=row.due,
            state=state,
            path=f"/meetings/actions/{row.number}/",
            people=(row.owner_id,),
            detail=row.owner.get_full_name() or row.owner.username,
        )
