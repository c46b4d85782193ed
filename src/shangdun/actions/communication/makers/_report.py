"""Which report of a rhythm a line's period means."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shangdun.actions.communication.makers import Asked, Proof
from shangdun.records.models import ReportRun


def sent_report(asked: Asked, kind: str) -> Proof | None:
    """The report of that kind about the same days, if it was sent."""
    run = (
        ReportRun.objects.filter(kind=kind, since=asked.since, until=asked.until)
        .exclude(sent_at=None)
        .order_by("sent_at")
        .first()
    )
    if run is None or run.sent_at is None:
        return None
    sending = run.sendings.first()
    count = len(sending.people) if sending else None
    text = _("Report #%(n)d “%(title)s” was sent.") % {"n": run.number, "title": run.title}
    return Proof(run.sent_at, text, f"/plan-reports/{run.number}/", count)
