"""Changes of law as drafts say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shangdun.actions.communication.makers import Asked
from shangdun.actions.communication.makers._facts import side
from shangdun.actions.reports.sections import plain, table
from shangdun.records.models import DutyVersion, LawReview


def reviews(asked: Asked) -> list[LawReview]:
    """Changes that were seen in the days, in their order."""
    rows = LawReview.objects.filter(
        created_at__gte=asked.begins_at, created_at__lt=asked.ends_at, created_at__lte=asked.now
    )
    return list(rows.select_related("duty", "after", "before").order_by("created_at", "pk"))


def word(version: DutyVersion, part: str, language: str) -> str:
    """``law``, ``article``, ``title`` or ``text`` of a version."""
    found: Mapping[str, Any] = version.snapshot.get(part) or {}
    here = side(language)
    return str(found.get(here) or found.get("en") or found.get("zh") or "")


def changes(asked: Asked, rows: Iterable[LawReview]) -> str:
    """Each with law, article and the day from which it holds."""
    told = [
        (
            word(row.after, "law", asked.language),
            word(row.after, "article", asked.language),
            word(row.after, "title", asked.language),
            row.after.effective_from.isoformat(),
        )
        for row in rows
    ]
    if not told:
        return _("No change of law came into the register in this time.")
    return table((_("Law"), _("Article"), pgettext("law", "Duty"), _("In force from")), told)


def standings(rows: Iterable[LawReview]) -> str:
    """How many were looked at, and which not."""
    everything = list(rows)
    waiting = [row for row in everything if row.done_at is None]
    if not everything:
        return _("There was nothing to review.")
    words = {"done": len(everything) - len(waiting), "all": len(everything)}
    lines = ["- " + _("%(done)d of %(all)d reviewed.") % words]
    lines += [
        "- " + _("Not reviewed yet: %(duty)s, due %(day)s")
        % {"duty": plain(row.duty.uid), "day": row.due_on.isoformat()}
        for row in waiting[:20]
    ]  # fmt: skip
    return "\n".join(lines)
