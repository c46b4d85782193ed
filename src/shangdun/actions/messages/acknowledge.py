"""Saying that a message was seen: in the page, or by the link that came with it."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound
from shangdun.records.acknowledging import acknowledged_delivery
from shangdun.records.actor import Actor, System, person
from shangdun.records.messages import get_inbox_item
from shangdun.records.models import (
    Delivery,
    DeliveryState,
    InboxItem,
    Message,
    TimelineKind,
    User,
)
from shangdun.records.roles import Capability

LINK = System("system:link")
REPORTS = frozenset({"reported", "asked"})
"""Who acknowledges these has taken note of the incident itself."""


@action(Capability.REPORT_INCIDENT, Capability.WORK_TASKS)
def do_acknowledge_message(
    actor: Actor, item_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message]:
    """A person acknowledges a message of the own list."""
    now = clock.now()
    item = get_inbox_item(actor, item_id)
    InboxItem.objects.filter(pk=item.pk, read_at=None).update(read_at=now)
    return _acknowledge(actor, item.message, now, by=person(actor), via="")


@action(Capability.RUN_PLAYBOOKS)
def do_acknowledge_by_link(
    actor: System, token: str, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message]:
    """Whoever holds the link that a message brought; its channel, or its person, is on record."""
    now = clock.now()
    delivery = acknowledged_delivery(token, now)
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENT).update(
        state=DeliveryState.ACKNOWLEDGED
    )
    whose = delivery.person or delivery.channel.person
    return _acknowledge(actor, delivery.message, now, by=whose, via=delivery.channel.name)


def _acknowledge(
    actor: Actor, message: Message, now: datetime, *, by: User | None, via: str
) -> Outcome[Message]:
    root = message.cause or message
    if not root.needs_acknowledgement and not message.needs_acknowledgement:
        raise NotFound("this message asks for no acknowledgement", fix="reading it is enough")
    if root.acknowledged_at:
        return Unchanged(root)
    for one in (root, *root.escalated.filter(acknowledged_at=None)):
        one.acknowledged_at, one.acknowledged_by, one.acknowledged_via = now, by, via
        one.escalate_at = None
        one.save(
            update_fields=[
                "acknowledged_at",
                "acknowledged_by",
                "acknowledged_via",
                "escalate_at",
            ]
        )
    incident = root.incident
    if incident:
        data = {
            "what": "acknowledged",
            "kind": root.kind,
            "by": by.username if by else "",
            "via": via,
        }
        write_timeline(incident, by or actor, TimelineKind.MESSAGE, now, data=data)
        if root.kind in REPORTS and incident.acknowledged_at is None:
            incident.acknowledged_at = now
            incident.save(update_fields=["acknowledged_at"])
    payload = {"kind": root.kind, "by": by.username if by else "", "via": via}
    return Done(root, ("message", root.pk), now, payload)
