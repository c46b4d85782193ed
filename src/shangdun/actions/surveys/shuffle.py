"""Writing answers anew in another order, under other numbers: their order tells nothing."""

from __future__ import annotations

import random
import secrets
from typing import Any

from django.db.models import QuerySet

from shangdun.records.models import Survey, SurveyAnswer, SurveyInvitation

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


def rewrite_invitations(survey: Survey) -> None:
    """Give the invitations new numbers in the order of their hashes.

    They were made list by list: their numbers would tell about where in a list somebody stood who
    has taken part, when the list is still there and the salt is not.
    """
    rows = list(survey.invitations.order_by("token_hash").values_list("token_hash", "used"))
    survey.invitations.all().delete()
    SurveyInvitation.objects.bulk_create(
        [SurveyInvitation(survey=survey, token_hash=one, used=used) for one, used in rows],
        batch_size=300,
    )
