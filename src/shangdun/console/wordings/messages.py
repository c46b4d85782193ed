"""Messages, channels and reports, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.records.models import TimelineKind

ACTIONS: dict[str, Promise] = {
    "add_channel": gettext_lazy("added a channel for messages"),
    "change_channel": gettext_lazy("changed a channel for messages"),
    "remove_channel": gettext_lazy("removed a channel for messages"),
    "test_channel": gettext_lazy("tried a channel out"),
    "resend_delivery": gettext_lazy("sent a message again"),
    "change_message_settings": gettext_lazy("changed the settings of messages"),
    "acknowledge_message": gettext_lazy("acknowledged a message"),
    "acknowledge_by_link": gettext_lazy("acknowledged a message by its link"),
    "escalate_message": gettext_lazy("sent a message on that nobody acknowledged"),
    "send_update": gettext_lazy("sent a situation report"),
    "take_in_report": gettext_lazy("took in a report that had been kept"),
    "change_report_link": gettext_lazy("changed the link for reports without an account"),
}
PROBLEMS: dict[str, Promise] = {
    "channel.address": gettext_lazy(
        "No service understands this address. Copy it whole from the service's own page."
    ),
    "channel.local": gettext_lazy(
        "This address reaches nobody but this machine, or reads its files."
    ),
    "channel.name": gettext_lazy("A channel needs a name, of at most 100 characters."),
    "channel.taken": gettext_lazy("There is a channel of this name already."),
    "channel.many": gettext_lazy("There are enough channels: remove one first."),
    "channel.each": gettext_lazy("Only e-mail goes to each person."),
    "channel.group": gettext_lazy("Choose a group."),
    "channel.grade": gettext_lazy("Choose a grade and a language."),
    "channel.quiet": gettext_lazy("Quiet hours have a beginning and an end that differ."),
    "message.kind": gettext_lazy("There is no such message."),
    "message.template": gettext_lazy("A message's template cannot be read."),
    "report.link": gettext_lazy("This link is not valid any more. Ask for the new one."),
    "report.often": gettext_lazy("Too many reports came at once. Try again in a minute."),
    "report.full": gettext_lazy(
        "The report could not be kept: the disk is full. Call the response group at once."
    ),
}
ICONS: dict[str, str] = {
    TimelineKind.MESSAGE: "envelope-open",
    TimelineKind.ESCALATION: "arrow-trending-up",
}
KINDS: dict[str, Promise] = {
    "reported": gettext_lazy("the report"),
    "asked": gettext_lazy("the question to leadership"),
    "ordered": gettext_lazy("the order"),
    "task_assigned": gettext_lazy("a task"),
    "task_overdue": gettext_lazy("an overdue task"),
    "clock_reminder": gettext_lazy("a reporting deadline"),
    "notice_approval": gettext_lazy("a customer notice to approve"),
}


def _kind(data: Mapping[str, Any]) -> str:
    return str(KINDS.get(str(data.get("kind", "")), _("a message")))


def _acknowledged(data: Mapping[str, Any]) -> str:
    if data.get("via"):
        return _("acknowledged %(what)s through %(channel)s") % {
            "what": _kind(data),
            "channel": data["via"],
        }
    return _("acknowledged %(what)s") % {"what": _kind(data)}


def _escalated(data: Mapping[str, Any]) -> str:
    return _("nobody acknowledged %(what)s in time: it went to the next") % {"what": _kind(data)}


TALES = {
    (TimelineKind.MESSAGE, "acknowledged"): _acknowledged,
    (TimelineKind.ESCALATION, "escalated"): _escalated,
}
