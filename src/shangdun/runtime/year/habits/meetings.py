"""Meetings are held, now and then not; what they decide is done, mostly in time."""

from __future__ import annotations

from datetime import timedelta

from shangdun.actions.meetings.call import do_answer_invitation
from shangdun.actions.meetings.follow import NewItem, do_add_action_item, do_finish_action_item
from shangdun.actions.meetings.hold import Held, do_hold_meeting, do_minute_decision
from shangdun.actions.meetings.minutes import do_write_minutes
from shangdun.records.models import (
    ActionItem,
    ActionItemState,
    InvitationAnswer,
    Meeting,
    MeetingState,
)
from shangdun.runtime.year.day import Day

ORDER = 40
FALLS_OUT = 0.1
COMES = 0.85


def act(day: Day) -> None:
    for meeting in Meeting.objects.filter(state=MeetingState.PLANNED).order_by("begins_at"):
        begins = meeting.begins_at.astimezone(day.zone)
        if begins.date() != day.date:
            continue
        if day.happens("meeting falls out", meeting.uid, FALLS_OUT):
            day.write("meeting.missed", meeting.number)
            continue
        day.clock.reach(begins)
        _hold(day, meeting)
    _follow(day)


def _hold(day: Day, meeting: Meeting) -> None:
    lead = day.people["lead"]
    dice = day.chance(f"meeting {meeting.uid}")
    came = set()
    for row in meeting.attendances.select_related("person").order_by("pk"):
        comes = row.person_id == lead.pk or dice.random() < COMES
        answer = InvitationAnswer.ACCEPTED if comes else InvitationAnswer.DECLINED
        do_answer_invitation(row.person, number=meeting.number, answer=answer, clock=day.clock)
        if comes:
            came.add(row.person_id)
    if not came:
        day.write("meeting.missed", meeting.number)
        return
    said = day.say("情况已通报，无异议。", "Reported and agreed.")
    outcomes = {item.pk: said for item in meeting.agenda.all()}
    held = Held(came=frozenset(came), outcomes=outcomes)
    do_hold_meeting(lead, held, number=meeting.number, clock=day.clock)
    text = day.say(
        "下月前完成本月逾期措施的整改。", "What is overdue this month is mended before the next."
    )
    do_minute_decision(lead, number=meeting.number, text=text, clock=day.clock)
    owner = day.people[dice.choice(("engineer", "operator", "service"))]
    item = NewItem(
        title=day.say("核对逾期整改项并回报", "Go through what is overdue and report back"),
        owner=owner.pk,
        due=day.date + timedelta(days=14),
    )
    do_add_action_item(lead, item, number=meeting.number, clock=day.clock)
    do_write_minutes(lead, number=meeting.number, clock=day.clock)
    day.write(f"meeting.{meeting.kind}", meeting.number)


def _follow(day: Day) -> None:
    if not day.workday:
        return
    waiting = ActionItem.objects.filter(state=ActionItemState.OPEN, due__lte=day.date)
    for item in waiting.select_related("owner").order_by("pk"):
        if day.chance(f"item {item.number}").random() < 0.5:
            result = day.say("已完成并回报。", "Done and reported.")
            do_finish_action_item(item.owner, number=item.number, result=result, clock=day.clock)
            day.write("action.done", item.number)
