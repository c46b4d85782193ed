"""What every change of a meeting does: check who was first, save, say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import yaml
from django.db.models import Max

from shangdun.actions.action import Done
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.composing import shown_time
from shangdun.records.conflict import EditConflict
from shangdun.records.meetings import get_meeting
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AgendaItem,
    Attendance,
    InvitationAnswer,
    Meeting,
    MeetingKind,
    MeetingState,
    User,
)
from shangdun.records.stored_text import clean_line, clean_text

MOST_PEOPLE = 300
FIRST_LOOK = timedelta(days=31)
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000


class _Point(msgspec.Struct, frozen=True):
    zh: str
    en: str
    section: str = ""


class _Agenda(msgspec.Struct, frozen=True):
    agenda: tuple[_Point, ...]


@cache
def usual_agenda(kind: str) -> tuple[_Point, ...]:
    """The points that a meeting of this kind begins with."""
    file = resources.files("shangdun.content") / "meetings" / f"{MeetingKind(kind).value}.yml"
    return msgspec.convert(yaml.safe_load(file.read_text("utf-8")), _Agenda).agenda


def next_number() -> int:
    """The number after the last meeting's."""
    return (Meeting.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def uid_of(number: int, at: datetime) -> str:
    """Unique for ever and the same in every invitation, whatever changes."""
    return f"meeting-{number}-{at:%Y%m%dT%H%M%SZ}"


def looks_back_to(meeting: Meeting) -> date:
    """The first day its agenda looks at: that of the last meeting of its kind, else a month ago."""
    earlier = Meeting.objects.filter(
        kind=meeting.kind, state=MeetingState.HELD, begins_at__lt=meeting.begins_at
    )
    before = earlier.order_by("-begins_at").first()
    moment = before.begins_at if before else meeting.begins_at - FIRST_LOOK
    return moment.astimezone(console_zone()).date()


def begin(meeting: Meeting, people: Iterable[int], at: datetime) -> None:
    """Number, name, save; seat the people; put the usual points on the agenda."""
    meeting.number = next_number()
    meeting.uid = uid_of(meeting.number, at)
    meeting.created_at = at
    meeting.save()
    seat(meeting, people)
    chinese = meeting.language == "zh-hans"
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            position=place,
            title=point.zh if chinese else point.en,
            section=point.section,
        )
        for place, point in enumerate(usual_agenda(meeting.kind), 1)
    )


def seat(meeting: Meeting, people: Iterable[int]) -> tuple[set[int], set[int]]:
    """Exactly these people are asked; who came in, who went out."""
    wanted = {one for one in (*people, meeting.chair_id, meeting.writer_id) if one}
    if len(wanted) > MOST_PEOPLE:
        raise UsageError(
            "too many people for one meeting", code="meeting.people", fix=f"at most {MOST_PEOPLE}"
        )
    known = set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    if wanted - known:
        raise NotFound("there is no such person", fix="choose people from the list")
    before = set(meeting.attendances.values_list("person_id", flat=True))
    meeting.attendances.filter(person__in=before - wanted).delete()
    fresh = [Attendance(meeting=meeting, person_id=one) for one in sorted(wanted - before)]
    Attendance.objects.bulk_create(fresh)
    return wanted - before, before - wanted


def standing(
    actor: Actor,
    number: int,
    version: int | None,
    mine: Mapping[str, Any],
    *states: MeetingState,
) -> Meeting:
    """The meeting, unless it changed since ``version`` or is in none of the ``states``."""
    meeting = get_meeting(actor, number)
    if version is not None and version != meeting.version:
        raise EditConflict(
            "somebody changed this meeting meanwhile",
            where=f"meeting {number}",
            mine={"version": version, **mine},
            theirs={
                "version": meeting.version,
                "state": str(meeting.get_state_display()),
                "title": meeting.title,
                "begins_at": shown_time(meeting.begins_at),
                "location": meeting.location,
            },
        )
    if meeting.state not in states:
        raise UsageError(
            f"a meeting that is {meeting.state} does not take this",
            code="meeting.state",
            where=f"meeting {number}",
            fix="look at it as it stands now",
        )
    return meeting


def keep(meeting: Meeting, at: datetime, payload: Mapping[str, Any] | None = None) -> Done[Meeting]:
    """Save it, count its lock up; what the ledger says."""
    meeting.version += 1
    meeting.save()
    told = {"state": str(meeting.state), "begins_at": meeting.begins_at.isoformat()}
    return Done(meeting, ("meeting", meeting.number), at, told | dict(payload or {}))


def tell(
    meeting: Meeting, kind: str, key: str, at: datetime, people: Iterable[int], **more: object
) -> None:
    """A message about the meeting to these people; the same key once."""
    told = tuple(sorted(set(people)))
    if not told:
        return
    data = {
        "path": f"/meetings/{meeting.number}/",
        "meeting": meeting.number,
        "title": meeting.title,
        "begins": shown_time(meeting.begins_at),
        "minutes": meeting.minutes,
        "location": meeting.location or {"zh": "待定", "en": "to be announced"},
        "chair": _name(meeting.chair) or "—",
    }
    notice = Notice(kind, None, (), f"{kind}:{meeting.uid}:{key}", people=told, data=data | more)
    queue_message(notice, at)


def coming(meeting: Meeting) -> list[int]:
    """Ids of the invited who have not declined."""
    rows = meeting.attendances.exclude(answer=InvitationAnswer.DECLINED)
    return list(rows.filter(person__is_active=True).values_list("person_id", flat=True))


def checked_line(text: str, code: str, longest: int = LONGEST_TITLE) -> str:
    """A text in one line, without what steers a screen or turns letters round.

    Raises ``UsageError`` with the code where it is empty or too long.
    """
    line = clean_line(text)
    if not line or len(line) > longest:
        raise UsageError("a short text is needed", code=code, fix=f"1 to {longest} characters")
    return line


def checked_text(text: str, code: str = "meeting.long") -> str:
    """A text of several lines. Raises ``UsageError`` where it is too long."""
    text = clean_text(text).strip()
    if len(text) > LONGEST_TEXT:
        raise UsageError("too long", code=code, fix=f"at most {LONGEST_TEXT} characters")
    return text


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""
