"""Incidents told to suppliers and partners: kind, grade and what is asked of them, no more."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, Happened, _facts
from shangdun.actions.reports.sections import plain
from shangdun.govern.communication.drafts import filled
from shangdun.notify.templates import words
from shangdun.records.models import Incident

title = pgettext_lazy("maker", "Bulletin of a major incident for people outside")
FROM_GRADE = 2
"""较大: below it an incident stays inside unless somebody adds it by hand."""


def happened(asked: Asked) -> Iterator[Happened]:
    """Real incidents of grade 较大 and above in which the plan was started."""
    rows = Incident.objects.filter(
        drill=None, merged_into=None, grade__gte=FROM_GRADE,
        activated_at__gte=asked.begins_at, activated_at__lte=asked.now,
    )  # fmt: skip
    for row in rows.order_by("activated_at", "pk"):
        at = row.activated_at or asked.now
        yield Happened(
            f"incident:{row.number}", at,
            _("Incident #%(n)d: bulletin to those outside") % {"n": row.number},
            {"kind": "incident", "number": row.number, "path": f"/incidents/{row.number}/"},
        )  # fmt: skip


def draft(asked: Asked) -> Draft:
    """What they need to know, from the incident's own fields."""
    row = Incident.objects.filter(number=asked.about.get("number", 0)).first()
    here, known = _facts.side(asked.language), words()
    told = {
        "type": known["type"].get(row.type, {}).get(here, row.type) if row else "",
        "grade": known["grade"][str(row.grade)][here] if row else "",
        "state": known["state"].get(row.state, {}).get(here, row.state) if row else "",
    }
    values = {name: plain(value) for name, value in told.items()}
    values |= {
        "day": asked.since.isoformat(),
        "greeting": _facts.greeting(asked),
        "company": _facts.company_name(asked),
    }
    text = filled("incident_outside", asked.language, values)
    return Draft(text.title, text.body)
