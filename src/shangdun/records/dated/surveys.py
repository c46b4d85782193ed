"""When surveys are to be opened, and their last day for answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import Survey, SurveyState
from shangdun.records.surveys import VIEWS


def dated(asked: Asked) -> Iterator[Dated]:
    """Both days of each survey that has them."""
    if not asked.actor.can(*VIEWS):
        return
    for survey in Survey.objects.filter(archived_at=None).order_by("number"):
        chinese = (get_language() or "").startswith("zh")
        title = survey.title_zh if chinese else survey.title_en
        days = (
            ("opens", survey.opens_on, _("Open the survey: %(title)s"), _opening(survey, asked)),
            ("closes", survey.closes_on, _("Survey closes: %(title)s"), _closing(survey, asked)),
        )
        for name, day, words, state in days:
            if day is not None and asked.since <= day <= asked.until:
                yield Dated(
                    uid=f"survey-{survey.number}-{name}",
                    kind="survey",
                    title=words % {"title": title},
                    day=day,
                    state=state,
                    path=f"/surveys/{survey.number}/",
                )


def _opening(survey: Survey, asked: Asked) -> DatedState:
    if survey.state != SurveyState.DRAFT:
        return DatedState.DONE
    if survey.closes_on is not None and asked.today > survey.closes_on:
        return DatedState.MISSED
    return _by(survey.opens_on, asked, DatedState.LATE)


def _closing(survey: Survey, asked: Asked) -> DatedState:
    if survey.state == SurveyState.CLOSED:
        return DatedState.DONE
    held = survey.state == SurveyState.OPEN
    return _by(survey.closes_on, asked, DatedState.DUE if held else DatedState.MISSED)


def _by(day: date | None, asked: Asked, after: DatedState) -> DatedState:
    if day is None or asked.today < day:
        return DatedState.AHEAD
    return DatedState.DUE if asked.today == day else after
