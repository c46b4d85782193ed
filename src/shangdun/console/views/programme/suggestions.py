"""The suggestions box: put in, with or without a name; answered; found by its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.suggestions.answer import do_answer_suggestion, do_improve_by_suggestion
from shangdun.actions.suggestions.suggest import (
    A_DAY,
    BOX,
    do_suggest,
    do_suggest_unnamed,
    too_many,
)
from shangdun.console import unnamed
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.knowledge import ImproveForm, ReplyForm, SuggestForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.communication import people
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Suggestion, SuggestionState
from shangdun.records.roles import Capability
from shangdun.records.suggestions import (
    UNANSWERED,
    fresh_code,
    get_suggestion,
    suggestion_by_code,
    visible_suggestions,
)

SECTION = "suggestions"
USES = (Capability.SUGGEST, Capability.ANSWER_SUGGESTIONS)
ANSWERS = (Capability.ANSWER_SUGGESTIONS,)
PAGE = 50
LABELS = {"answer": gettext_lazy("Answer"), "state": gettext_lazy("Decision")}
LOOKS = {
    SuggestionState.NEW: "warn",
    SuggestionState.CONSIDERED: "note",
    SuggestionState.ACCEPTED: "own",
    SuggestionState.DECLINED: "",
    SuggestionState.DONE: "good",
}


@page(SECTION, *USES)
def suggestions(request: Request) -> HttpResponseBase:
    """One's own, those shown to everybody, and all of them for who answers."""
    rows = visible_suggestions(request.user)
    answers = request.user.can(*ANSWERS)
    waiting = rows.filter(state__in=UNANSWERED).count() if answers else 0
    if answers and request.GET.get("show") == "waiting":
        rows = rows.filter(state__in=UNANSWERED).order_by("given_on", "number")
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "rows": [(row, LOOKS[SuggestionState(row.state)]) for row in pages],
        "answers": answers,
        "waiting": waiting,
        "suggests": request.user.can(Capability.SUGGEST),
    }
    return render(request, "suggestions/list.html", context)


@page(SECTION, Capability.SUGGEST, methods=("GET", "HEAD", "POST"))
def suggest(request: Request) -> HttpResponseBase:
    """Put one in. Without a name the page shows a code, once."""
    form = SuggestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["unnamed"]:
                if not unnamed.take(request.user.pk, timezone.localdate(), A_DAY):
                    raise too_many()
                code = fresh_code()
                do_suggest_unnamed(BOX, form.proposal(), code=code)
                return render(request, "suggestions/code.html", {"code": code})
            made = do_suggest(request.user, form.proposal())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Thank you. You are told when it is answered."))
            return redirect("suggestion", made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "suggestions/suggest.html", {"form": form}, status=status)


@page(SECTION, *USES, methods=("GET", "HEAD", "POST"))
def by_code(request: Request) -> HttpResponseBase:
    """What became of an anonymous one, for whoever has its code."""
    code = request.POST.get("code", "")[:60] if request.method == "POST" else ""
    found = suggestion_by_code(code) if code else None
    context: dict[str, Any] = {"suggestion": found, "asked": request.method == "POST"}
    if found:
        context["look"] = LOOKS[SuggestionState(found.state)]
    status = 404 if context["asked"] and found is None else 200
    return render(request, "suggestions/by_code.html", context, status=status)


@page(SECTION, *USES)
def suggestion(request: Request, number: int) -> HttpResponseBase:
    """One of them, with its answer."""
    return _page(request, get_suggestion(request.user, number))


def _page(
    request: Request, found: Suggestion, status: int = 200, **forms: Any  # noqa: ANN401 - forms
) -> HttpResponseBase:  # fmt: skip
    answers = request.user.can(*ANSWERS)
    version = {"version": found.version}
    later = timezone.localdate() + timedelta(days=30)
    decided = found.state if found.state != SuggestionState.NEW else SuggestionState.CONSIDERED
    context: dict[str, Any] = {
        "suggestion": found,
        "look": LOOKS[SuggestionState(found.state)],
        "answers": answers,
        "own": found.by_id == request.user.pk,
        "improves": answers
        and found.improvement is None
        and found.state in (SuggestionState.ACCEPTED, SuggestionState.CONSIDERED),
    }
    if answers:
        values = version | {"state": decided, "answer": found.answer, "shared": found.shared}
        context["reply_form"] = ReplyForm(initial=values)
        planned = version | {"title": found.title, "due": later}
        context["improve_form"] = ImproveForm(people(), initial=planned)
    return render(request, "suggestions/page.html", context | forms, status=status)


@page(SECTION, *ANSWERS, methods=("POST",))
def reply(request: Request, number: int) -> HttpResponseBase:
    """Answer and decide."""
    found = get_suggestion(request.user, number)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, reply_form=form)
    try:
        version = form.cleaned_data["version"]
        do_answer_suggestion(request.user, form.reply(), number=number, version=version)
    except EditConflict as conflict:
        back = f"/suggestions/{number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _page(request, found, 422, reply_form=form)
    messages.success(request, _("Answered."))
    return redirect("suggestion", number)


@page(SECTION, *ANSWERS, methods=("POST",))
def improve(request: Request, number: int) -> HttpResponseBase:
    """Make an improvement of it."""
    found = get_suggestion(request.user, number)
    form = ImproveForm(people(), request.POST)
    if not form.is_valid():
        return _page(request, found, 422, improve_form=form)
    try:
        version = form.cleaned_data["version"]
        do_improve_by_suggestion(request.user, form.plan(), number=number, version=version)
    except EditConflict as conflict:
        back = f"/suggestions/{number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _page(request, found, 422, improve_form=form)
    messages.success(request, _("It is among the improvements."))
    return redirect("suggestion", number)
