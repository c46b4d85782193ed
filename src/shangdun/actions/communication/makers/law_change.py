"""A change of law, told when it comes into the register."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, Happened, _law
from shangdun.actions.reports.sections import plain
from shangdun.govern.communication.drafts import filled
from shangdun.records.models import LawReview

title = pgettext_lazy("maker", "Notice of a change of law")


def happened(asked: Asked) -> Iterator[Happened]:
    """Every review that a change of law made."""
    rows = LawReview.objects.filter(created_at__gte=asked.begins_at, created_at__lte=asked.now)
    for row in rows.select_related("after", "duty").order_by("created_at", "pk"):
        words = {
            "law": _law.word(row.after, "law", asked.language),
            "title": _law.word(row.after, "title", asked.language),
        }
        yield Happened(
            f"law:{row.pk}", row.created_at,
            _("Change of law: %(law)s, %(title)s") % words,
            {"kind": "law", "review": row.pk, "path": "/law/changes/"},
        )  # fmt: skip


def draft(asked: Asked) -> Draft:
    """What the article says from when on, and until when it is reviewed."""
    row = LawReview.objects.select_related("after", "duty").get(pk=asked.about["review"])
    confirm = ""
    if row.after.snapshot.get("certainty") != "V":
        confirm = _("The text of this article is still to be confirmed by counsel.")
    told = "\n\n".join((
        _law.changes(asked, [row]),
        plain(_law.word(row.after, "text", asked.language), 2000),
    ))  # fmt: skip
    values = {
        "title": plain(_law.word(row.after, "law", asked.language)),
        "change": told,
        "due": row.due_on.isoformat(),
        "certainty": confirm,
    }
    text = filled("law_change", asked.language, values)
    return Draft(text.title, text.body)
