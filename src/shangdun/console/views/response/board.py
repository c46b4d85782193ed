"""The board of an incident: what each group does now, what comes next, where playbooks stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.tasks.add import NewTask
from shangdun.actions.tasks.begin import RESPONDERS, do_add_run, do_stop_run
from shangdun.actions.tasks.edit import do_add_task
from shangdun.actions.tasks.finish import Ended, do_finish_task, do_reopen_task
from shangdun.actions.tasks.steps import do_let_act
from shangdun.actions.tasks.take import do_take_task
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.tasks import AddTaskForm, ReasonForm, RunForm
from shangdun.console.problems import said
from shangdun.console.response.board import board_of, playbook_choices
from shangdun.console.response.room import room_context
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page, way_back
from shangdun.console.wordings.tasks import LABELS, title_of
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, Task
from shangdun.records.roles import Capability
from shangdun.records.tasks import (
    UNFINISHED,
    get_run,
    get_task,
    groups_of,
    playbooks_to_begin,
    runs_of,
    tasks_of,
)
from shangdun.respond.groups import Group

CHOICES = 60
"""Of tasks that a new one can wait for: a longer list is no choice."""
SHOWS = ("all", "mine", "overdue")
CLICKS: dict[str, Callable[..., Task]] = {
    "take": do_take_task,
    "let_act": do_let_act,
    "reopen": do_reopen_task,
}
"""What one click does."""


@page("incidents", Capability.VIEW_INCIDENTS)
def board(request: Request, number: int) -> HttpResponseBase:
    """Lanes by group; on a telephone one at a time, one's own first."""
    incident = get_incident_by_number(request.user, number)
    return _page(request, incident)


@page("incidents", Capability.VIEW_INCIDENTS)
def cards(request: Request, number: int) -> HttpResponse:
    """The lanes alone, which renew themselves."""
    incident = get_incident_by_number(request.user, number)
    return answer(request, _lanes(request, incident))


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def click(request: Request, number: int) -> HttpResponseBase:
    """Take, done, let it act, again: with one click, about the version that was shown."""
    incident = get_incident_by_number(request.user, number)
    verb = next((name for name in (*CLICKS, "finish") if name in request.POST), "")
    if not verb:
        return redirect("incident_board", number)
    task_id, version = _handle(request.POST.get(verb, ""))
    task = get_task(request.user, task_id)
    if task.incident_id != incident.pk:
        raise NotFound(f"there is no task {task_id}", fix="see the board")
    if "version" in request.POST:  # a second word, after both versions were shown
        version = _whole(request.POST["version"])
    back = way_back(request, reverse("incident_board", args=(number,)))
    try:
        if verb == "finish":
            do_finish_task(request.user, task_id=task.pk, ended=Ended(), version=version)
        else:
            CLICKS[verb](request.user, task_id=task.pk, version=version)
    except EditConflict as conflict:
        about = title_of(task)
        return conflict_page(request, conflict, about=about, back=back, labels=LABELS)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect(back)


@page("incidents", Capability.WORK_TASKS, methods=("GET", "HEAD", "POST"))
def add(request: Request, number: int) -> HttpResponseBase:
    """A task by hand."""
    incident = get_incident_by_number(request.user, number)
    if request.method != "POST":
        return redirect("incident_board", number)
    form = AddTaskForm(_others(request, incident), request.POST)
    if not form.is_valid():
        return _page(request, incident, status=422, add_form=form, adds=True)
    given = form.cleaned_data
    wanted = NewTask(
        group=Group(given["group"]),
        title=given["title"],
        instruction=given["instruction"],
        source="person",
        target_minutes=given["minutes"],
        depends=(given["depends"],) if given["depends"] else (),
    )
    try:
        do_add_task(request.user, incident_id=incident.pk, wanted=wanted)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _page(request, incident, status=422, add_form=form, adds=True)
    messages.success(request, _("The task is on the board."))
    return redirect("incident_board", number)


@page("incidents", *RESPONDERS, methods=("POST",))
def begin(request: Request, number: int) -> HttpResponseBase:
    """A further playbook."""
    incident = get_incident_by_number(request.user, number)
    form = RunForm(_playbooks(request, incident), request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the playbooks."))
        return redirect("incident_board", number)
    version = form.cleaned_data["version"]
    try:
        do_add_run(request.user, incident_id=incident.pk, version_id=version)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("The playbook has begun: its tasks are on the board."))
    return redirect("incident_board", number)


@page("incidents", *RESPONDERS, methods=("POST",))
def stop(request: Request, number: int, run_id: int) -> HttpResponseBase:
    """End a playbook before its end."""
    incident = get_incident_by_number(request.user, number)
    run = get_run(request.user, run_id)
    form = ReasonForm(request.POST)
    if run.incident_id != incident.pk:
        raise NotFound(f"there is no run {run_id}", fix="see the board")
    if not form.is_valid():
        messages.error(request, _("Say why in a sentence."))
        return redirect("incident_board", number)
    do_stop_run(request.user, run_id=run.pk, reason=form.cleaned_data["reason"])
    messages.success(request, _("The playbook is stopped."))
    return redirect("incident_board", number)


def _page(
    request: Request,
    incident: Incident,
    *,
    status: int = 200,
    **more: Any,  # noqa: ANN401 - forms of any kind
) -> HttpResponseBase:
    user = request.user
    works = user.can(Capability.WORK_TASKS) and incident.is_open
    leads = user.can(*RESPONDERS) and incident.is_open
    others = _others(request, incident) if works else []
    mine = groups_of(user)
    first = {"group": mine[0].value} if mine else {}
    context = {
        **room_context(user, incident, "board"),
        "lanes": _lanes(request, incident),
        "show": _show(request),
        "shows": SHOWS,
        "works": works,
        "leads": leads,
        "add_form": AddTaskForm(others, initial=first),
        "run_form": RunForm(_playbooks(request, incident)) if leads else None,
        "runs": [run for run in runs_of(user, incident) if run.state == "running"] if leads else [],
    }
    return render(request, "tasks/board.html", context | more, status=status)


def _lanes(request: Request, incident: Incident) -> Fragment:
    shown = board_of(request.user, incident, timezone.now(), _show(request))
    chosen = request.GET.get("group", "")
    groups = [lane.group.value for lane in shown.lanes]
    busy = [lane.group.value for lane in shown.lanes if lane.mine and lane.number]
    context = {
        "board": shown,
        "incident": incident,
        "show": _show(request),
        "chosen": chosen if chosen in groups else (busy or groups)[0],
    }
    return render_fragment(request, "tasks/lanes.html", context)


def _show(request: Request) -> str:
    wanted = request.GET.get("show", "all")
    return wanted if wanted in SHOWS else "all"


def _others(request: Request, incident: Incident) -> list[tuple[int, str]]:
    rows = tasks_of(request.user, incident).filter(UNFINISHED)
    return [(task.pk, title_of(task)) for task in rows[:CHOICES]]


def _playbooks(request: Request, incident: Incident) -> list[tuple[int, str]]:
    versions = playbooks_to_begin(request.user, incident)
    return playbook_choices(versions, runs_of(request.user, incident))


def _handle(text: str) -> tuple[int, int | None]:
    task, _dot, version = text.partition(".")
    return _whole(task) or 0, _whole(version)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None
