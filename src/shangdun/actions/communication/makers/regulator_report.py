"""Reports to regulators: due by the clocks of the law, proven by what was handed in."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Happened, Proof
from shangdun.records.composing import shown_time
from shangdun.records.models import Clock, ClockState

title = pgettext_lazy("maker", "Reports to regulators, proven by what was handed in")


def happened(asked: Asked) -> Iterator[Happened]:
    """Every clock that began to run on a real incident and asks for a report."""
    rows = Clock.objects.filter(
        incident__drill=None,
        started_at__gte=asked.begins_at,
        started_at__lte=asked.now,
        state__in=(ClockState.RUNNING, ClockState.MET, ClockState.MISSED),
    ).select_related("incident")
    for row in rows.order_by("started_at", "pk"):
        if str(row.frozen.get("form", "")).endswith("individuals"):
            continue  # to the people affected: a notice, not a report
        number = row.incident.number
        due = row.due_at.astimezone(asked.zone).date() if row.due_at else None
        words = {"n": number, "duty": row.words("duty", asked.language)}
        yield Happened(
            f"clock:{row.pk}",
            row.started_at or asked.now,
            _("Incident #%(n)d: %(duty)s") % words,
            {"kind": "clock", "clock": row.pk, "number": number,
             "path": f"/incidents/{number}/clocks/"},
            due,
        )  # fmt: skip


def proof(asked: Asked) -> Proof | None:
    """When the report went out."""
    row = Clock.objects.filter(pk=asked.about.get("clock", 0)).select_related("incident").first()
    if row is None or row.met_at is None:
        return None
    text = _("Handed in %(at)s.") % {"at": shown_time(row.met_at)}
    if row.due_at:
        text += " " + _("The law's deadline: %(at)s.") % {"at": shown_time(row.due_at)}
    return Proof(row.met_at, text, f"/incidents/{row.incident.number}/clocks/")
