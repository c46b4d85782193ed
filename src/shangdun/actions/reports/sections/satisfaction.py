"""What customers said: the newest survey on satisfaction that has closed."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.measures.definition import Kind
from shangdun.govern.survey.results import Outcome, Score
from shangdun.records.measure_words import interval_words, per_cent
from shangdun.records.models import Survey, SurveyMode, SurveyState
from shangdun.records.surveys import results_of, visible_surveys

title = gettext_lazy("Satisfaction of customers")


def has(asked: Asked) -> bool:
    """Whether a survey closed in the period."""
    return _survey(asked) is not None


def section(asked: Asked) -> str:
    """Its scales with how sure they are; free texts stay on the survey's page."""
    survey = _survey(asked)
    if survey is None:
        return _("No survey on satisfaction closed in this period.")
    named = survey.title_zh if asked.language.startswith("zh") else survey.title_en
    came = results_of(survey)
    if came is None or not came.enough:
        told = _("%(survey)s: fewer than %(n)d answers came in, so nothing is shown.")
        return told % {"survey": plain(named), "n": survey.least}
    told = _("%(survey)s: %(answers)s answers, by %(invited)s invitations.") % {
        "survey": plain(named),
        "answers": number_format(came.answers or 0, force_grouping=True),
        "invited": number_format(came.invited, force_grouping=True),
    }
    head = (_("Question"), _("Satisfied (4 or 5)"), _("Mean of 1 to 5"), _("How sure"))
    rows = [_row(one, one.score, asked.language) for one in came.outcomes if one.score is not None]
    return f"{told}\n\n{table(head, rows, right=(1, 2))}"


def _row(one: Outcome, score: Score, language: str) -> tuple[str, ...]:
    low, high = 100 * score.share_interval.low, 100 * score.share_interval.high
    sure = interval_words(type(score.share_interval)(low, high, score.share_interval.method),
                          Kind.SHARE)  # fmt: skip
    mean = number_format(score.mean, 1)
    return one.question.text(language), per_cent(100 * score.share), mean, sure


def _survey(asked: Asked) -> Survey | None:
    rows = visible_surveys(asked.actor).filter(
        purpose="satisfaction",
        mode=SurveyMode.INVITED,
        state=SurveyState.CLOSED,
        closed_at__gte=asked.begins_at,
        closed_at__lt=min(asked.ends_at, asked.now),
    )
    return rows.first()
