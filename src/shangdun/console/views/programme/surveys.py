"""Surveys: preparing them, seeing them as they will be asked, reading what came of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.surveys.drafts import do_change_survey, do_prepare_survey
from shangdun.actions.surveys.questions import (
    do_move_question,
    do_remove_question,
    do_save_question,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.surveys import QuestionForm, SurveyForm
from shangdun.console.problems import said
from shangdun.console.programme.mailings import survey_letters
from shangdun.console.programme.surveys import (
    asked,
    drafted,
    look_of,
    shown_results,
    titled,
)
from shangdun.console.views.page import Request, page
from shangdun.govern.measures.periods import period_named
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.measure_words import period_words
from shangdun.records.messages import console_zone
from shangdun.records.models import Survey, SurveyMode, SurveyState
from shangdun.records.roles import Capability
from shangdun.records.surveys import (
    VIEWS,
    get_survey,
    link_token,
    questions_of,
    results_of,
    turnout,
    visible_surveys,
)

MANAGES = (Capability.MANAGE_SURVEYS,)
PAGE = 50
LABELS = {
    "title_zh": gettext_lazy("Title in Chinese"),
    "title_en": gettext_lazy("Title in English"),
    "mode": gettext_lazy("Who may answer"),
    "least": gettext_lazy("Smallest group shown"),
    "opens_on": gettext_lazy("To be opened by"),
    "closes_on": gettext_lazy("Last day for answers"),
    "zh": gettext_lazy("Question in Chinese"),
    "en": gettext_lazy("Question in English"),
}


@page("measures", *VIEWS)
def surveys(request: Request) -> HttpResponseBase:
    """All of them, or those that closed in one period."""
    archived = request.GET.get("show") == "archived"
    rows = visible_surveys(request.user, archived=archived)
    period = request.GET.get("period", "")
    if period:
        span, zone = period_named(period), console_zone()
        rows = rows.filter(closed_at__gte=span.since(zone), closed_at__lt=span.until(zone))
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "rows": [_line(one) for one in pages],
        "manages": request.user.can(*MANAGES),
        "period": period_words(period_named(period)) if period else "",
        "archived": archived,
    }
    return render(request, "surveys/list.html", context)


def _line(survey: Survey) -> dict[str, Any]:
    return {
        "survey": survey,
        "title": titled(survey),
        "look": look_of(survey),
        "late": survey.state == SurveyState.DRAFT
        and survey.opens_on is not None
        and survey.opens_on < timezone.localdate(),
    }


@page("measures", *MANAGES, methods=("POST",))
def new(request: Request) -> HttpResponseBase:
    """A draft: of the template, of an earlier survey, or empty."""
    template = "satisfaction" if request.POST.get("of") == "satisfaction" else ""
    made = do_prepare_survey(request.user, template=template)
    return redirect("survey", made.number)


@page("measures", *VIEWS)
def survey(request: Request, number: int) -> HttpResponseBase:
    """One survey: its builder, its links, or its results, by how far it is."""
    return show(request, get_survey(request.user, number))


def show(
    request: Request,
    found: Survey,
    *,
    form: SurveyForm | None = None,
    problem: str = "",
    status: int = 200,
    **more: object,
) -> HttpResponseBase:
    """The page, with what went wrong on it."""
    questions = questions_of(found)
    lines, missing = drafted(questions)
    came = results_of(found)
    is_open = found.state == SurveyState.OPEN and found.mode == SurveyMode.LINK and found.salt
    path = f"/s/{link_token(found)}/" if is_open else ""
    context: dict[str, Any] = {
        "survey": found,
        "title": titled(found),
        "look": look_of(found),
        "manages": request.user.can(*MANAGES) and not found.archived_at,
        "lines": lines,
        "missing": missing,
        "asked": asked(questions),
        "form": form or SurveyForm(initial=SurveyForm.initial_of(found)),
        "turnout": turnout(found),
        "results": came,
        "outcomes": shown_results(came) if came and came.enough else [],
        "link": request.build_absolute_uri(path) if path else "",
        "problem": problem,
        **_letters(request, found),
        **more,
    }
    return render(request, f"surveys/{found.state}.html", context, status=status)


def _letters(request: Request, found: Survey) -> dict[str, Any]:
    """Only of a survey to which people are invited now."""
    if found.state != SurveyState.OPEN or found.mode != SurveyMode.INVITED:
        return {}
    return survey_letters(found) if request.user.can(*MANAGES) else {}


@page("measures", *MANAGES, methods=("POST",))
def change(request: Request, number: int) -> HttpResponseBase:
    """Change texts and days of a draft."""
    found, form = get_survey(request.user, number), SurveyForm(request.POST)
    if not form.is_valid():
        return show(request, found, form=form, status=422)
    version = form.cleaned_data["version"]
    try:
        do_change_survey(request.user, form.texts(), number=number, version=version)
    except EditConflict as conflict:
        return _conflict(request, found, conflict)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return show(request, found, form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("survey", number)


@page("measures", *VIEWS)
def preview(request: Request, number: int) -> HttpResponseBase:
    """The page as people will see it, in either language; nothing can be sent."""
    found = get_survey(request.user, number)
    wanted = "en" if request.GET.get("lang") == "en" else "zh-hans"
    with translation.override(wanted):
        context = {
            "survey": found, "title": titled(found), "intro": titled(found, "intro"),
            "asked": asked(questions_of(found)), "preview": True, "lang": wanted,
            "LANGUAGE_CODE": wanted,
        }  # fmt: skip
        return render(request, "surveys/public.html", context)


@page("measures", *MANAGES, methods=("GET", "HEAD", "POST"))
def question(request: Request, number: int, key: str = "") -> HttpResponseBase:
    """Write a question, a new one where there is no key."""
    found = get_survey(request.user, number)
    questions = questions_of(found)
    known = next((one for one in questions if one.key == key), None)
    if key and known is None:
        raise NotFound(f"there is no question {key[:40]}", fix="see the survey")
    before = questions[: questions.index(known)] if known else questions
    initial = QuestionForm.initial_of(known, found.version) if known else {"version": found.version}
    form = QuestionForm(before, known, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_save_question(request.user, form.question(), number=number, version=version)
        except EditConflict as conflict:
            return _conflict(request, found, conflict)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("survey", number)
    context = {"survey": found, "title": titled(found), "form": form, "known": known}
    status = 422 if request.method == "POST" else 200
    return render(request, "surveys/question.html", context, status=status)


@page("measures", *MANAGES, methods=("POST",))
def move(request: Request, number: int, key: str) -> HttpResponseBase:
    """One place up or down."""
    return _ordered(request, number, key, up=request.POST.get("to") == "up")


@page("measures", *MANAGES, methods=("POST",))
def remove(request: Request, number: int, key: str) -> HttpResponseBase:
    """Take a question out of a draft."""
    return _ordered(request, number, key, up=None)


def _ordered(request: Request, number: int, key: str, *, up: bool | None) -> HttpResponseBase:
    found = get_survey(request.user, number)
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else None
    try:
        if up is None:
            do_remove_question(request.user, number=number, key=key, version=version)
        else:
            do_move_question(request.user, number=number, key=key, up=up, version=version)
    except EditConflict:
        messages.error(request, _("Somebody changed the survey meanwhile: look at it again."))
    except UsageError as error:
        return show(request, found, problem=str(said(error)), status=422)
    return redirect(f"/surveys/{number}/#questions")


def _conflict(request: Request, found: Survey, conflict: EditConflict) -> HttpResponseBase:
    back = f"/surveys/{found.number}/"
    labels = {name: label for name, label in LABELS.items() if name in conflict.mine}
    return conflict_page(request, conflict, about=titled(found), back=back, labels=labels)
