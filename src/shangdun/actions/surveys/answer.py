"""Answering: once for each invitation, and nothing that would tie the answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.surveys.shuffle import add_answer
from shangdun.govern.survey.questions import read_answer
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import System
from shangdun.records.messages import console_zone
from shangdun.records.models import Survey, SurveyInvitation
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_json
from shangdun.records.surveys import hash_of, opened_by, questions_of, takes_answers

ANYBODY = System("system:survey")
"""Whoever holds a link: nobody asks who."""


@action(Capability.RUN_PLAYBOOKS)
def do_answer_survey(
    actor: System,
    given: Mapping[str, Sequence[str]],
    *,
    token: str,
    ticket: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[bool]:
    """Take an answer in; False: this invitation (or, of an open link, this form) was used before.

    The ledger's entry has the day alone, and the answer is written together with others. Raises
    ``NotFound`` (``survey.gone``) where nothing is open, ``UsageError`` (``answer.…``, where: the
    question) for what does not fit.
    """
    del actor
    opened = opened_by(token)
    today = clock.now().astimezone(console_zone()).date()
    if opened is None or not takes_answers(opened[0], today):
        raise NotFound("this link opens nothing", code="survey.gone", fix="ask who sent it")
    survey, invitation = opened
    values, wrong = read_answer(questions_of(survey), given)
    for question, code in wrong.items():
        raise UsageError("an answer does not fit", code=code, where=question, fix="answer it")
    if not _use(survey, invitation, ticket):
        return Unchanged(result=False)
    cleaned = clean_json(values)
    add_answer(survey, cleaned if isinstance(cleaned, dict) else {})
    day = datetime.combine(today, time.min, console_zone())
    return Done(result=True, subject=("survey", survey.number), at=day)


def _use(survey: Survey, invitation: SurveyInvitation | None, ticket: str) -> bool:
    """Use the invitation up; the row itself says who was first."""
    if invitation is not None:
        unused = SurveyInvitation.objects.filter(pk=invitation.pk, used=False)
        return unused.update(used=True) == 1
    _row, made = SurveyInvitation.objects.get_or_create(
        token_hash=hash_of(f"ticket/{ticket}"), defaults={"survey": survey, "used": True}
    )
    return made
