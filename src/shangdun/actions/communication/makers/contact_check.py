"""Emergency contacts outside, called and checked."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, Proof
from shangdun.actions.reports.sections import plain, table
from shangdun.govern.communication.drafts import filled
from shangdun.govern.rhythm.periods import Period, span_of
from shangdun.records.communication import contacts_for

title = pgettext_lazy("maker", "Contacts outside, to be called and checked")


def draft(asked: Asked) -> Draft:
    """The contacts, with the day each was last seen to be right."""
    rows = [
        (row.organisation, row.person, row.checked_on.isoformat() if row.checked_on else "—")
        for row in contacts_for(asked.line)
    ]
    head = (_("Organisation"), _("Person"), _("Last checked"))
    values = {
        "period": span_of(Period.HALF, asked.since).key,
        "contacts": table(head, rows) if rows else _("There are no contacts yet."),
    }
    text = filled("contact_check", asked.language, values)
    return Draft(text.title, text.body)


def proof(asked: Asked) -> Proof | None:
    """Every contact was checked in the half-year."""
    rows = contacts_for(asked.line)
    days = [row.checked_on for row in rows if row.checked_on]
    if not rows or len(days) < len(rows) or min(days) < asked.since:
        return None
    text = _("All %(n)d contacts were checked, the last on %(day)s.") % {
        "n": len(rows),
        "day": plain(max(days).isoformat()),
    }
    at = datetime.combine(max(days), time(12), asked.zone)
    return Proof(min(at, asked.now), text, "/communication/contacts/", len(rows))
