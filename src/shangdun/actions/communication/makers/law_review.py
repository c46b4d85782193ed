"""The law of the year, looked back on."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, _law
from shangdun.govern.communication.drafts import filled

title = pgettext_lazy("maker", "The law of the year, for people inside")


def draft(asked: Asked) -> Draft:
    """What changed, and how its reviews stand."""
    rows = _law.reviews(asked)
    values = {
        "period": str(asked.since.year),
        "changes": _law.changes(asked, rows),
        "reviews": _law.standings(rows),
    }
    text = filled("law_review", asked.language, values)
    return Draft(text.title, text.body)
