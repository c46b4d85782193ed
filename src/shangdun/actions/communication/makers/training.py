"""The training of the month: its topic, and what happened here in it."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, _facts
from shangdun.govern.communication.drafts import filled, lessons

title = pgettext_lazy("maker", "Training of the month")


def draft(asked: Asked) -> Draft:
    """The month's lesson, with the kinds of incidents of the month."""
    lesson = lessons().staff[asked.since.month - 1]
    month = f"{asked.since:%Y-%m} "
    if _facts.side(asked.language) == "zh":
        month = f"{asked.since.year} 年 {asked.since.month} 月"
    values = {
        "month": month.strip() if _facts.side(asked.language) == "en" else month,
        "topic": lesson.topic.text(asked.language),
        "lesson": lesson.lesson.text(asked.language).strip(),
        "happened": _facts.incident_types(asked),
    }
    text = filled("training", asked.language, values)
    return Draft(text.title, text.body)
