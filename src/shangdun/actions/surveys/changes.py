"""What every change of a survey does: check that it may change, count its version up."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Survey, SurveyState
from shangdun.records.surveys import get_survey

TEXTS = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")


def draft_for_change(
    actor: Actor, number: int, version: int | None, mine: dict[str, Any]
) -> Survey:
    """A survey whose questions may still change. Raises ``UsageError`` (``survey.opened``)."""
    survey = get_survey(actor, number)
    if survey.state != SurveyState.DRAFT or survey.archived_at is not None:
        raise UsageError(
            f"survey {number} was opened: its questions never change",
            code="survey.opened",
            fix="copy it and change the copy",
        )
    if version is not None and version != survey.version:
        raise EditConflict(
            "somebody changed this survey meanwhile",
            where=f"survey #{number}",
            mine={"version": version, **mine},
            theirs={"version": survey.version, **standing(survey)},
        )
    return survey


def standing(survey: Survey) -> dict[str, Any]:
    """How a survey stands, for showing beside what was wanted."""
    named = {name: getattr(survey, name) for name in TEXTS}
    return named | {
        "mode": survey.mode,
        "least": survey.least,
        "opens_on": survey.opens_on,
        "closes_on": survey.closes_on,
    }


def save_survey(survey: Survey, *fields: str) -> None:
    """Write the fields and count the version up."""
    survey.version += 1
    survey.save(update_fields=[*fields, "version"])


def next_number() -> int:
    """The number of a new survey; the actions' lock keeps it unique."""
    return (Survey.objects.aggregate(last=Max("number"))["last"] or 0) + 1
