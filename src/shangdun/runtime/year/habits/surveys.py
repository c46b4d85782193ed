"""The half-yearly survey is opened, customers are invited, and about half of them answer."""

from __future__ import annotations

import random
from collections.abc import Sequence

from shangdun.actions.surveys.answer import ANYBODY, do_answer_survey
from shangdun.actions.surveys.invite import do_invite
from shangdun.actions.surveys.opening import do_open_survey
from shangdun.govern.survey.questions import Question
from shangdun.records.models import Survey, SurveyState
from shangdun.records.surveys import questions_of
from shangdun.runtime.year.day import Day

ORDER = 50
INVITED = 90
ANSWERS = 0.5
"""Of the invited."""
FALLS_OUT = 0.15
LIKES = (1, 2, 6, 9, 6)
"""How often a scale's points are chosen, from the worst; better from one half-year to the next."""


def act(day: Day) -> None:
    if not day.workday:
        return
    for survey in Survey.objects.filter(archived_at=None, state=SurveyState.DRAFT):
        due = survey.opens_on is not None and survey.opens_on <= day.date
        over = survey.closes_on is not None and survey.closes_on <= day.date
        if due and not over and not day.happens("survey falls out", survey.period, FALLS_OUT):
            _open(day, survey)


def _open(day: Day, survey: Survey) -> None:
    service = day.people["service"]
    day.reach(10)
    do_open_survey(service, number=survey.number, clock=day.clock)
    names = [f"customer-{survey.number}-{n}@shop.example" for n in range(INVITED)]
    tokens = do_invite(service, names, number=survey.number, clock=day.clock)
    day.write("survey.opened", survey.number)
    dice = day.chance(f"survey {survey.number}")
    questions = questions_of(survey)
    for token in tokens:
        if dice.random() < ANSWERS:
            given = _given(questions, dice)
            if do_answer_survey(ANYBODY, given, token=token, clock=day.clock):
                day.write("survey.answered", survey.number)


def _given(questions: Sequence[Question], dice: random.Random) -> dict[str, list[str]]:
    """What a customer ticks: scales always, the rest now and then."""
    given = {}
    for question in questions:
        if question.kind.value == "scale":
            given[question.key] = [str(dice.choices(range(1, 6), LIKES)[0])]
        elif question.kind.value == "choice" and question.choices:
            given[question.key] = [question.choices[0].key]
    return given
