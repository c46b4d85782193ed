"""Notices to the customers affected: proven by the letters that went out."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Happened, Proof
from shangdun.records.models import LetterState, Notice, NoticeState

title = pgettext_lazy("maker", "Notices to customers, proven by what was sent")


def happened(asked: Asked) -> Iterator[Happened]:
    """Every notice that was prepared for a real incident and not stopped."""
    rows = Notice.objects.filter(
        incident__drill=None, prepared_at__gte=asked.begins_at, prepared_at__lte=asked.now
    ).exclude(state__in=(NoticeState.STOPPED, NoticeState.REHEARSED))
    for row in rows.select_related("incident").order_by("prepared_at", "pk"):
        number = row.incident.number
        words = {"n": number, "title": row.title}
        yield Happened(
            f"notice:{row.pk}",
            row.prepared_at,
            _("Incident #%(n)d: notice “%(title)s”") % words,
            {"kind": "notice", "notice": row.pk, "number": number,
             "path": f"/incidents/{number}/notices/"},
        )  # fmt: skip


def proof(asked: Asked) -> Proof | None:
    """When it had gone out, and to how many."""
    row = Notice.objects.filter(pk=asked.about.get("notice", 0), state=NoticeState.SENT).first()
    if row is None or row.finished_at is None:
        return None
    accepted = row.letters.filter(state=LetterState.SENT).count()
    text = _("%(n)d letters accepted of %(due)d.") % {"n": accepted, "due": row.due}
    return Proof(row.finished_at, text, str(asked.about.get("path", "")), accepted)
