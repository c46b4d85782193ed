"""The first half-yearly survey on satisfaction is prepared."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shangdun.actions.starters import Asked, Started, in_words
from shangdun.actions.surveys.rhythm import SATISFACTION, begin_round
from shangdun.govern.survey.rhythm import first_round
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import Survey

ORDER = 61


def start(asked: Asked) -> Started:
    """A draft with its dates, unless there is one; the next ones come by themselves."""
    if Survey.objects.filter(purpose=SATISFACTION).exclude(period="").exists():
        return Started(
            what=in_words(lambda: _("the half-yearly survey is prepared already")),
            made=0,
            path="/surveys/",
        )
    survey = begin_round(first_round(asked.today), FixedClock(asked.at))
    words = in_words(
        lambda: _("the half-yearly survey, to be opened by %(day)s") % {"day": survey.opens_on}
    )
    return Started(what=words, made=1, path=f"/surveys/{survey.number}/")
