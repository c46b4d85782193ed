"""A task of a programme: its page, working on it, changing it, what proves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.programmes import tasks, work
from shangdun.actions.programmes.changes import open_task
from shangdun.actions.programmes.prove import do_set_criteria
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.programmes import AddTaskForm, TaskForm, criterion_forms
from shangdun.console.problems import said
from shangdun.console.programme.knowledge import beside_plan_task
from shangdun.console.programme.programmes import (
    FIELD_WORDS,
    head_facts,
    mark_of,
    open_links,
    rows_of,
    verdicts,
)
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.programme_steps import whole
from shangdun.console.wordings import action_words
from shangdun.console.wordings.programmes import OUTCOMES
from shangdun.kernel.clock import from_millis
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.criteria import kinds
from shangdun.records.models import LedgerEntry, PlanTask, PlanTaskKind, PlanTaskState
from shangdun.records.programmes import (
    get_programme,
    get_task,
    is_late,
    owners,
    tasks_of,
    will_be_late,
)
from shangdun.records.roles import Capability

MANAGES = (Capability.MANAGE_PROGRAMMES,)
WORKS = (Capability.VIEW_PROGRAMMES, Capability.WORK_PLAN)
MOST_BELOW = 300


@page("programmes", *WORKS)
def task(request: Request, task_id: int) -> HttpResponseBase:
    """One task; the employee's own too."""
    return _shown(request, get_task(request.user, task_id))


def _shown(
    request: Request, found: PlanTask, *, problem: str = "", status: int = 200
) -> HttpResponseBase:
    now, user = timezone.now(), request.user
    today = timezone.localdate(now)
    sees_all, manages = user.can(Capability.VIEW_PROGRAMMES), user.can(*MANAGES)
    mine = found.owner_id == user.pk
    facts = head_facts(found.programme, manages=manages)
    children = found.children.filter(archived_at=None).order_by("position")
    below = rows_of(list(children.select_related("owner")[:MOST_BELOW]), today) if sees_all else []
    leaf = not any(row.task.kind != PlanTaskKind.MILESTONE for row in below)
    follows = (found.kind == PlanTaskKind.MILESTONE and found.links_in.exists()) or not leaf
    works = (mine or manages) and not facts["over"] and found.archived_at is None and not follows
    context: dict[str, Any] = facts | beside_plan_task(user, found) | {
        "task": found,
        "programme": found.programme,
        "mark": mark_of(found, today),
        "late": is_late(found, today),
        "will_be_late": will_be_late(found),
        "criteria": [(one, open_links(one.verdict.links, user)) for one in verdicts(found, now)],
        "below": below,
        "before": _links(found, "links_in", "before") if sees_all else [],
        "after": _links(found, "links_out", "after") if sees_all else [],
        "works": works,
        "follows": follows,
        "manages": manages and not facts["over"],
        "sees_all": sees_all,
        "problem": problem,
        "kept": request.POST.get("reason", ""),
        "history": _history(found) if user.can(Capability.VIEW_LEDGER) else [],
        "open": found.state in (PlanTaskState.TODO, PlanTaskState.DOING),
    }  # fmt: skip
    return render(request, "programmes/task.html", context, status=status)


def _links(found: PlanTask, side: str, end: str) -> list[Any]:
    rows = getattr(found, side).select_related(end).filter(**{f"{end}__archived_at": None})
    return [(link, getattr(link, end)) for link in rows.order_by(f"{end}__position")[:50]]


def _history(found: PlanTask) -> list[dict[str, Any]]:
    """What the ledger holds of it, newest first."""
    rows = LedgerEntry.objects.filter(subject_kind="plan_task", subject_id=str(found.pk))
    words = action_words()
    told = []
    for entry in rows.order_by("-seq")[:15]:
        outcome = OUTCOMES.get(json.loads(entry.payload).get("outcome", ""))
        told.append(
            {"actor": entry.actor, "did": words.get(entry.action, entry.action),
             "outcome": outcome or "", "at": from_millis(entry.time)}
        )  # fmt: skip
    return told


Act = Callable[[Request, int, int | None], object]


def _plainly(act: Callable[..., object]) -> Act:
    return lambda request, pk, seen: act(request.user, task_id=pk, version=seen)


def _with_reason(act: Callable[..., object]) -> Act:
    return lambda request, pk, seen: act(
        request.user, task_id=pk, reason=request.POST.get("reason", ""), version=seen
    )


def _progress(request: Request, pk: int, seen: int | None) -> object:
    text = request.POST.get("progress", "").strip()
    share = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
    return work.do_report_plan_progress(request.user, task_id=pk, progress=share, version=seen)


_STEPS: dict[str, Act] = {
    "begin": _plainly(work.do_begin_plan_task),
    "progress": _progress,
    "tick": _with_reason(work.do_tick_plan_task),
    "reopen": _with_reason(work.do_reopen_plan_task),
    "drop": _with_reason(work.do_drop_plan_task),
    "restore": _plainly(work.do_restore_plan_task),
    "archive": _plainly(tasks.do_archive_plan_task),
    "return": lambda request, pk, _seen: tasks.do_return_plan_task(request.user, task_id=pk),
}


