"""The outbox: what is to be said is written in the transaction of what it tells of.

Who says something calls ``queue_message`` within its own action. Who hears it and when is decided
at once (``notify.routing``); the courier carries it out afterwards, so that no channel can hold up
or undo what was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from shangdun.notify.routing import SERIOUS, Asked, route
from shangdun.notify.templates import template_of
from shangdun.records.messages import console_zone, message_settings, on_duty, people_of, ways
from shangdun.records.models import Delivery, InboxItem, Incident, Message, MessageSettings
from shangdun.respond.groups import Group


@dataclass(frozen=True)
class Notice:
    """What is to be said, and to whom.

    ``kind`` names the template in ``content/messages``; ``data`` are its fields: texts, numbers,
    lists, or ``{"zh": …, "en": …}``; those of the incident come by themselves. ``people`` are ids
    of people meant in person. ``key`` makes it unique: the same key is said once.
    """

    kind: str
    incident: Incident | None
    groups: tuple[Group, ...]
    key: str
    people: tuple[int, ...] = ()
    urgency: Literal["normal", "urgent"] = "normal"
    data: Mapping[str, Any] = field(default_factory=dict)


def queue_message(notice: Notice, at: datetime, *, cause: Message | None = None) -> Message:
    """Put a message into the outbox and into the people's own lists, within the caller's change.

    Raises ``UsageError`` (code ``message.kind``) for a kind without a template.
    """
    template = template_of(notice.kind)
    incident = notice.incident
    settings = message_settings()
    needs = template.acknowledge and notice.urgency == "urgent"
    message, made = Message.objects.get_or_create(
        key=notice.key,
        defaults={
            "kind": notice.kind,
            "incident": incident,
            "drill": incident is not None and incident.is_drill,
            "urgency": notice.urgency,
            "groups": [group.value for group in notice.groups],
            "data": dict(notice.data),
            "at": at,
            "needs_acknowledgement": needs,
            "escalate_at": at + patience(incident, settings)
            if needs and template.escalate
            else None,
            "cause": cause,
        },
    )
    if made:
        _address(message, notice, at)
    return message


def patience(incident: Incident | None, settings: MessageSettings) -> timedelta:
    """How long an urgent message waits for somebody before it goes to the next."""
    serious = incident is not None and incident.grade >= SERIOUS
    return timedelta(minutes=settings.ack_minutes_serious if serious else settings.ack_minutes)


def _address(message: Message, notice: Notice, at: datetime) -> None:
    members = people_of(notice.groups)
    asked = Asked(
        at=at,
        groups=frozenset(message.groups),
        people=frozenset(notice.people),
        members=members,
        on_call=on_duty(notice.groups, at),
        grade=notice.incident.grade if notice.incident else 0,
        urgent=notice.urgency == "urgent",
    )
    told = sorted(members | asked.people | asked.on_call)
    InboxItem.objects.bulk_create([InboxItem(message=message, person_id=person) for person in told])
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=message,
                channel_id=one.channel,
                person_id=one.person,
                next_at=one.at,
                held=one.held,
            )
            for one in route(asked, ways(), console_zone())
        ]
    )
