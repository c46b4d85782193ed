"""How far deliveries are: figures that change by the second, which the ledger does not keep.

What is said, to whom, and that somebody acknowledged it are actions with their entries; what is
written here follows from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from shangdun.notify.backoff import pause
from shangdun.notify.failure import Failure
from shangdun.notify.routing import SERIOUS
from shangdun.records.models import Channel, Delivery, DeliveryState, InboxItem, Message, Urgency

WAITING = (DeliveryState.QUEUED, DeliveryState.FAILED)
TEST = "test"


def requeue_lost() -> int:
    """What was being sent when its process ended is sent again, and says that it may repeat."""
    lost = Delivery.objects.filter(state=DeliveryState.SENDING)
    return lost.update(state=DeliveryState.QUEUED, repeated=True)


def release_held(now: datetime) -> int:
    """Quiet hours let go what has become 重大 since."""
    held = Delivery.objects.filter(
        held=True, state=DeliveryState.QUEUED, message__incident__grade__gte=SERIOUS
    )
    return held.update(held=False, next_at=now)


def due(now: datetime, busy: Collection[int], *, failing: bool) -> Delivery | None:
    """The next delivery of a channel that is not busy: urgent ones first, then the longest due.

    ``failing`` also of channels that did not answer lately.
    """
    waiting = Delivery.objects.filter(
        state__in=WAITING, next_at__lte=now, channel__enabled=True
    ).exclude(channel_id__in=busy)
    if not failing:
        waiting = waiting.filter(channel__failing_since=None)
    return (
        waiting.select_related("message__incident", "channel", "person")
        .order_by("-message__urgency", "next_at", "pk")
        .first()
    )


def claim(delivery: Delivery) -> bool:
    """Mark it as being sent; False when somebody else has it or its state changed meanwhile."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state__in=WAITING)
    return waiting.update(state=DeliveryState.SENDING, attempts=delivery.attempts + 1) == 1


def note_sent(delivery: Delivery, now: datetime) -> None:
    """The service took it."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING).update(
            state=DeliveryState.SENT, sent_at=now, error="", held=False
        )
        Channel.objects.filter(pk=delivery.channel_id).update(
            last_sent=now, failing_since=None, error=""
        )


def note_failed(delivery: Delivery, failure: Failure, now: datetime) -> None:
    """It did not arrive: tried again after a while, or given up; a test is not tried again."""
    message = delivery.message
    wait = pause(
        delivery.attempts + 1,
        urgent=message.urgency == Urgency.URGENT,
        seed=f"{message.key}/{delivery.channel_id}",
    )
    again = wait is not None and message.kind != TEST
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING).update(
            state=DeliveryState.FAILED if again else DeliveryState.DEAD,
            error=failure.stored,
            next_at=now + wait if again and wait else now,
        )
        channel = Channel.objects.filter(pk=delivery.channel_id)
        channel.update(error=failure.stored)
        channel.filter(failing_since=None).update(failing_since=now)


def mark_read(person_id: int, items: Iterable[int] | None, now: datetime) -> int:
    """A person has seen these messages of the own list; None: all of them."""
    unread = InboxItem.objects.filter(person_id=person_id, read_at=None)
    if items is not None:
        unread = unread.filter(pk__in=list(items))
    return unread.update(read_at=now)


def to_escalate(now: datetime) -> list[Message]:
    """Urgent messages that nobody acknowledged in time."""
    late = Message.objects.filter(
        Q(incident=None) | ~Q(incident__state="closed"),
        acknowledged_at=None,
        escalate_at__lte=now,
    )
    return list(late.select_related("incident").order_by("escalate_at", "pk"))
