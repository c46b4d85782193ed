"""Programmes: the list, one programme, its head, what changed since its approval."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.actions.programmes.create import do_change_programme, do_create_programme
from shangdun.actions.programmes.guided import finished_by
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.programmes import HeadForm, NewProgrammeForm
from shangdun.console.problems import said
from shangdun.console.programme.programmes import (
    FIELD_WORDS,
    SHOWS,
    approval_of,
    can_judge,
    filtered,
    head_facts,
    late_of,
    mark_of,
    rows_of,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import PlanTask, PlanTaskKind, Programme
from shangdun.records.programme_changes import approved_snapshot, changes_since
from shangdun.records.programme_templates import choices
from shangdun.records.programmes import (
    LONG_TEXTS,
    OVER,
    get_programme,
    owners,
    standing,
    visible_programmes,
    visible_tasks,
)
from shangdun.records.roles import Capability

PAGE = 150
MANAGES = (Capability.MANAGE_PROGRAMMES,)
VIEWS = (Capability.VIEW_PROGRAMMES,)
WORKS = (Capability.VIEW_PROGRAMMES, Capability.WORK_PLAN)


@page("programmes", *WORKS)
def programmes(request: Request) -> HttpResponseBase:
    """All programmes with how they stand; who only works on the plan has a list of what is hers."""
    if not request.user.can(*VIEWS):
        return redirect("my_plan_tasks")
    today = timezone.localdate()
    archived = request.GET.get("show") == "archived"
    rows = visible_programmes(request.user, archived=archived)
    pages = Paginator(rows, 20).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "cards": [_card(one, today) for one in pages.object_list],
        "archived": archived,
        "has_archived": visible_programmes(request.user, archived=True).exists(),
        "manages": request.user.can(*MANAGES),
        "mine": rows_of(list(_mine(request)[:8]), today),
        "mine_count": _mine(request).count(),
    }
    return render(request, "programmes/list.html", context)


def _card(programme: Programme, today: Any) -> dict[str, Any]:  # noqa: ANN401 - a day
    stands = standing(programme, today)
    share = 100 * stands.done // stands.total if stands.total else 0
    return {"programme": programme, "stands": stands, "share": share,
            "approval": approval_of(programme)}  # fmt: skip


def _mine(request: Request) -> QuerySet[PlanTask]:
    """One's own open subtasks, the most urgent first."""
    rows = visible_tasks(request.user).filter(owner=request.user, kind=PlanTaskKind.SUBTASK)
    return rows.exclude(state__in=OVER).defer(*LONG_TEXTS).order_by("due", "position")


@page("programmes", *WORKS)
def mine(request: Request) -> HttpResponseBase:
    """One's own subtasks of all programmes, the most urgent first; those done below."""
    today = timezone.localdate()
    rows = visible_tasks(request.user).filter(owner=request.user, kind=PlanTaskKind.SUBTASK)
    done = rows.filter(state__in=OVER).defer(*LONG_TEXTS).order_by("-done_on", "-pk")
    pages = Paginator(_mine(request), PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": rows_of(list(pages.object_list), today),
        "pages": pages,
        "done": rows_of(list(done[:30]), today),
        "sees_all": request.user.can(*VIEWS),
    }
    return render(request, "programmes/mine.html", context)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def new(request: Request) -> HttpResponseBase:
    """Begin by the questions, or from a template without them."""
    language = "en" if get_language() == "en" else "zh-hans"
    offered = [
        one for name in (language, *({"zh-hans", "en"} - {language}))
        for one in choices(request.user, name)
    ]  # fmt: skip
    form = NewProgrammeForm(offered, owners(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_create_programme(request.user, form.wanted(language))
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        else:
            messages.success(request, _("The programme is there. Look through it, then submit it."))
            return redirect("programme", made.number)
    context = {"form": form, "finished": finished_by(request.user)}
    return render(request, "programmes/new.html", context, status=422 if form.errors else 200)


@page("programmes", *VIEWS)
def programme(request: Request, number: int) -> HttpResponseBase:
    """Where it stands: approval, evidence, what is late and why, its tasks."""
    return shown(request, get_programme(request.user, number))


def shown(
    request: Request, found: Programme, *, problem: str = "", status: int = 200
) -> HttpResponseBase:
    """The page, perhaps with what went wrong."""
    now, user = timezone.now(), request.user
    today = timezone.localdate(now)
    show, text = request.GET.get("show", ""), request.GET.get("q", "").strip()[:100]
    rows = filtered(found, user, show, text, today)
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    stands = standing(found, today)
    facts = head_facts(found, manages=user.can(*MANAGES))
    context: dict[str, Any] = facts | {
        "programme": found,
        "approval": approval_of(found),
        "stands": stands,
        "share": 100 * stands.done // stands.total if stands.total else 0,
        "pages": pages,
        "rows": rows_of(list(pages.object_list), today, stands),
        "shows": SHOWS,
        "late": late_of(found, today, now) if stands.late else [],
        "milestones": [(row, mark_of(row, today)) for row in stands.milestones[:30]],
        "problem": problem,
        "manages": user.can(*MANAGES),
    }
    if facts["changes_allowed"]:
        context["reviewers"], context["approvers"] = can_judge(found, user)
    return render(request, "programmes/page.html", context, status=status)


@page("programmes", *VIEWS)
def changes(request: Request, number: int) -> HttpResponseBase:
    """What differs from the approved version, task by task."""
    found = get_programme(request.user, number)
    snapshot = approved_snapshot(found)
    differs = changes_since(found, snapshot) if snapshot else None
    context = {
        "programme": found,
        "snapshot": snapshot,
        "changes": differs,
        "head": [FIELD_WORDS.get(name, name) for name in differs.head] if differs else [],
        "changed": [
            (one, [FIELD_WORDS.get(name, name) for name in one.fields])
            for one in (differs.changed if differs else ())
        ],
    }
    return render(request, "programmes/changes.html", context)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def edit(request: Request, number: int) -> HttpResponseBase:
    """The head: title, people, texts, working days."""
    found = get_programme(request.user, number)
    form = HeadForm(found, owners(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_change_programme(request.user, form.head(), number=number, version=version)
        except EditConflict as conflict:
            back = f"/programmes/{number}/"
            return conflict_page(
                request, conflict, about=found.title, back=back, labels=FIELD_WORDS
            )
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("programme", number)
    context = {"form": form, "programme": found}
    return render(request, "programmes/edit.html", context, status=422 if form.errors else 200)