@page("programmes", *WORKS, methods=("POST",))
def step(request: Request, task_id: int, verb: str) -> HttpResponseBase:
    """Begin, report progress, tick off, reopen, drop, restore, take out, put back."""
    found = open_task(request.user, task_id)
    act = _STEPS.get(verb)
    if act is None:
        return redirect("plan_task", task_id)
    try:
        act(request, task_id, whole(request.POST.get("version")) or None)
    except EditConflict as conflict:
        return _conflict(request, conflict, found)
    except UsageError as error:
        return _shown(request, found, problem=str(said(error)), status=422)
    told = {
        "tick": _("Done, by your word. Evidence may still prove it."),
        "archive": _("It is out of the programme; it can be put back."),
    }
    messages.success(request, told.get(verb, _("Saved.")))
    return redirect("plan_task", task_id)


def _conflict(request: Request, conflict: EditConflict, found: PlanTask) -> HttpResponseBase:
    back = f"/programmes/tasks/{found.pk}/"
    return conflict_page(request, conflict, about=str(found), back=back, labels=FIELD_WORDS)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request, number: int) -> HttpResponseBase:
    """A new task, subtask or milestone."""
    found = get_programme(request.user, number)
    parents = tasks_of(found).filter(kind=PlanTaskKind.TASK)
    initial = {"parent": whole(request.GET.get("parent")) or None}
    form = AddTaskForm(parents, owners(request.user), request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = tasks.do_add_plan_task(
                request.user, form.task(), number=number, kind=form.cleaned_data["kind"],
                parent=form.cleaned_data["parent"],
            )  # fmt: skip
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        else:
            messages.success(request, _("Added. Say what proves it, so that nobody has to tick."))
            return redirect("plan_task_criteria", made.pk)
    context = {"form": form, "programme": found}
    return render(request, "programmes/task_form.html", context, status=422 if form.errors else 200)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def change(request: Request, task_id: int) -> HttpResponseBase:
    """What is said about a task."""
    found = get_task(request.user, task_id)
    initial = TaskForm.initial_of(found)
    form = TaskForm(owners(request.user), found.kind, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            tasks.do_change_plan_task(request.user, form.task(), task_id=task_id, version=version)
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("plan_task", task_id)
    context = {"form": form, "programme": found.programme, "task": found}
    return render(request, "programmes/task_form.html", context, status=422 if form.errors else 200)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def move(request: Request, task_id: int) -> HttpResponseBase:
    """Another place: below another task, before or after those beside it."""
    found = get_task(request.user, task_id)
    rows = tasks_of(found.programme).exclude(kind=PlanTaskKind.MILESTONE)
    problem = ""
    if request.method == "POST":
        place = max(0, whole(request.POST.get("place")) - 1)
        try:
            tasks.do_move_plan_task(
                request.user, task_id=task_id, place=place,
                parent=whole(request.POST.get("parent")) or None,
                version=whole(request.POST.get("version")) or None,
            )  # fmt: skip
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            problem = str(said(error))
        else:
            messages.success(request, _("Moved; all numbers follow."))
            return redirect("programme", found.programme.number)
    parents = rows.filter(children__isnull=False) | rows.filter(kind=PlanTaskKind.TASK)
    beside = tasks_of(found.programme).filter(parent=found.parent_id, position__lt=found.position)
    context = {
        "task": found,
        "programme": found.programme,
        "parents": parents.exclude(pk=found.pk).distinct(),
        "place": beside.count() + 1,
        "problem": problem,
    }
    return render(request, "programmes/move.html", context, status=422 if problem else 200)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def criteria(request: Request, task_id: int) -> HttpResponseBase:
    """What proves a task: kinds of evidence, each with what it asks for."""
    found = get_task(request.user, task_id)
    rows = found.criteria.filter(archived_at=None).order_by("position", "pk")
    posted = request.POST if request.method == "POST" else None
    forms = criterion_forms(rows, request.GET.get("add", ""), posted)
    problem = ""
    good = [form.is_valid() for form in forms]  # each, so that all mistakes are shown at once
    if posted is not None and all(good):
        wanted = [one for form in forms if (one := form.wanted()) is not None]
        try:
            version = whole(posted.get("version")) or None
            do_set_criteria(request.user, wanted, task_id=task_id, version=version)
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            problem = str(said(error))
        else:
            messages.success(request, _("Saved. It is looked at by itself from now on."))
            return redirect("plan_task", task_id)
    wrong = bool(problem) or any(form.errors for form in forms)
    context = {
        "task": found,
        "programme": found.programme,
        "forms": forms,
        "kinds": sorted(
            ((key, one.LABEL) for key, one in kinds().items()), key=lambda x: str(x[1])
        ),
        "problem": problem,
    }
    return render(request, "programmes/criteria.html", context, status=422 if wrong else 200)
