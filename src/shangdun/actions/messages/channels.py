"""Channels: added, changed, removed, tried out; and what was given up, sent again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import IntegrityError, transaction

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.progress import TEST
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.kernel.ids import content_id
from shangdun.notify.address import Address, check_address
from shangdun.records.actor import Actor, actor_name
from shangdun.records.channel_address import address_of_channel, sealed_address
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import get_channel, message_settings, visible_deliveries
from shangdun.records.models import (
    Channel,
    ChannelLanguage,
    Delivery,
    DeliveryState,
    Message,
    MessageSettings,
)
from shangdun.records.roles import Capability
from shangdun.records.sealing import blind
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

MOST_CHANNELS = 100
GRADES = 4
EACH_SCHEMES = frozenset({"mailto", "mailtos"})
LONGEST_NAME = 100


@dataclass(frozen=True)
class ChannelForm:
    """What a person fills in; ``address`` empty keeps the one that is there."""

    name: str
    address: str = ""
    group: str = ""
    person_id: int | None = None
    each: bool = False
    language: str = ChannelLanguage.CHINESE.value
    min_grade: int = 0
    quiet_from: time | None = None
    quiet_to: time | None = None
    enabled: bool = True


@action(Capability.MANAGE_CHANNELS)
def do_add_channel(
    actor: Actor, form: ChannelForm, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Channel]:
    """Add a channel. Raises ``UsageError`` (``channel.…``)."""
    del actor
    now = clock.now()
    if Channel.objects.count() >= MOST_CHANNELS:
        raise UsageError("there are enough channels", code="channel.many", fix="remove one first")
    address = check_address(form.address)
    channel = Channel(created=now)
    _fill(channel, form, address)
    _save(channel)
    return Done(channel, ("channel", channel.pk), now, _told(channel, form.address))


@action(Capability.MANAGE_CHANNELS)
def do_change_channel(
    actor: Actor,
    channel_id: int,
    form: ChannelForm,
    *,
    version: int,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Channel]:
    """Change a channel as it was seen. Raises ``EditConflict``, ``UsageError``."""
    channel = get_channel(actor, channel_id)
    if channel.version != version:
        raise EditConflict(
            "somebody changed this channel meanwhile",
            where=f"channel {channel.name}",
            mine={"version": version, **shown(form)},
            theirs={"version": channel.version, **shown(standing(channel))},
        )
    if not form.address.strip() and standing(channel) == form:
        return Unchanged(channel)
    kept = address_of_channel(channel)
    url = form.address.strip() or kept
    _fill(channel, form, check_address(url), url=url)
    if url != kept:
        channel.failing_since, channel.error, channel.last_sent = None, "", None
    channel.version += 1
    _save(channel)
    return Done(channel, ("channel", channel.pk), clock.now(), _told(channel, url))


@action(Capability.MANAGE_CHANNELS)
def do_remove_channel(
    actor: Actor, channel_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """Remove a channel and its deliveries; the messages stay in people's own lists."""
    del actor
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        return Unchanged(None)
    payload = {"name": channel.name, "shown": channel.shown}
    channel.delete()
    return Done(None, ("channel", channel_id), clock.now(), payload)


@action(Capability.MANAGE_CHANNELS)
def do_test_channel(
    actor: Actor, channel_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Delivery]:
    """Send a test message; a test that still waits is not asked for twice.

    Through a channel to each person it goes to the one who asks.
    """
    now = clock.now()
    channel = get_channel(actor, channel_id)
    running = channel.deliveries.filter(
        message__kind=TEST, state__in=(DeliveryState.QUEUED, DeliveryState.SENDING)
    ).first()
    if running:
        return Unchanged(running)
    who = getattr(actor, "username", "") or actor_name(actor)
    message = Message.objects.create(
        key=f"test/{channel.pk}/{content_id(now.isoformat(), channel.pk)}",
        kind=TEST,
        at=now,
        data={"channel": channel.name, "by": who, "when": now.isoformat()},
    )
    delivery = Delivery.objects.create(
        message=message,
        channel=channel,
        next_at=now,
        person_id=getattr(actor, "pk", None) if channel.each else None,
    )
    channel.tested_at = now
    channel.save(update_fields=["tested_at"])
    return Done(delivery, ("channel", channel.pk), now, {"name": channel.name})


