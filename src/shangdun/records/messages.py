"""Messages as they are read: channels, people's own lists, deliveries, what may be seen of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import NotFound
from shangdun.notify.routing import Quiet, Way
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    Channel,
    Delivery,
    DeliveryState,
    InboxItem,
    MessageSettings,
    User,
)
from shangdun.records.models.organisation import ContactKind
from shangdun.records.organisation import contacts, members, on_call_everywhere
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group


def message_settings() -> MessageSettings:
    """What holds for all channels; before anybody said anything, the defaults."""
    return MessageSettings.objects.first() or MessageSettings(pk=1)


@lru_cache(maxsize=1)
def console_zone() -> ZoneInfo:
    """The time zone of the console's people, in which quiet hours are meant."""
    return ZoneInfo(load_config(home_directory()).web.time_zone)


def ways() -> list[Way]:
    """The channels that are switched on, as routing sees them."""
    return [way_of(channel) for channel in Channel.objects.filter(enabled=True).order_by("pk")]


def way_of(channel: Channel) -> Way:
    quiet = (
        Quiet(channel.quiet_from, channel.quiet_to)
        if channel.quiet_from is not None and channel.quiet_to is not None
        else None
    )
    return Way(
        channel=channel.pk,
        group=channel.group,
        person=channel.person_id,
        each=channel.each,
        min_grade=channel.min_grade,
        quiet=quiet,
    )


def people_of(groups: Iterable[Group]) -> frozenset[int]:
    """Everybody who is active and belongs to one of the groups."""
    return frozenset(user.pk for group in groups for user in members(group))


def on_duty(groups: Iterable[Group], at: datetime) -> frozenset[int]:
    """Who is on call for one of the groups at that moment."""
    everywhere = on_call_everywhere(at)
    return frozenset(user.pk for group in groups for user in everywhere[group])


def email_of(user: User) -> str:
    """The person's own address for messages, or nothing."""
    kept = [contact.value for contact in contacts(user) if contact.kind is ContactKind.EMAIL]
    return kept[0] if kept else user.email


def visible_channels(actor: Actor) -> QuerySet[Channel]:
    require(actor, Capability.VIEW_CHANNELS)
    return Channel.objects.select_related("person").order_by("name")


def get_channel(actor: Actor, channel_id: int) -> Channel:
    channel = visible_channels(actor).filter(pk=channel_id).first()
    if channel is None:
        raise NotFound(f"there is no channel {channel_id}", fix="see Settings › Channels")
    return channel


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Newest first."""
    require(actor, Capability.VIEW_CHANNELS)
    return Delivery.objects.select_related("message__incident", "channel").order_by("-pk")


def undelivered(actor: Actor) -> QuerySet[Delivery]:
    """What was given up, or fails and is still tried."""
    stuck = Q(state=DeliveryState.DEAD) | Q(state=DeliveryState.FAILED)
    return visible_deliveries(actor).filter(stuck)


def inbox_of(actor: Actor) -> QuerySet[InboxItem]:
    """The person's own messages, newest first; the system has none."""
    items = InboxItem.objects.select_related("message__incident", "message__acknowledged_by")
    return items.filter(person=person(actor), person__isnull=False).order_by("-message__at", "-pk")


def get_inbox_item(actor: Actor, item_id: int) -> InboxItem:
    item = inbox_of(actor).filter(pk=item_id).first()
    if item is None:
        raise NotFound(f"there is no message {item_id}", fix="see your messages")
    return item
