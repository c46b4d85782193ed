"""Messages, channels, reports: who may open them, and what they show."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.console.who import ADMIN, ALL, AUDITOR, OVERSEES

from shangdun.actions.messages import progress
from shangdun.actions.messages.channels import ChannelForm, do_add_channel
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.config import home_directory
from shangdun.notify.failure import Cause, Failure
from shangdun.records.acknowledging import acknowledge_token
from shangdun.records.actor import SETUP
from shangdun.records.models import Channel, Delivery, InboxItem, Incident, User
from shangdun.records.report_link import report_token
from shangdun.respond.groups import Group

EXPECTED = {
    "messages": ("get", ALL),
    "messages_bell": ("get", ALL),
    "messages_read": ("post", ALL),
    "message_seen": ("post", ALL),
    "message_acknowledge": ("post", set()),  # nobody sees another person's message
    "channels": ("get", OVERSEES),
    "channel": ("get", OVERSEES),
    "channel_live": ("get", OVERSEES),
    "channel_add": ("get", {ADMIN}),
    "channel_edit": ("get", {ADMIN}),
    "channel_test": ("post", {ADMIN}),
    "channel_remove": ("post", {ADMIN}),
    "undelivered": ("get", OVERSEES),
    "delivery_resend": ("post", {ADMIN}),
    "message_settings": ("get", {ADMIN}),
    "report_link": ("get", OVERSEES),
    "acknowledge_by_link": ("get", ALL),
    "public_report": ("get", ALL),
    "api:report": ("post", ALL - {AUDITOR}),
}
FOR_ANYBODY = {"acknowledge_by_link", "public_report"}
ORDER = 80
HOSTILE = "<script>alert(1)</script> http://evil.example/ @all"
MAIL = "mailtos://soc:seed@smtp.example.com:587?mode=starttls&from=soc@example.com"
CHANNELS = (
    ("值班钉钉群", "dingtalk://seedtokenseedtokenseedtoken", ""),
    ("领导小组邮箱", MAIL, "leadership"),
)
STARTED = {"zh": "启动预案", "en": "plan started"}
NEWS = ["10:01 " + HOSTILE, "10:02 …"]
TOLD = (
    ("reported", 40, "urgent", {"reporter": "chen", "what": HOSTILE}),
    ("ordered", 30, "urgent", {"decision": STARTED, "by": "zhou"}),
    ("update", 10, "normal", {"count": "2", "entries": NEWS, "since": "09:00", "until": "10:00"}),
)


def arguments() -> dict[str, dict[str, object]]:
    # Removing a channel removes its deliveries: the other addresses need one of another channel.
    channel = Channel.objects.order_by("-pk").first()
    delivery = Delivery.objects.exclude(channel=channel).order_by("pk").first()
    number = channel.pk if channel else 1
    return {
        **{
            name: {"channel_id": number}
            for name in (
                "channel",
                "channel_live",
                "channel_edit",
                "channel_test",
                "channel_remove",
            )
        },
        "delivery_resend": {"delivery_id": delivery.pk if delivery else 1},
        "message_seen": {"item_id": 1_000_000},
        "message_acknowledge": {"item_id": 1_000_000},
        "acknowledge_by_link": {"token": acknowledge_token(delivery) if delivery else "1-x"},
        "public_report": {"token": report_token(home_directory())},
    }


def paths() -> dict[str, str]:
    failing = Channel.objects.exclude(failing_since=None).get()
    return {
        "messages": "/messages/",
        "messages, unread": "/messages/?show=unread",
        "channels": "/settings/channels/",
        "channel": f"/settings/channels/{failing.pk}/",
        "channel, add": "/settings/channels/add/",
        "channel, edit": f"/settings/channels/{failing.pk}/edit/",
        "channels, undelivered": "/settings/channels/undelivered/",
        "channels, options": "/settings/channels/options/",
        "channels, reports": "/settings/channels/reports/",
    }


def SCREENS() -> dict[str, str]:  # noqa: N802  the name every part uses
    return {name.replace(", ", "-"): path for name, path in paths().items()} | {
        "public-report": f"/r/{report_token(home_directory())}/"
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """Two channels, one of which fails; messages of several kinds, one of them hostile."""
    del users, home
    clock = FixedClock(now)
    for name, address, group in CHANNELS:
        do_add_channel(SETUP, ChannelForm(name, address, group=group), clock=clock)
    incident = Incident.objects.order_by("-severity", "pk").first()
    if incident is None:
        return
    everybody = tuple(Group)
    for kind, minutes, urgency, data in TOLD:
        queue_message(
            Notice(
                kind=kind,
                incident=incident,
                groups=everybody,
                urgency=urgency,
                data=data,
                key=f"seed/{kind}",
            ),
            now - timedelta(minutes=minutes),
        )
    _carry(now)


def _carry(now: datetime) -> None:
    for delivery in Delivery.objects.select_related("message", "channel"):
        progress.claim(delivery)
        if delivery.channel.scheme == "dingtalk":
            progress.note_sent(delivery, now)
        else:
            failure = Failure(Cause.CREDENTIALS, "535 5.7.8 authentication failed")
            progress.note_failed(delivery, failure, now)
    dead = Delivery.objects.filter(state="failed").order_by("pk")[:1]
    Delivery.objects.filter(pk__in=list(dead.values_list("pk", flat=True))).update(state="dead")
    InboxItem.objects.filter(message__key="seed/update").update(read_at=now)
