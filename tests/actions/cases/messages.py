"""Messages, channels, reports that were kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shangdun.actions.messages.acknowledge import LINK
from shangdun.actions.messages.channels import ChannelForm, do_add_channel
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.config import home_directory
from shangdun.records.acknowledging import acknowledge_token
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import (
    Channel,
    Delivery,
    InboxItem,
    Incident,
    Message,
    MessageSettings,
    User,
)
from shangdun.records.report_spool import kept_from, new_uid
from shangdun.records.roles import Role
from shangdun.respond.groups import Group
from shangdun.respond.report import Report

Call = tuple[tuple[Any, ...], dict[str, Any]]
LONG_AGO = datetime(2026, 3, 4, 9, tzinfo=UTC)
FORM = ChannelForm("case", "json://127.0.0.1:9/case")


def _channel() -> Channel:
    return Channel.objects.filter(name="of cases").first() or do_add_channel(
        SETUP, ChannelForm("of cases", "json://127.0.0.1:9/x"), clock=FixedClock(LONG_AGO)
    )


def _message(world: Any, at: datetime) -> Message:
    _channel()
    notice = Notice(
        kind="reported",
        incident=world.incident,
        groups=tuple(Group),
        urgency="urgent",
        key=new_uid(),
    )
    return queue_message(notice, at)


def _change(world: Any) -> Call:
    del world
    row = _channel()
    return (row.pk, ChannelForm("of cases", min_grade=2)), {"version": row.version}


def _failed(world: Any) -> Call:
    message = _message(world, LONG_AGO)
    delivery = message.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(state="dead")
    return (delivery.pk,), {}


def _item(world: Any) -> Call:
    message = _message(world, datetime.now(UTC))
    whose = User.objects.filter(username="actor").first() or world.boss
    item, _made = InboxItem.objects.get_or_create(message=message, person=whose)
    return (item.pk,), {}


def _link(world: Any) -> Call:
    return (acknowledge_token(_message(world, datetime.now(UTC)).deliveries.get()),), {}


def _late(world: Any) -> Call:
    return (_message(world, LONG_AGO).pk,), {}


def _active(world: Any) -> Call:
    Incident.objects.filter(pk=world.incident.pk).update(state="active", activated_at=LONG_AGO)
    return (world.incident.pk,), {}


def _kept(world: Any) -> Call:
    del world
    report = Report(title="Odd mail", type="data_breach")
    return (kept_from(report, uid=new_uid(), via="link", at=LONG_AGO),), {}


def _settings(world: Any) -> Call:
    del world
    row = MessageSettings.objects.first() or MessageSettings()
    return ({"ack_minutes": row.ack_minutes + 1},), {"version": row.version}


CASES = {
    "add_channel": lambda world: ((FORM,), {}),
    "change_channel": _change,
    "remove_channel": lambda world: ((_channel().pk,), {}),
    "test_channel": lambda world: ((_channel().pk,), {}),
    "resend_delivery": _failed,
    "change_message_settings": _settings,
    "acknowledge_message": _item,
    "acknowledge_by_link": _link,
    "escalate_message": _late,
    "send_update": _active,
    "take_in_report": _kept,
    "change_report_link": lambda world: ((home_directory(),), {"renew": True, "opened": True}),
}
ADMIN = {Role.ADMINISTRATOR}
MAY = {
    **dict.fromkeys(
        (
            "add_channel", "change_channel", "remove_channel", "test_channel", "resend_delivery",
            "change_message_settings", "change_report_link",
        ),
        ADMIN,
    ),
    "acknowledge_message": set(Role) - {Role.AUDITOR},
    "acknowledge_by_link": set(),
    "escalate_message": set(),
    "send_update": set(),
    "take_in_report": set(),
}  # fmt: skip
ACTORS = {
    "acknowledge_by_link": LINK,
    "escalate_message": JOBS,
    "send_update": JOBS,
    "take_in_report": JOBS,
}
