"""A meeting's invitation as a file, and a person's calendar as a feed."""

from __future__ import annotations

from datetime import date, datetime

from shangdun.govern.rhythm.ical import Entry, Guest, Invitation, feed, invitation
from shangdun.records.acknowledging import console_base
from shangdun.records.dated import Asked, Dated, everything
from shangdun.records.dated_kinds import kind_word
from shangdun.records.messages import console_zone, email_of, message_settings
from shangdun.records.models import InvitationAnswer, Meeting, User

ANSWERS = {
    InvitationAnswer.ASKED: "NEEDS-ACTION",
    InvitationAnswer.ACCEPTED: "ACCEPTED",
    InvitationAnswer.TENTATIVE: "TENTATIVE",
    InvitationAnswer.DECLINED: "DECLINED",
}


def invitation_of(meeting: Meeting, method: str, now: datetime, only: User | None = None) -> bytes:
    """The file a calendar takes; ``only``: with no other guest's name or address in it."""
    rows = meeting.attendances.select_related("person")
    guests = [
        Guest(_name(row.person), email_of(row.person), ANSWERS[InvitationAnswer(row.answer)])
        for row in (rows.filter(person=only) if only else rows)
    ]
    base = console_base(message_settings())
    organizer = meeting.chair or meeting.called_by
    return invitation(
        Invitation(
            uid=meeting.uid,
            sequence=meeting.sequence,
            title=meeting.title,
            begins_at=meeting.begins_at,
            minutes=meeting.minutes,
            zone=console_zone(),
            location=meeting.location,
            description=meeting.purpose,
            url=f"{base}/meetings/{meeting.number}/" if base else "",
            organizer=Guest(_name(organizer), email_of(organizer) if organizer else ""),
            guests=tuple(guests),
        ),
        method,
        now,
    )


def feed_of(
    owner: User, name: str, since: date, until: date, now: datetime, *, mine: bool
) -> bytes:
    """What this person may see, or only what concerns the person."""
    asked = Asked(owner, since, until, now, console_zone())
    found = [one for one in everything(asked) if not mine or owner.pk in one.people]
    base = console_base(message_settings())
    return feed(name, [_entry(one, base) for one in found], now, console_zone())


def _entry(one: Dated, base: str) -> Entry:
    return Entry(
        uid=one.uid,
        title=str(one.title),
        day=one.day,
        until=one.until,
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        detail=str(one.detail),
        url=f"{base}{one.path}" if base and one.path else "",
        kind=kind_word(one.kind),
    )


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else "ShangDun"
