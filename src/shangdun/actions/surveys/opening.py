"""Opening a survey, whose questions never change then; closing it, after which it tells."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.surveys.changes import draft_for_change, save_survey
from shangdun.actions.surveys.shuffle import rewrite, rewrite_invitations
from shangdun.govern.survey.questions import Question, problems_of
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.messages import console_zone
from shangdun.records.models import Survey, SurveyState
from shangdun.records.roles import Capability
from shangdun.records.surveys import get_survey, questions_of


@action(Capability.MANAGE_SURVEYS)
def do_open_survey(
    actor: Actor, *, number: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Survey]:
    """Let answers in. Raises ``UsageError`` for what is missing, in either language too."""
    if get_survey(actor, number).state == SurveyState.OPEN:
        return Unchanged(get_survey(actor, number))
    survey = draft_for_change(actor, number, version, {})
    now = clock.now()
    questions = questions_of(survey)
    _check(survey, questions, now)
    survey.state = SurveyState.OPEN
    survey.opened_at, survey.opened_by = now, person(actor)
    survey.salt = secrets.token_hex(32)
    survey.digest = hashlib.sha256(msgspec.json.encode(questions)).hexdigest()
    save_survey(survey, "state", "opened_at", "opened_by", "salt", "digest")
    payload = {
        "questions": len(questions), "questions_sha256": survey.digest,
        "mode": str(survey.mode), "least": survey.least,
        "closes_on": survey.closes_on.isoformat() if survey.closes_on else "",
    }  # fmt: skip
    return Done(survey, ("survey", number), now, payload)


@action(Capability.MANAGE_SURVEYS, Capability.RUN_PLAYBOOKS)
def do_close_survey(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Survey]:
    """Take no more answers: they are shuffled, sealed and shown; no invitation is matched again."""
    survey = get_survey(actor, number)
    if survey.state == SurveyState.CLOSED:
        return Unchanged(survey)
    if survey.state != SurveyState.OPEN:
        raise UsageError("the survey was not opened", code="survey.draft", fix="open it first")
    now = clock.now()
    values = rewrite(survey, survey.answers.all())
    rewrite_invitations(survey)
    survey.state, survey.closed_at, survey.salt = SurveyState.CLOSED, now, ""
    survey.answers_digest = _digest(values)
    save_survey(survey, "state", "closed_at", "salt", "answers_digest")
    payload = {"answers": len(values), "answers_sha256": survey.answers_digest}
    return Done(survey, ("survey", number), now, payload)


def _digest(values: Sequence[object]) -> str:
    texts = sorted(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in values)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _check(survey: Survey, questions: Sequence[Question], now: datetime) -> None:
    for name in ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en"):
        if not getattr(survey, name).strip():
            raise UsageError(
                f"{name} is missing", code="survey.language", where=name, fix="write both languages"
            )
    for problem in problems_of(questions):
        raise UsageError(
            f"question {problem.question!r} is not ready",
            code=problem.code, where=problem.question, fix="complete it",
        )  # fmt: skip
    today = now.astimezone(console_zone()).date()
    if survey.closes_on is None or survey.closes_on < today:
        raise UsageError(
            "the last day is over or missing", code="survey.closes", fix="choose a day to come"
        )