@action(Capability.MANAGE_CHANNELS)
def do_resend_delivery(
    actor: Actor, delivery_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Delivery]:
    """Begin anew with a delivery that was given up, or fails and would wait."""
    now = clock.now()
    delivery = visible_deliveries(actor).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(f"there is no delivery {delivery_id}", fix="see what was not delivered")
    if delivery.state not in {DeliveryState.DEAD, DeliveryState.FAILED}:
        return Unchanged(delivery)
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.QUEUED, 0, now
    delivery.save(update_fields=["state", "attempts", "next_at"])
    payload = {"channel": delivery.channel.name, "kind": delivery.message.kind}
    return Done(delivery, ("delivery", delivery.pk), now, payload)


@action(Capability.MANAGE_CHANNELS)
def do_change_message_settings(
    actor: Actor, values: dict[str, Any], *, version: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[MessageSettings]:
    """Address of the console, minutes until the next is asked, minutes between updates."""
    del actor
    row = message_settings()
    if row.version != version:
        raise EditConflict(
            "somebody changed these settings meanwhile",
            mine={"version": version, **values},
            theirs={"version": row.version} | {name: getattr(row, name) for name in values},
        )
    if all(getattr(row, name) == value for name, value in values.items()):
        return Unchanged(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return Done(row, ("message_settings", row.pk), clock.now(), dict(values))


def standing(channel: Channel) -> ChannelForm:
    """The channel as its form would show it; the address is not in it."""
    return ChannelForm(
        name=channel.name,
        group=channel.group,
        person_id=channel.person_id,
        each=channel.each,
        language=channel.language,
        min_grade=channel.min_grade,
        quiet_from=channel.quiet_from,
        quiet_to=channel.quiet_to,
        enabled=channel.enabled,
    )


def shown(form: ChannelForm) -> dict[str, Any]:
    """For showing two versions beside each other."""
    quiet = (
        f"{form.quiet_from:%H:%M}–{form.quiet_to:%H:%M}"
        if form.quiet_from and form.quiet_to
        else ""
    )
    return {
        "name": form.name,
        "group": form.group,
        "language": form.language,
        "min_grade": form.min_grade,
        "quiet": quiet,
        "enabled": form.enabled,
    }


def _fill(channel: Channel, form: ChannelForm, address: Address, *, url: str = "") -> None:
    name = " ".join(clean_text(form.name).split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(
            "a channel needs a name", code="channel.name", fix="at most 100 characters"
        )
    _check(form, address)
    channel.name, channel.group, channel.each = name, form.group, form.each
    channel.person_id = form.person_id
    channel.language, channel.min_grade = form.language, form.min_grade
    channel.quiet_from, channel.quiet_to = form.quiet_from, form.quiet_to
    channel.enabled = form.enabled
    channel.scheme, channel.shown = address.scheme, address.shown
    channel.sealed = sealed_address(url or form.address.strip())


def _check(form: ChannelForm, address: Address) -> None:
    if form.each and address.scheme not in EACH_SCHEMES:
        raise UsageError(
            "only e-mail goes to each person", code="channel.each", fix="use a mailto:// address"
        )
    if form.group and form.group not in set(Group):
        raise UsageError("there is no such group", code="channel.group", fix="choose one")
    if not 0 <= form.min_grade <= GRADES or form.language not in ChannelLanguage.values:
        raise UsageError("this is no grade or language", code="channel.grade", fix="choose one")
    one_alone = (form.quiet_from is None) != (form.quiet_to is None)
    if one_alone or (form.quiet_from is not None and form.quiet_from == form.quiet_to):
        raise UsageError(
            "quiet hours have a beginning and an end",
            code="channel.quiet",
            fix="give both times, or neither",
        )


def _save(channel: Channel) -> None:
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        raise UsageError(
            "there is a channel of this name already", code="channel.taken", fix="choose another"
        ) from error


def _told(channel: Channel, url: str) -> dict[str, Any]:
    return {
        "name": channel.name,
        "shown": channel.shown,
        # under the key: whoever reads the ledger must not be able to try out addresses
        "address": blind(url, "channel"),
        "group": channel.group,
        "person": channel.person_id or 0,
        "enabled": channel.enabled,
        "min_grade": channel.min_grade,
        "quiet": bool(channel.quiet_from),
    }
