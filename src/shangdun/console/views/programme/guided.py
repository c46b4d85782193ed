"""The guided questions: five short steps, a last look, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from shangdun.actions.programmes.answers import STEPS, answers_of, do_keep_answers
from shangdun.actions.programmes.guided import do_finish_questions, finished_by
from shangdun.console.forms import guided as steps
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.govern.programme.template import built_in
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.documents import company
from shangdun.records.models import GuidedAnswers
from shangdun.records.programme_templates import choices, template_of
from shangdun.records.programmes import owners, standing, visible_programmes
from shangdun.records.roles import Capability

MANAGES = (Capability.MANAGE_PROGRAMMES,)
TITLES: dict[str, Promise] = {
    "company": gettext_lazy("Your company"),
    "platform": gettext_lazy("Your platform"),
    "people": gettext_lazy("The people"),
    "start": gettext_lazy("The start"),
    "budget": gettext_lazy("The budget"),
    "look": gettext_lazy("A last look"),
}
LEADS: dict[str, Promise] = {
    "company": gettext_lazy("Papers, letters and deadlines take it from here."),
    "platform": gettext_lazy("It decides which risks, laws and measures are put before you."),
    "people": gettext_lazy("Name who you know. For all else the security lead is responsible."),
    "start": gettext_lazy("All dates follow from the first day, holidays considered."),
    "budget": gettext_lazy("One number is enough; it is shared out over the tasks later."),
}
ORDER = (*STEPS, "look")


@page("programmes", *MANAGES)
def begin(request: Request) -> HttpResponseBase:
    """Where one left off; for a second run, a word that there is a programme already."""
    row = answers_of(request.user)
    if row is not None:
        todo = next((step for step in STEPS if step not in row.answers), "look")
        return redirect("questions", todo)
    context = {
        "programmes": list(visible_programmes(request.user)[:5]),
        "titles": [(step, TITLES[step], LEADS[step]) for step in STEPS],
    }
    return render(request, "programmes/questions_begin.html", context)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def question(request: Request, step: str) -> HttpResponseBase:
    """One step. Going back shows what was typed; a mistake keeps it."""
    if step == "look":
        return _look(request)
    if step not in STEPS:
        raise NotFound("there is no such step", fix="begin with the first")
    row = answers_of(request.user)
    form = _form(request, step, row, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        # Kept even if something is wrong with it: whoever is called away finds it again.
        do_keep_answers(request.user, step=step, answers=_typed(request.POST))
        if form.is_valid():
            return redirect("questions", ORDER[ORDER.index(step) + 1])
    context = _context(step, row) | {"form": form}
    return render(request, "programmes/question.html", context, status=422 if form.errors else 200)


def _look(request: Request) -> HttpResponseBase:
    row = answers_of(request.user)
    if row is None:
        return redirect("questions_done" if finished_by(request.user) else "questions_begin")
    checked: dict[str, Mapping[str, Any]] = {}
    by_role: dict[str, int] = {}
    for step in STEPS:
        form = _form(request, step, row, _query(row.answers.get(step)))
        if not form.is_valid():
            return redirect("questions", step)
        checked[step] = form.cleaned_data
        if isinstance(form, steps.PeopleStep):
            by_role = form.by_role()
    answers = steps.answers_from(checked, by_role)
    problem = ""
    if request.method == "POST":
        try:
            do_finish_questions(request.user, answers)
        except UsageError as error:
            problem = str(said(error))
        else:
            return redirect("questions_done")
    context = _context("look", row) | {
        "answers": answers,
        "problem": problem,
        "people": _named(request, row),
        "platform": [label for key, label in steps.PLATFORM_WORDS if key in answers.platform],
        "template": template_of(request.user, answers.template, answers.language),
    }
    return render(request, "programmes/look.html", context, status=422 if problem else 200)


@page("programmes", *MANAGES)
def done(request: Request) -> HttpResponseBase:
    """What was made, and what to do next."""
    row = finished_by(request.user)
    if row is None or row.programme is None:
        return redirect("questions_begin")
    language = "en" if get_language() == "en" else "zh-hans"
    made = [
        {"what": one["what"].get(language, ""), "path": one["path"], "made": one["made"]}
        for one in row.made
    ]
    stands = standing(row.programme, timezone.localdate())
    context = {"programme": row.programme, "made": made, "stands": stands, "row": row}
    return render(request, "programmes/questions_done.html", context)


def _form(
    request: Request, step: str, row: GuidedAnswers | None, posted: QueryDict | None
) -> forms.Form:
    """The form of a step: with what is posted, else with what was typed before."""
    kept = _query(row.answers.get(step)) if row and step in row.answers else None
    initial = _initial(request, step, row) if kept is None else _plain(kept)
    language = _language(row)
    user = request.user
    if step == "company":
        return steps.CompanyStep(posted, initial=initial)
    if step == "platform":
        return steps.PlatformStep(posted, initial=initial)
    if step == "people":
        roles = [(role.key, role.name) for role in built_in("ecommerce", language).roles]
        return steps.PeopleStep(roles, owners(user), posted, initial)
    if step == "start":
        return steps.StartStep(choices(user, language), posted, initial)
    return steps.BudgetStep(posted, initial=initial)


def _language(row: GuidedAnswers | None) -> str:
    """As it was answered in the first step."""
    if row is not None:
        told = _plain(_query(row.answers.get("company"))).get("language")
        if told in ("zh-hans", "en"):
            return str(told)
    return "en" if get_language() == "en" else "zh-hans"


def _initial(request: Request, step: str, row: GuidedAnswers | None) -> dict[str, Any]:
    """What a step begins with before anybody answered it."""
    if step == "company":
        return steps.CompanyStep.initial_of(company(), get_language() or "")
    if step == "platform":
        return {"platform": ["web", "cloud"]}
    if step == "people":
        return {"role_lead": request.user.pk}
    if step == "start":
        template = built_in("ecommerce", _language(row))
        return {"title": template.title, "template": "built-in:ecommerce", "calendar": "cn",
                "starts_on": timezone.localdate()}  # fmt: skip
    return {}


def _typed(posted: QueryDict) -> dict[str, list[str]]:
    return {
        name: [str(value) for value in values]
        for name, values in posted.lists()
        if name != "csrfmiddlewaretoken"
    }


def _query(kept: Mapping[str, list[str]] | None) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in (kept or {}).items():
        found.setlist(name, values)
    return found


def _plain(kept: QueryDict) -> dict[str, Any]:
    """As a form begins with it: several only where there may be several."""
    return {
        name: values if name == "platform" else (values[-1] if values else "")
        for name, values in kept.lists()
    }


def _context(step: str, row: GuidedAnswers | None) -> dict[str, Any]:
    place = ORDER.index(step)
    answered = set(row.answers) if row else set()
    return {
        "step": step,
        "title": TITLES[step],
        "lead": LEADS.get(step, ""),
        "place": place + 1,
        "before": ORDER[place - 1] if place else "",
        "ways": [(name, TITLES[name], name in answered) for name in ORDER],
    }


def _named(request: Request, row: GuidedAnswers) -> list[tuple[str, str]]:
    form = _form(request, "people", row, _query(row.answers.get("people")))
    form.is_valid()
    names = {one.pk: one.get_full_name() or one.username for one in owners(request.user)}
    return [
        (str(field.label), names[form.cleaned_data[name]])
        for name, field in form.fields.items()
        if form.cleaned_data.get(name) in names
    ]
