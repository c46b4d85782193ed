"""An urgent message that nobody acknowledged goes to the next: who is on call, then leadership."""

from __future__ import annotations

from datetime import datetime, timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import write_timeline
from shangdun.actions.messages.queue import Notice, patience, queue_message
from shangdun.kernel.clock import Clock
from shangdun.notify.templates import render
from shangdun.records.actor import System
from shangdun.records.composing import fields_of
from shangdun.records.messages import message_settings
from shangdun.records.models import Message, TimelineKind
from shangdun.records.organisation import chain, members
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

MOST = 3
"""Everybody of its groups, leadership's first two, all of leadership: then everybody knows."""


@action(Capability.RUN_PLAYBOOKS)
def do_escalate_message(
    actor: System, message_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message | None]:
    """Ask the next, unless somebody acknowledged it meanwhile."""
    now = clock.now()
    message = Message.objects.select_related("incident").filter(pk=message_id).first()
    if message is None or message.acknowledged_at or not message.escalate_at:
        return Unchanged(None)
    if message.escalate_at > now:
        return Unchanged(None)
    level = message.escalations + 1
    waited = patience(message.incident, message_settings())
    message.escalations = level
    message.escalate_at = now + waited if level < MOST else None
    message.save(update_fields=["escalations", "escalate_at"])
    people, groups = _next(message, level, now)
    told = queue_message(
        Notice(
            kind="escalated",
            incident=message.incident,
            groups=groups,
            people=people,
            urgency="urgent",
            key=f"escalated/{message.pk}/{level}",
            data={
                "about": {name: _about(message, name) for name in ("zh", "en")},
                "minutes": max(1, (now - message.at) // timedelta(minutes=1)),
            },
        ),
        now,
        cause=message,
    )
    # the original goes on by itself: what it became must not start another chain
    Message.objects.filter(pk=told.pk).update(escalate_at=None)
    if message.incident:
        data = {"what": "escalated", "kind": message.kind, "level": level, "people": len(people)}
        write_timeline(message.incident, actor, TimelineKind.ESCALATION, now, data=data)
    payload = {"kind": message.kind, "level": level, "people": sorted(people)}
    return Done(told, ("message", message.pk), now, payload)


def _next(message: Message, level: int, at: datetime) -> tuple[tuple[int, ...], tuple[Group, ...]]:
    """Whom it goes to: everybody of its groups, then leadership's first two, then all of it."""
    if level == 1:
        groups = [Group(name) for name in message.groups]
        everybody = [user.pk for group in groups for user in members(group, at)]
        if everybody and Group.LEADERSHIP not in groups:
            return tuple(dict.fromkeys(everybody)), ()
    leaders = [user.pk for user in chain(at)]
    if level < MOST and leaders:
        return tuple(leaders[: max(level, 2)]), ()
    return (), (Group.LEADERSHIP,)


def _about(message: Message, language: str) -> str:
    return render(message.kind, language, fields_of(message)).title
