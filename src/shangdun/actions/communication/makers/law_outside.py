"""The law of the year and what it asks of suppliers and partners."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, _facts, _law
from shangdun.govern.communication.drafts import filled

title = pgettext_lazy("maker", "The law of the year, for people outside")


def draft(asked: Asked) -> Draft:
    """What changed."""
    values = {
        "period": str(asked.since.year),
        "greeting": _facts.greeting(asked),
        "company": _facts.company_name(asked),
        "changes": _law.changes(asked, _law.reviews(asked)),
    }
    text = filled("law_outside", asked.language, values)
    return Draft(text.title, text.body)
