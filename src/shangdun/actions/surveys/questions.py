"""The questions of a draft: adding, changing, ordering, taking out."""

from __future__ import annotations

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.surveys.changes import draft_for_change, save_survey
from shangdun.actions.surveys.drafts import row_of
from shangdun.govern.survey.questions import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    Choice,
    Question,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Survey, SurveyQuestion
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.surveys import question_of

LONGEST = 500
LONGEST_CHOICE = 200


@action(Capability.MANAGE_SURVEYS)
def do_save_question(
    actor: Actor,
    wanted: Question,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SurveyQuestion]:
    """Change the question with this key, or add one where the key is empty."""
    survey = draft_for_change(actor, number, None, {})
    wanted = _checked(wanted)
    row = _row(survey, wanted.key) if wanted.key else None
    if row is not None and question_of(row) == wanted:
        return Unchanged(row)
    survey = draft_for_change(actor, number, version, {"zh": wanted.zh, "en": wanted.en})
    if row is None:
        if survey.questions.count() >= MOST_QUESTIONS:
            raise UsageError(
                "too many questions", code="survey.many", fix=f"{MOST_QUESTIONS} at most"
            )
        wanted = msgspec.structs.replace(wanted, key=_new_key(survey))
        last = survey.questions.aggregate(last=Max("position"))["last"] or 0
        row = row_of(survey, wanted, last + 1)
        row.save()
    else:
        fresh = row_of(survey, wanted, row.position)
        fresh.pk = row.pk
        fresh.save()
        row = fresh
    save_survey(survey)
    said = sealed(wanted.zh + "\n" + wanted.en)
    payload = {"question": wanted.key, "kind": wanted.kind.value, "text_sha256": said}
    return Done(row, ("survey", number), clock.now(), payload)


@action(Capability.MANAGE_SURVEYS)
def do_move_question(
    actor: Actor,
    *,
    number: int,
    key: str,
    up: bool,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Survey]:
    """One place up or down; at the end nothing happens."""
    survey = draft_for_change(actor, number, version, {"key": key})
    rows = list(survey.questions.order_by("position", "pk"))
    here = next((place for place, row in enumerate(rows) if row.key == key), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return Unchanged(survey)
    rows[here], rows[there] = rows[there], rows[here]
    for place, row in enumerate(rows, 1):
        row.position = place
    SurveyQuestion.objects.bulk_update(rows, ["position"])
    save_survey(survey)
    return Done(survey, ("survey", number), clock.now(), {"question": key, "position": there + 1})


@action(Capability.MANAGE_SURVEYS)
def do_remove_question(
    actor: Actor,
    *,
    number: int,
    key: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Survey]:
    """Take a question out of a draft, which nobody has answered."""
    survey = draft_for_change(actor, number, None, {"key": key})
    row = survey.questions.filter(key=key).first()
    if row is None:
        return Unchanged(survey)
    survey = draft_for_change(actor, number, version, {"key": key})
    said = sealed(row.text_zh + "\n" + row.text_en)
    row.delete()
    save_survey(survey)
    payload = {"question": key, "text_sha256": said}
    return Done(survey, ("survey", number), clock.now(), payload)


def _row(survey: Survey, key: str) -> SurveyQuestion:
    row = survey.questions.filter(key=key).first()
    if row is None:
        raise NotFound(f"there is no question {key[:40]}", fix="see the survey")
    return row


def _new_key(survey: Survey) -> str:
    taken = set(survey.questions.values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := f"q{n}") not in taken)


def _checked(wanted: Question) -> Question:
    choices = tuple(
        Choice(one.key, _text(one.zh, LONGEST_CHOICE), _text(one.en, LONGEST_CHOICE))
        for one in wanted.choices
    )
    if len(choices) > MOST_CHOICES:
        raise UsageError("too many answers", code="survey.choices", fix=f"2 to {MOST_CHOICES}")
    zh, en = _text(wanted.zh, LONGEST), _text(wanted.en, LONGEST)
    if not zh and not en:
        raise UsageError("a question needs a text", code="survey.text", fix="write it")
    return msgspec.structs.replace(wanted, zh=zh, en=en, choices=choices)


def _text(text: str, longest: int) -> str:
    text = clean_text(" ".join(text.split()))
    if len(text) > longest:
        raise UsageError("a text is too long", code="survey.long", fix=f"{longest} at most")
    return text
