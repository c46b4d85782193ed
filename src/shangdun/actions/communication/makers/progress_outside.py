"""The programme's progress for suppliers and partners: tasks and shares, nothing confidential."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, _facts
from shangdun.govern.communication.drafts import filled
from shangdun.govern.communication.due import PERIODS
from shangdun.govern.communication.lines import Frequency
from shangdun.govern.rhythm.periods import span_of

title = pgettext_lazy("maker", "Progress of the programme for people outside")


def draft(asked: Asked) -> Draft:
    """How far each task is."""
    period = PERIODS.get(Frequency(asked.line.frequency))
    values = {
        "greeting": _facts.greeting(asked),
        "company": _facts.company_name(asked),
        "period": span_of(period, asked.since).key if period else asked.since.isoformat(),
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "progress": _facts.progress(asked),
    }
    text = filled("progress_outside", asked.language, values)
    return Draft(text.title, text.body)
