"""Meetings by the clock: those that recur are made ahead, drafted, reminded of, or said missed."""

from __future__ import annotations

from datetime import timedelta

from shangdun.kernel.clock import Clock

AGENDA_AHEAD = timedelta(days=3)
"""So long before a meeting its agenda is drafted, and each day again until it begins."""
BACK = timedelta(days=62)
"""How far back a process that was down makes up for what was due: older is history."""


def keep_meetings(clock: Clock) -> None:
    """All of it; safe to repeat, and late for what fell due while nobody ran."""
    _make(clock)
    _draft(clock)
    _remind(clock)


def _make(clock: Clock) -> None:
    from shangdun.actions.meetings.recur import (  # noqa: PLC0415  needs boot
        do_make_meeting,
        do_say_meetings_missed,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.messages import console_zone  # noqa: PLC0415  as above
    from shangdun.records.models import MeetingState, Rhythm, RhythmMakes  # noqa: PLC0415  as above
    from shangdun.records.rhythms import windows_of  # noqa: PLC0415  as above

    today = clock.now().astimezone(console_zone()).date()
    late = []
    for rhythm in Rhythm.objects.filter(makes=RhythmMakes.MEETING, enabled=True):
        made = set(rhythm.meetings.values_list("period", flat=True))
        ahead = today + timedelta(days=rhythm.ahead)
        for window in windows_of(rhythm, max(today - BACK, rhythm.starts_on), ahead):
            if window.span.key in made or (window.last < rhythm.starts_on):
                continue
            meeting = do_make_meeting(JOBS, window, rhythm_id=rhythm.pk, clock=clock)
            if meeting is not None and meeting.state == MeetingState.MISSED:
                late.append(meeting.pk)
    if late:
        do_say_meetings_missed(JOBS, meetings=late, clock=clock)


def _draft(clock: Clock) -> None:
    from shangdun.actions.reports.agenda import do_draft_agenda  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import Meeting, MeetingState  # noqa: PLC0415  as above

    now = clock.now()
    near = Meeting.objects.filter(
        state=MeetingState.PLANNED, begins_at__gt=now, begins_at__lte=now + AGENDA_AHEAD
    )
    for meeting in near:
        if meeting.agenda_at is None or now - meeting.agenda_at >= timedelta(days=1):
            do_draft_agenda(JOBS, number=meeting.number, clock=clock)


def _remind(clock: Clock) -> None:
    from shangdun.actions.meetings.recur import (  # noqa: PLC0415  needs boot
        AHEAD,
        NEAR,
        do_remind_of_action,
        do_remind_of_meeting,
        do_say_meetings_missed,
        missed,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.messages import console_zone  # noqa: PLC0415  as above
    from shangdun.records.models import (  # noqa: PLC0415  as above
        ActionItem,
        ActionItemState,
        Meeting,
        MeetingState,
    )

    now = clock.now()
    near = Meeting.objects.filter(state=MeetingState.PLANNED, begins_at__lte=now + NEAR)
    over = [meeting.pk for meeting in near if missed(meeting, now)]
    if over:
        do_say_meetings_missed(JOBS, meetings=over, clock=clock)
    for meeting in near:
        if meeting.pk not in over:
            do_remind_of_meeting(JOBS, meeting_id=meeting.pk, clock=clock)
    soon = now.astimezone(console_zone()).date() + timedelta(days=max(AHEAD))
    items = ActionItem.objects.filter(state=ActionItemState.OPEN, due__lte=soon)
    for item in items.order_by("due", "pk").values_list("pk", flat=True):
        do_remind_of_action(JOBS, item_id=item, clock=clock)
