"""A survey before it is opened: made of a template or of an earlier round, then changed."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.surveys.changes import (
    TEXTS,
    draft_for_change,
    next_number,
    save_survey,
    standing,
)
from shangdun.govern.survey.questions import Question
from shangdun.govern.survey.suppression import LEAST
from shangdun.govern.survey.template import survey_template
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Survey, SurveyMode, SurveyQuestion, SurveyState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.surveys import get_survey, questions_of

LONGEST_TITLE, LONGEST_TEXT = 200, 5_000
MOST_LEAST = 1_000


class SurveyTexts(msgspec.Struct, frozen=True, kw_only=True):
    """All of a survey but its questions."""

    title_zh: str
    title_en: str
    intro_zh: str = ""
    intro_en: str = ""
    thanks_zh: str = ""
    thanks_en: str = ""
    mode: SurveyMode = SurveyMode.INVITED
    least: int = 10
    opens_on: date | None = None
    closes_on: date | None = None


@action(Capability.MANAGE_SURVEYS)
def do_prepare_survey(
    actor: Actor, *, template: str = "", follows: int = 0, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Survey]:
    """A draft: of a template, of an earlier survey, or empty."""
    now = clock.now()
    before = get_survey(actor, follows) if follows else None
    survey = draft_survey(now, template=template, before=before)
    return Done(survey, ("survey", survey.number), now, prepared(survey))


def prepared(survey: Survey) -> dict[str, str | int]:
    """What the ledger says of a new draft."""
    follows = survey.follows.number if survey.follows else 0
    return {"purpose": survey.purpose, "period": survey.period, "follows": follows}


def draft_survey(
    now: datetime,
    *,
    template: str = "",
    before: Survey | None = None,
    period: str = "",
    opens_on: date | None = None,
    closes_on: date | None = None,
) -> Survey:
    """Within an action: the draft with its questions."""
    survey = Survey(
        number=next_number(), created_at=now, follows=before, period=period, opens_on=opens_on,
        closes_on=closes_on, purpose=template if template == "satisfaction" else "",
        title_zh="新问卷", title_en="New survey",
    )  # fmt: skip
    questions: list[Question] = []
    if before is not None:
        for name in (*TEXTS, "purpose", "mode", "least"):
            setattr(survey, name, getattr(before, name))
        questions = questions_of(before)
    elif template:
        ready = survey_template(template)
        for name in TEXTS:
            setattr(survey, name, getattr(ready, name))
        questions = list(ready.questions)
    survey.save()
    SurveyQuestion.objects.bulk_create(
        [row_of(survey, question, place) for place, question in enumerate(questions, 1)]
    )
    return survey


def row_of(survey: Survey, question: Question, position: int) -> SurveyQuestion:
    """A question as its row."""
    return SurveyQuestion(
        survey=survey,
        position=position,
        key=question.key,
        kind=question.kind.value,
        text_zh=question.zh,
        text_en=question.en,
        choices=[msgspec.structs.asdict(one) for one in question.choices],
        required=question.required,
        groups=question.groups,
        only_if=msgspec.to_builtins(question.only_if) if question.only_if else {},
    )


@action(Capability.MANAGE_SURVEYS)
def do_change_survey(
    actor: Actor,
    wanted: SurveyTexts,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Survey]:
    """Change the texts and dates of a draft. Raises ``UsageError`` (``survey.…``)."""
    mine = msgspec.structs.asdict(wanted)
    survey = draft_for_change(actor, number, None, mine)
    _check(wanted)
    values = {
        name: clean_text(value.strip()) if name in TEXTS else value for name, value in mine.items()
    }
    if values == standing(survey):
        return Unchanged(survey)
    survey = draft_for_change(actor, number, version, mine)
    for name, value in values.items():
        setattr(survey, name, value)
    save_survey(survey, *values)
    payload = {
        "title_sha256": sealed(survey.title_zh + "\n" + survey.title_en),
        "mode": str(survey.mode), "least": survey.least,
    }  # fmt: skip
    return Done(survey, ("survey", number), clock.now(), payload)


@action(Capability.MANAGE_SURVEYS)
def do_archive_survey(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Survey]:
    """Put a draft or a closed survey away; an open one is closed first (``survey.open``)."""
    survey = get_survey(actor, number)
    if survey.archived_at is not None:
        return Unchanged(survey)
    if survey.state == SurveyState.OPEN:
        raise UsageError("the survey is open", code="survey.open", fix="close it first")
    now = clock.now()
    survey.archived_at = now
    save_survey(survey, "archived_at")
    return Done(survey, ("survey", number), now, {"state": str(survey.state)})


def _check(wanted: SurveyTexts) -> None:
    for name in TEXTS:
        most = LONGEST_TITLE if name.startswith("title") else LONGEST_TEXT
        if len(getattr(wanted, name)) > most:
            raise UsageError(
                f"{name} is too long", code="survey.long", where=name, fix=f"{most} at most"
            )
    if not wanted.title_zh.strip() and not wanted.title_en.strip():
        raise UsageError("a survey needs a title", code="survey.title", fix="write one")
    if not LEAST <= wanted.least <= MOST_LEAST:
        raise UsageError("no such group size", code="survey.least", fix=f"{LEAST} to {MOST_LEAST}")
    if wanted.opens_on and wanted.closes_on and wanted.closes_on < wanted.opens_on:
        raise UsageError(
            "it closes before it opens", code="survey.dates", fix="choose a later last day"
        )
