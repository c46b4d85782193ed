"""Safety advice for customers, by quarter."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, _facts
from shangdun.govern.communication.drafts import filled, lessons

title = pgettext_lazy("maker", "Safety advice for customers")


def draft(asked: Asked) -> Draft:
    """The quarter's advice."""
    lesson = lessons().customers[(asked.since.month - 1) // 3]
    values = {
        "topic": lesson.topic.text(asked.language),
        "lesson": lesson.lesson.text(asked.language).strip(),
        "company": _facts.company_name(asked),
    }
    text = filled("advice", asked.language, values)
    return Draft(text.title, text.body)
