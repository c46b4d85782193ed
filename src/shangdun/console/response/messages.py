"""Messages for pages: texts in the page's language, failures in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shangdun.notify.failure import Cause, read_failure
from shangdun.notify.templates import Rendered
from shangdun.records.composing import composed
from shangdun.records.models import Channel, Delivery, InboxItem, Message, PlanGroup

CAUSES: dict[Cause, Promise] = {
    Cause.NAME: _("The server's name is not known. Check its spelling, and this machine's DNS."),
    Cause.REFUSED: _("The server does not take connections. Check host, port and firewall."),
    Cause.TIMEOUT: _("The server did not answer in time. Check host, port and firewall."),
    Cause.TLS: _("Encryption failed. Check the port, the kind of encryption, the certificate."),
    Cause.CREDENTIALS: _("The server refused the account, password, token or signature."),
    Cause.RECIPIENT: _("The server refused the recipient or sender, or none is known."),
    Cause.NOT_FOUND: _("The service does not know this address: robot deleted, or mistyped."),
    Cause.BUSY: _("The service asks to send less often. It is tried again."),
    Cause.SERVER: _("The service itself is out of order. It is tried again."),
    Cause.REJECTED: _("The service answered, but refused the message. Its own words follow."),
    Cause.FORBIDDEN: _("This address leads to a place that no message may go to."),
    Cause.ADDRESS: _("No service understands this address. Enter it anew."),
    Cause.HUNG: _("The service took the connection and then said nothing. It was cut off."),
    Cause.SEALED: _("The message could not be prepared: see the words below."),
    Cause.OTHER: _("It did not work. What was said follows."),
}


@dataclass(frozen=True)
class Told:
    """A failure: what it means, and the exact words."""

    sentence: Promise
    detail: str


def failure_of(stored: str) -> Told | None:
    """The kept error of a channel or delivery, for people; None where there is none."""
    if not stored:
        return None
    failure = read_failure(stored)
    return Told(CAUSES[failure.cause], failure.detail)


def text_of(message: Message) -> Rendered:
    """The message in the page's language."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return composed(message, language, link="")  # a page has its own way there


@dataclass(frozen=True)
class Letter:
    """One message of a person's own list."""

    item: InboxItem
    text: Rendered

    @property
    def waits(self) -> bool:
        """Whether it asks for an acknowledgement that nobody has given."""
        message = self.item.message
        return message.needs_acknowledgement and message.acknowledged_at is None

    @property
    def unread(self) -> bool:
        return self.item.read_at is None

    @property
    def way(self) -> str:
        """Where in the console it leads, as its link outside does; empty where it names no page."""
        path = str(self.item.message.data.get("path", ""))
        return path if re.match(r"/(?!/)", path) else ""


def letters(items: list[InboxItem]) -> list[Letter]:
    return [Letter(item, text_of(item.message)) for item in items]


@dataclass(frozen=True)
class Sent:
    """One delivery."""

    row: Delivery
    title: str
    failure: Told | None

    @property
    def final(self) -> bool:
        return self.row.state in {"sent", "acknowledged", "dead"}


def sent(rows: list[Delivery]) -> list[Sent]:
    return [Sent(row, text_of(row.message).title, failure_of(row.error)) for row in rows]


@dataclass(frozen=True)
class ChannelView:
    """One channel of the list."""

    row: Channel
    failure: Told | None

    @property
    def condition(self) -> str:
        """off, failing, well or untried."""
        if not self.row.enabled:
            return "off"
        if self.row.failing_since:
            return "failing"
        return "well" if self.row.last_sent else "untried"

    @property
    def group(self) -> str:
        """The name of the group it takes messages of."""
        return str(PlanGroup(self.row.group).label) if self.row.group else ""

    @property
    def since(self) -> datetime | None:
        return self.row.failing_since


def channel_view(row: Channel) -> ChannelView:
    return ChannelView(row, failure_of(row.error) if row.failing_since else None)
