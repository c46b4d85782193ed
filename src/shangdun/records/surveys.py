"""Surveys as they are read: who prepares them, who sees results, what a token opens."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Count, Q, QuerySet

from shangdun.govern.survey.questions import Choice, Condition, Question, QuestionKind
from shangdun.govern.survey.results import Results, results
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Survey,
    SurveyInvitation,
    SurveyMode,
    SurveyQuestion,
    SurveyState,
)
from shangdun.records.roles import Capability
from shangdun.records.sealing import blind

VIEWS = (Capability.VIEW_MEASURES, Capability.MANAGE_SURVEYS)
TOKEN = 32
"""Hex digits of a token: 128 bits."""


def visible_surveys(actor: Actor, *, archived: bool = False) -> QuerySet[Survey]:
    """All of them, the newest first, with how many were invited and how many answered."""
    require(actor, *VIEWS)
    rows = Survey.objects.filter(archived_at__isnull=not archived)
    return rows.annotate(
        invited=Count("invitations"),
        used=Count("invitations", filter=Q(invitations__used=True)),
    ).order_by("-number")


def get_survey(actor: Actor, number: int) -> Survey:
    """One by its number, archived ones too. Raises ``NotFound``."""
    require(actor, *VIEWS)
    found = Survey.objects.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no survey {number}", fix="see the list of surveys")
    return found


def questions_of(survey: Survey) -> list[Question]:
    """Its questions in their order."""
    return [question_of(row) for row in survey.questions.order_by("position")]


def question_of(row: SurveyQuestion) -> Question:
    """A row as the pure question."""
    return Question(
        key=row.key,
        kind=QuestionKind(row.kind),
        zh=row.text_zh,
        en=row.text_en,
        choices=tuple(msgspec.convert(row.choices, list[Choice])),
        required=row.required,
        groups=row.groups,
        only_if=msgspec.convert(row.only_if, Condition) if row.only_if else None,
    )


def results_of(survey: Survey) -> Results | None:
    """What a closed survey says; None before: two looks at a growing one would tell too much."""
    if survey.state != SurveyState.CLOSED:
        return None
    invited = survey.invitations.count() if survey.mode == SurveyMode.INVITED else 0
    answers = list(survey.answers.values_list("values", flat=True))
    return results(questions_of(survey), answers, least=survey.least, invited=invited)


@dataclass(frozen=True)
class Turnout:
    """How many were invited, and how many invitations were used."""

    invited: int
    used: int

    @property
    def open(self) -> int:
        return self.invited - self.used


def turnout(survey: Survey) -> Turnout:
    """Told while a survey runs: it says that somebody answered, never what."""
    counted = survey.invitations.aggregate(
        invited=Count("pk"), used=Count("pk", filter=Q(used=True))
    )
    return Turnout(counted["invited"], counted["used"])


def token_for(survey: Survey, who: str) -> str:
    """The token of whoever is named (an address, a customer's number): the same each time.

    It is made of the home's key and the survey's salt, so that reminders can be written from the
    same list without any list being kept; the salt goes when the survey closes.
    """
    wanted = " ".join(who.split()).casefold()
    return blind(f"{survey.salt}\n{wanted}", f"survey/{survey.number}")[:TOKEN]


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return blind(token, "survey/token")


def link_token(survey: Survey) -> str:
    """The token of the open link."""
    return f"o{survey.number}-" + blind(survey.salt, "survey/link")[:TOKEN]


def opened_by(token: str) -> tuple[Survey, SurveyInvitation | None] | None:
    """The survey that a token opens, with its invitation; None: it opens nothing."""
    if token.startswith("o"):
        return _linked(token)
    invitation = (
        SurveyInvitation.objects.select_related("survey").filter(token_hash=hash_of(token)).first()
    )
    return None if invitation is None else (invitation.survey, invitation)


def _linked(token: str) -> tuple[Survey, None] | None:
    number = token[1:].partition("-")[0]
    if not number.isdecimal() or len(number) > 9:
        return None
    survey = Survey.objects.filter(
        number=int(number), mode=SurveyMode.LINK, state=SurveyState.OPEN
    ).first()
    if survey is None or not survey.salt:
        return None
    good = hmac.compare_digest(link_token(survey).encode(), token.encode("utf-8", "replace"))
    return (survey, None) if good else None


def takes_answers(survey: Survey, today: date) -> bool:
    """Whether somebody may answer today."""
    late = survey.closes_on is not None and today > survey.closes_on
    return survey.state == SurveyState.OPEN and survey.archived_at is None and not late


def due_surveys(rows: Iterable[Survey], today: date) -> list[Survey]:
    """Drafts whose day to be opened has come."""
    return [
        row
        for row in rows
        if row.state == SurveyState.DRAFT and row.opens_on and row.opens_on <= today
    ]


_TICKET_LASTS = timedelta(hours=24)
_TICKET_RESTS = timedelta(seconds=3)
"""Nobody has read and answered a page in less."""


def new_ticket(survey: Survey, now: datetime) -> str:
    """What a form of the open link carries, so that it is taken in once."""
    about = f"{int(now.timestamp())}.{secrets.token_hex(16)}"
    return f"{about}.{blind(f'{survey.number}/{about}', 'survey/ticket')[:TOKEN]}"


def good_ticket(survey: Survey, ticket: str, now: datetime) -> bool:
    """Whether we made it for this survey, some seconds to a day ago."""
    about, _dot, seal = ticket.rpartition(".")
    made = blind(f"{survey.number}/{about}", "survey/ticket")[:TOKEN]
    if not hmac.compare_digest(made.encode(), seal.encode("utf-8", "replace")):
        return False
    age = now.timestamp() - int(about.partition(".")[0])
    return _TICKET_RESTS.total_seconds() <= age <= _TICKET_LASTS.total_seconds()
