"""Writing answers anew in another order, under other numbers: their order tells nothing."""

from __future__ import annotations

import random
import secrets
from typing import Any

from django.db.models import QuerySet

from shangdun.records.models import Survey, SurveyAnswer

TOGETHER = 31
"""So many earlier answers are written anew with each new one."""
_CHANCE = random.SystemRandom()
_LARGEST = 2**62


def add_answer(survey: Survey, values: dict[str, Any]) -> None:
    """Keep an answer, among up to ``TOGETHER`` others that are written anew with it.

    Numbers are drawn by chance, so those after any number are a draw by chance as well.
    """
    begin = secrets.randbelow(_LARGEST)
    rows = survey.answers.order_by("pk")
    near = list(rows.filter(pk__gte=begin).values_list("pk", flat=True)[:TOGETHER])
    if len(near) < TOGETHER:
        rest = rows.filter(pk__lt=begin).values_list("pk", flat=True)
        near += rest[: TOGETHER - len(near)]
    rewrite(survey, survey.answers.filter(pk__in=near), values)


def rewrite(
    survey: Survey, answers: QuerySet[SurveyAnswer], *more: dict[str, Any]
) -> list[dict[str, Any]]:
    """Replace the rows by rows of other numbers in an order by chance; gives what they hold."""
    values = [*answers.values_list("values", flat=True), *more]
    answers.delete()
    _CHANCE.shuffle(values)
    SurveyAnswer.objects.bulk_create(
        [SurveyAnswer(id=secrets.randbelow(_LARGEST), survey=survey, values=one) for one in values]
    )
    return values
