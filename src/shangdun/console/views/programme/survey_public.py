"""The page on which people answer: no login, no session, no cookie, no script needed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from shangdun.actions.surveys.answer import ANYBODY, do_answer_survey
from shangdun.console.middleware.presence import neighbourhood_of
from shangdun.console.programme.surveys import PREFIX, asked, titled
from shangdun.console.wordings.surveys import PROBLEMS
from shangdun.govern.survey.questions import Question, read_answer
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.models import Survey, SurveyInvitation
from shangdun.records.surveys import (
    good_ticket,
    new_ticket,
    opened_by,
    questions_of,
    takes_answers,
)

log = logging.getLogger(__name__)
PER_MINUTE = {"GET": 120, "POST": 60}
"""Of one address: an office has one for all its people; and of everybody together:"""
ALL_PER_MINUTE = 1_200
SECONDS = 60


# The token in the address permits it; no cookie takes part, so nothing can be forged with one.
@csrf_exempt
def public_survey(request: HttpRequest, token: str) -> HttpResponse:
    """The questions behind a link, or what became of it. Reads and sets no cookie."""
    language = language_of(request)
    with translation.override(language):
        try:
            return _answered(request, token, language)
        except DatabaseError:
            log.exception("the survey cannot be read or answered")
            return plain_page("surveys/gone.html", {"away": True}, 503)


def language_of(request: HttpRequest) -> str:
    """As the address asks for, else the browser."""
    chosen = request.GET.get("lang", "")
    if chosen in {"zh-hans", "en"}:
        return chosen
    return translation.get_language_from_request(request)


def _answered(request: HttpRequest, token: str, language: str) -> HttpResponse:
    if too_often(request):
        return plain_page("surveys/gone.html", {"often": True}, 429)
    opened = opened_by(token)
    if opened is None or not takes_answers(opened[0], timezone.localdate()):
        return plain_page("surveys/gone.html", {}, 404)
    survey, invitation = opened
    if invitation is not None and invitation.used:
        return _thanks(survey, again=True)
    if request.method != "POST":
        return _form(survey, token, language, questions_of(survey), {}, {})
    if request.POST.get("homepage"):
        return _thanks(survey)  # a machine that fills in everything: it need not know
    return _taken(request, survey, invitation, token, language)


def _taken(
    request: HttpRequest,
    survey: Survey,
    invitation: SurveyInvitation | None,
    token: str,
    language: str,
) -> HttpResponse:
    questions = questions_of(survey)
    given = {one.key: request.POST.getlist(PREFIX + one.key)[:40] for one in questions}
    ticket = request.POST.get("ticket", "")[:200]
    wrong = read_answer(questions, given)[1]
    if invitation is None and not good_ticket(survey, ticket, timezone.now()):
        wrong |= {"": "answer.ticket"}
    if wrong:
        return _form(survey, token, language, questions, given, wrong)
    try:
        fresh = do_answer_survey(ANYBODY, given, token=token, ticket=ticket)
    except (NotFound, UsageError):  # it closed in this moment, or changed under our hands
        return plain_page("surveys/gone.html", {}, 404)
    return _thanks(survey, again=not fresh)


def too_often(request: HttpRequest, what: str = "survey") -> bool:
    """Count what was asked; whether this address, or all together, asked too often this minute."""
    minute = int(timezone.now().timestamp() // SECONDS)
    kind = "POST" if request.method == "POST" else "GET"
    limits = {f"{what}:{kind}:{minute}:{neighbourhood_of(request)}": PER_MINUTE[kind]}
    limits[f"{what}:{kind}:{minute}"] = ALL_PER_MINUTE
    try:
        for key, most in limits.items():
            count = int(cache.get(key, 0)) + 1
            cache.set(key, count, SECONDS)
            if count > most:
                return True
    except OSError:
        log.warning("answers are not counted: the disk does not take it")
    return False


def _form(
    survey: Survey,
    token: str,
    language: str,
    questions: list[Question],
    given: Mapping[str, list[str]],
    wrong: Mapping[str, str],
) -> HttpResponse:
    context = {
        "survey": survey,
        "title": titled(survey),
        "intro": titled(survey, "intro"),
        "asked": asked(questions, given, wrong),
        "token": token,
        "lang": language,
        "ticket": new_ticket(survey, timezone.now()),
        "wrong": bool(wrong),
        "problem": PROBLEMS[wrong[""]] if "" in wrong else "",
    }
    return plain_page("surveys/public.html", context, 422 if wrong else 200)


def _thanks(survey: Survey, *, again: bool = False) -> HttpResponse:
    return plain_page(
        "surveys/thanks.html", {"thanks": titled(survey, "thanks"), "again": again}, 200
    )


def plain_page(template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """Without a request: its context would ask who is signed in."""
    context |= {"LANGUAGE_CODE": translation.get_language()}
    return HttpResponse(render_to_string(template, context), status=status)
