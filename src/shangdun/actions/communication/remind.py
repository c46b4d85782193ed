"""Reminding whoever answers for a line: before its day, on it, after it, and when it was missed."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.rhythm.reminders import step_due
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.communication import get_item
from shangdun.records.messages import console_zone
from shangdun.records.models import Communication, CommunicationState
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

AHEAD = (3,)
LATE_EVERY, LATE_MOST = 3, 3


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_item(actor: Actor, *, item_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """The newest reminder that its day asks for, once; of a missed one the word that it is."""
    item = get_item(actor, item_id)
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    if item.state == CommunicationState.MISSED:
        step = "missed"
    elif item.is_open:
        step = step_due(today, item.due_on, AHEAD, LATE_EVERY, LATE_MOST)
    else:
        step = ""
    if not step or step in item.reminded:
        return Unchanged("")
    item.reminded = [*item.reminded, step]
    item.save(update_fields=["reminded"])
    owner = item.line.owner
    people = (owner.pk,) if owner and owner.is_active else ()
    missed = step == "missed"
    if missed and item.made_at.astimezone(console_zone()).date() > item.closes_on:
        return _told_together(item, step, now)
    groups = (Group.LEADERSHIP,) if missed or not people else ()
    data = {
        "path": f"/communication/{item.pk}/",
        "title_of": item.title,
        "due": item.due_on.isoformat(),
        "owner": (owner.get_full_name() or owner.username) if owner else "",
        "waits": _waits(item),
    }
    kind = "communication_missed" if missed else "communication_due"
    notice = Notice(kind, None, groups, f"{kind}:{item.pk}:{step}", people=people, data=data)
    queue_message(notice, now)
    return Done(step, ("communication", item.pk), now, {"step": step})


def _told_together(item: Communication, step: str, now: datetime) -> Outcome[str]:
    """Nothing ran while it was due: all that was missed so is told in one message a day."""
    day = now.astimezone(console_zone()).date().isoformat()
    data = {"path": "/communication/due/?show=missed"}
    key = f"communication_gap:{day}"
    queue_message(Notice("communication_gap", None, (Group.LEADERSHIP,), key, data=data), now)
    return Done(step, ("communication", item.pk), now, {"step": step, "together": True})


def _waits(item: Communication) -> dict[str, str]:
    """What it waits for, in both languages."""
    if item.state == CommunicationState.DUE:
        return {"zh": "起草", "en": "its text"}
    if item.line.needs_approval and item.state == CommunicationState.DRAFTED:
        return {"zh": "审批", "en": "an approval"}
    return {"zh": "发送或登记凭证", "en": "being told, and the proof of it"}
