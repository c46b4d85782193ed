"""Calling a meeting: when, where, who; invitations, changes of them, calling it off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.meetings.changes import (
    begin,
    checked_line,
    checked_text,
    keep,
    looks_back_to,
    seat,
    standing,
    tell,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.composing import shown_time
from shangdun.records.meetings import get_meeting
from shangdun.records.messages import people_of
from shangdun.records.models import (
    Attendance,
    InvitationAnswer,
    Meeting,
    MeetingKind,
    MeetingState,
)
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

LONGEST_MEETING = 12 * 60


class NewMeeting(msgspec.Struct, kw_only=True, frozen=True):
    """A meeting as somebody wants it."""

    kind: str
    title: str
    begins_at: datetime
    minutes: int = 60
    location: str = ""
    purpose: str = ""
    language: str = "zh-hans"
    chair: int | None = None
    writer: int | None = None
    people: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    """Their members as they are now are asked, beside ``people``."""


@action(Capability.MANAGE_MEETINGS)
def do_call_meeting(
    actor: Actor, wanted: NewMeeting, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Meeting]:
    """Plan a meeting with its usual agenda; nobody is told before ``do_send_invitations``.

    Raises ``UsageError``: ``meeting.title``, ``.kind``, ``.minutes``, ``.people``.
    """
    wanted, now = _checked(wanted), clock.now()
    same = Meeting.objects.filter(
        title=wanted.title, begins_at=wanted.begins_at, called_by=person(actor), state="planned"
    ).first()
    if same is not None:
        return Unchanged(same)
    meeting = Meeting(called_by=person(actor))
    _write(meeting, wanted)
    meeting.since = looks_back_to(meeting)
    begin(meeting, _people(wanted), now)
    return keep(meeting, now, {"kind": meeting.kind, "people": meeting.attendances.count()})


@action(Capability.MANAGE_MEETINGS)
def do_change_meeting(
    actor: Actor,
    wanted: NewMeeting,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Meeting]:
    """Another time, place or circle; who was invited gets the change, who went out is told so."""
    wanted, now = _checked(wanted), clock.now()
    mine = {
        "title": wanted.title,
        "begins_at": shown_time(wanted.begins_at),
        "location": wanted.location,
    }
    meeting = standing(actor, number, version, mine, MeetingState.PLANNED)
    before = _told(meeting)
    _write(meeting, wanted)
    joined, left = seat(meeting, _people(wanted))
    if _told(meeting) == before and not joined and not left:
        return Unchanged(meeting)
    if meeting.invited_at is not None:
        meeting.sequence += 1
        _say_change(meeting, joined, left, now)
    return keep(meeting, now, {"sequence": meeting.sequence, "joined": len(joined)})


@action(Capability.MANAGE_MEETINGS)
def do_send_invitations(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Meeting]:
    """Ask everybody, with an iCalendar invitation (RFC 5546, REQUEST); once."""
    meeting = standing(actor, number, None, {}, MeetingState.PLANNED)
    if meeting.invited_at is not None:
        return Unchanged(meeting)
    now = clock.now()
    asked = invite(meeting, now)
    return keep(meeting, now, {"invited": asked})


def invite(meeting: Meeting, at: datetime) -> int:
    """Within another change: everybody is asked; gives how many."""
    meeting.invited_at = at
    people = list(meeting.attendances.values_list("person_id", flat=True))
    tell(meeting, "meeting_invited", "0", at, people, method="REQUEST")
    return len(people)


@action(Capability.MANAGE_MEETINGS)
def do_cancel_meeting(
    actor: Actor,
    *,
    number: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Meeting]:
    """Call it off, saying why; calendars strike it out (RFC 5546, CANCEL)."""
    reason = checked_line(reason, "meeting.reason", 1_000)
    found = get_meeting(actor, number)
    if found.state == MeetingState.CANCELLED:
        return Unchanged(found)
    meeting = standing(
        actor, number, version, {"reason": reason}, MeetingState.PLANNED, MeetingState.MISSED
    )
    now = clock.now()
    meeting.state, meeting.reason, meeting.ended_at = MeetingState.CANCELLED, reason, now
    if meeting.invited_at is not None:
        meeting.sequence += 1
        people = meeting.attendances.values_list("person_id", flat=True)
        tell(meeting, "meeting_cancelled", "all", now, people, reason=reason, method="CANCEL")
    return keep(meeting, now, {"reason_sha256": sealed(reason)})


@action(Capability.WORK_PLAN, Capability.VIEW_MEETINGS)
def do_answer_invitation(
    actor: Actor, *, number: int, answer: str, note: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Attendance]:
    """One's own answer; it can be changed until the meeting begins.

    Raises ``NotFound`` where one was not asked, ``UsageError`` (``meeting.answer``, ``.over``).
    """
    meeting = get_meeting(actor, number)
    who = person(actor)
    row = meeting.attendances.filter(person=who).first() if who else None
    if row is None or meeting.invited_at is None:
        raise NotFound("you are not invited to this meeting", fix="ask who called it")
    if answer not in InvitationAnswer.values or answer == InvitationAnswer.ASKED:
        raise UsageError("no such answer", code="meeting.answer", fix="say yes, perhaps or no")
    if meeting.state != MeetingState.PLANNED:
        raise UsageError("it is over", code="meeting.over", fix="there is nothing to answer")
    note = checked_text(note)[:300]
    if (row.answer, row.note) == (answer, note):
        return Unchanged(row)
    now = clock.now()
    row.answer, row.note, row.answered_at = answer, note, now
    row.save()
    return Done(row, ("meeting", number), now, {"answer": answer})


def _checked(wanted: NewMeeting) -> NewMeeting:
    if wanted.kind not in MeetingKind.values:
        raise UsageError("no such kind", code="meeting.kind", fix=", ".join(MeetingKind.values))
    if not 5 <= wanted.minutes <= LONGEST_MEETING:
        raise UsageError("no such length", code="meeting.minutes", fix="5 to 720 minutes")
    return msgspec.structs.replace(
        wanted,
        title=checked_line(wanted.title, "meeting.title"),
        location=" ".join(checked_text(wanted.location).split())[:300],
        purpose=checked_text(wanted.purpose),
    )


def _people(wanted: NewMeeting) -> frozenset[int]:
    return frozenset(wanted.people) | people_of(wanted.groups)


def _write(meeting: Meeting, wanted: NewMeeting) -> None:
    meeting.kind, meeting.title, meeting.language = wanted.kind, wanted.title, wanted.language
    meeting.begins_at, meeting.minutes = wanted.begins_at, wanted.minutes
    meeting.location, meeting.purpose = wanted.location, wanted.purpose
    meeting.chair_id, meeting.writer_id = wanted.chair, wanted.writer


def _told(meeting: Meeting) -> tuple[Any, ...]:
    return (
        meeting.kind, meeting.title, meeting.language, meeting.begins_at, meeting.minutes,
        meeting.location, meeting.purpose, meeting.chair_id, meeting.writer_id,
    )  # fmt: skip


def _say_change(meeting: Meeting, joined: set[int], left: set[int], at: datetime) -> None:
    key = str(meeting.sequence)
    stay = set(meeting.attendances.values_list("person_id", flat=True)) - joined
    tell(meeting, "meeting_invited", key, at, joined, method="REQUEST")
    tell(meeting, "meeting_changed", key, at, stay, method="REQUEST")
    reason = {"zh": "您不再需要参加", "en": "you no longer need to come"}
    tell(meeting, "meeting_cancelled", key, at, left, reason=reason, method="CANCEL")
