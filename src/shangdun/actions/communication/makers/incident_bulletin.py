"""Incidents told inside the company: the response does it, and here it is proven."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Happened, Proof
from shangdun.records.composing import shown_time
from shangdun.records.models import Incident, Message

title = pgettext_lazy("maker", "Incidents, proven by the response's own messages")
KINDS = ("reported", "ordered", "update", "contained", "closed")
"""Messages of the response by which an incident is told and kept up to date."""


def happened(asked: Asked) -> Iterator[Happened]:
    """Every real incident in which the plan was started."""
    rows = Incident.objects.filter(
        drill=None, merged_into=None, activated_at__gte=asked.begins_at, activated_at__lte=asked.now
    )
    for row in rows.order_by("activated_at", "pk"):
        at = row.activated_at or asked.now
        name = _("Incident #%(n)d: told at once, then kept up to date") % {"n": row.number}
        yield Happened(
            f"incident:{row.number}", at, name,
            {"kind": "incident", "number": row.number, "path": f"/incidents/{row.number}/"},
        )  # fmt: skip


def proof(asked: Asked) -> Proof | None:
    """The first message about it, and how many updates followed."""
    number = asked.about.get("number", 0)
    told = Message.objects.filter(incident__number=number, kind__in=KINDS).order_by("at", "pk")
    first = told.first()
    if first is None:
        return None
    updates = told.filter(kind="update")
    last = updates.last()
    text = _("First told %(at)s.") % {"at": shown_time(first.at)}
    if last is not None:
        text += " " + _("%(n)d updates, the last %(at)s.") % {
            "n": updates.count(),
            "at": shown_time(last.at),
        }
    return Proof(first.at, text, f"/incidents/{number}/", first.inbox.count())
