"""Meetings for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shangdun.actions.meetings.hold import BEFORE
from shangdun.actions.reports.sections import sections
from shangdun.console.blocks import Shown, shown
from shangdun.papers.blocks import Block
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import read
from shangdun.records.actor import person
from shangdun.records.meetings import may_fill_with
from shangdun.records.models import (
    AgendaItem,
    Attendance,
    InvitationAnswer,
    Meeting,
    MeetingState,
    User,
)
from shangdun.records.roles import Capability

LOOKS = {
    MeetingState.PLANNED: "own",
    MeetingState.HELD: "good",
    MeetingState.CANCELLED: "",
    MeetingState.MISSED: "bad",
}
ANSWER_LOOKS = {
    InvitationAnswer.ACCEPTED: "good",
    InvitationAnswer.DECLINED: "bad",
    InvitationAnswer.TENTATIVE: "warn",
    InvitationAnswer.ASKED: "",
}


@dataclass(frozen=True)
class Point:
    """A point of the agenda with what the records say about it."""

    item: AgendaItem
    blocks: list[Shown]


@dataclass(frozen=True)
class Seat:
    """One person's part."""

    row: Attendance
    look: str


def points_of(meeting: Meeting) -> list[Point]:
    """The agenda in its order."""
    return [Point(item, shown(_blocks(item.facts))) for item in meeting.agenda.all()]


def _blocks(text: str) -> tuple[Block, ...]:
    try:
        return tuple(part for part in read(text) if isinstance(part, Block))
    except PaperError:
        return ()


def seats_of(meeting: Meeting) -> list[Seat]:
    """Who was asked, by name."""
    rows = meeting.attendances.select_related("person").order_by("person__username")
    return [Seat(row, ANSWER_LOOKS[InvitationAnswer(row.answer)]) for row in rows]


def page_of(meeting: Meeting, user: User, now: datetime) -> dict[str, Any]:
    """What the page of a meeting shows, and what this person may do there."""
    manages = user.can(Capability.MANAGE_MEETINGS)
    planned = meeting.state == MeetingState.PLANNED
    seats = seats_of(meeting)
    points = points_of(meeting)
    used = {one.item.section for one in points}
    own = next((seat.row for seat in seats if seat.row.person == person(user)), None)
    return {
        "meeting": meeting,
        "look": LOOKS[MeetingState(meeting.state)],
        "ends_at": meeting.begins_at + timedelta(minutes=meeting.minutes),
        "points": points,
        "seats": seats,
        "coming": sum(seat.row.answer == InvitationAnswer.ACCEPTED for seat in seats),
        "own": own if planned and meeting.invited_at else None,
        "answers": [one for one in InvitationAnswer if one is not InvitationAnswer.ASKED],
        "decisions": list(meeting.decisions.select_related("by")),
        "actions": list(meeting.actions.select_related("owner")),
        "manages": manages,
        "changes": manages and planned,
        "holds": manages
        and meeting.state != MeetingState.CANCELLED
        and meeting.document_id is None
        and now >= meeting.begins_at - BEFORE,
        "minutes": manages and meeting.state == MeetingState.HELD and meeting.document_id is None,
        "sections": [
            (name, one.title)
            for name, one in sections().items()
            if name in used or may_fill_with(user, name)
        ],
    }
