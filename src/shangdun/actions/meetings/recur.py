"""Meetings that recur: made ahead of their window with invitations, reminded of, or said missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.meetings.call import invite
from shangdun.actions.meetings.changes import begin, coming, keep, looks_back_to, tell
from shangdun.actions.meetings.follow import tell_owner
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.rhythm.reminders import step_due
from shangdun.govern.rhythm.windows import Window
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.composing import shown_time
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    ActionItem,
    ActionItemState,
    Meeting,
    MeetingState,
    Rhythm,
)
from shangdun.records.rhythms import invited_by
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

GRACE = timedelta(days=3)
"""After a meeting's day: so long its minutes may be entered before it counts as not held."""
NEAR = timedelta(hours=26)
"""Before a meeting everybody who comes is reminded once."""
AHEAD = (3,)
LATE_EVERY = 7
MOST_LATE = 4


@action(Capability.RUN_PLAYBOOKS)
def do_make_meeting(
    actor: Actor, window: Window, *, rhythm_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Meeting | None]:
    """The meeting of one period, on its preferred working day; everybody is invited.

    One whose day has passed before anybody could be asked is kept as not held: the record says so,
    nobody is invited to the past.
    """
    del actor
    rhythm = Rhythm.objects.filter(pk=rhythm_id, enabled=True).first()
    if rhythm is None or rhythm.meetings.filter(period=window.span.key).exists():
        return Unchanged(None)
    now, zone = clock.now(), console_zone()
    hour = rhythm.hour
    left = [day for day in window.days if datetime.combine(day, hour, zone) > now]
    left = left or [window.last]
    wished = window.on(rhythm.weekday)
    day = wished if wished in left else left[0]
    begins = datetime.combine(day, hour, zone).astimezone(UTC)
    meeting = Meeting(
        kind=rhythm.kind, title=rhythm.title, language=rhythm.language, begins_at=begins,
        minutes=rhythm.minutes, location=rhythm.location, chair=rhythm.owner,
        writer=rhythm.owner, programme=rhythm.programme, rhythm=rhythm, period=window.span.key,
        window_first=window.first, window_last=window.last,
    )  # fmt: skip
    meeting.since = max(looks_back_to(meeting), rhythm.starts_on - timedelta(days=31))
    begin(meeting, invited_by(rhythm), now)
    if begins > now:
        invite(meeting, now)
    else:
        meeting.state, meeting.ended_at = MeetingState.MISSED, now
    kept = keep(meeting, now, {"rhythm": rhythm.key, "period": window.span.key})
    return Done(meeting, kept.subject, now, kept.payload)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_meeting(
    actor: Actor, *, meeting_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[str]:
    """The day before to all who come; after its time to who is to write the minutes."""
    del actor
    now = clock.now()
    meeting = Meeting.objects.select_related("chair", "writer").filter(pk=meeting_id).first()
    if meeting is None or meeting.state != MeetingState.PLANNED or meeting.invited_at is None:
        return Unchanged("")
    over = meeting.begins_at + timedelta(minutes=meeting.minutes)
    step = "record" if now >= over else "near" if now >= meeting.begins_at - NEAR else ""
    if not step or step in meeting.reminded or meeting.begins_at <= now < over:
        return Unchanged("")
    meeting.reminded = [*meeting.reminded, step]
    if step == "near":
        tell(meeting, "meeting_near", str(meeting.sequence), now, coming(meeting))
    else:
        writers = [one for one in (meeting.writer_id, meeting.chair_id) if one]
        tell(meeting, "meeting_record", "0", now, writers or coming(meeting)[:1])
    kept = keep(meeting, now, {"step": step})
    return Done(step, kept.subject, now, kept.payload)


@action(Capability.RUN_PLAYBOOKS)
def do_say_meetings_missed(
    actor: Actor, *, meetings: Sequence[int], clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Meetings that nobody says were held, once their days have passed; one message for all.

    Those that were made too late for anybody to come are told of with them, once.
    """
    del actor
    now = clock.now()
    told = (MeetingState.PLANNED, MeetingState.MISSED)
    rows = Meeting.objects.filter(pk__in=list(meetings), state__in=told).order_by("begins_at")
    chosen = [
        row
        for row in rows
        if "missed" not in row.reminded and (row.state == MeetingState.MISSED or missed(row, now))
    ]
    if not chosen:
        return Unchanged(0)
    for row in chosen:
        row.state, row.ended_at = MeetingState.MISSED, row.ended_at or now
        row.reminded = [*row.reminded, "missed"]
        row.version += 1
        row.save()
    say_missed(chosen, now)
    numbers = [row.number for row in chosen]
    return Done(len(chosen), ("meeting", numbers[-1]), now, {"numbers": numbers})


def missed(meeting: Meeting, now: datetime) -> bool:
    """Whether its time, or its window where it has one, is over, with the days for the minutes."""
    last = max(
        meeting.begins_at.astimezone(console_zone()).date(),
        meeting.window_last or meeting.begins_at.date(),
    )
    return now.astimezone(console_zone()).date() > last + GRACE


def say_missed(rows: Sequence[Meeting], at: datetime) -> None:
    """One message, however many were missed while nobody looked."""
    told = [f"{row.title} ({shown_time(row.begins_at)})" for row in rows[:12]]
    people = sorted({one for row in rows for one in (row.chair_id, row.writer_id) if one})
    notice = Notice(
        "meetings_missed", None, (Group.LEADERSHIP,), f"meetings_missed:{rows[-1].uid}",
        people=tuple(people),
        data={"path": "/meetings/", "count": len(rows), "meetings": "\n".join(told)},
    )  # fmt: skip
    queue_message(notice, at)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_action(actor: Actor, *, item_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """Three days before its day, on it, and each week after it, four times at most."""
    del actor
    now = clock.now()
    row = ActionItem.objects.select_related("meeting").filter(pk=item_id).first()
    today = now.astimezone(console_zone()).date()
    if row is None or row.state != ActionItemState.OPEN:
        return Unchanged("")
    step = step_due(today, row.due, AHEAD, LATE_EVERY, MOST_LATE)
    if not step or step in row.reminded:
        return Unchanged("")
    row.reminded = [*row.reminded, step]
    row.save(update_fields=["reminded"])
    tell_owner(row, "action_due", f"{row.due}:{step}", now)
    return Done(step, ("action_item", row.number), now, {"step": step})
