"""One task with everything about it, and the tasks that wait for the person who looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.tasks.edit import TaskChange, do_edit_task, do_note_task
from shangdun.actions.tasks.finish import (
    Ended,
    do_fail_task,
    do_finish_task,
    do_reopen_task,
    do_skip_task,
)
from shangdun.actions.tasks.take import do_hand_task
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.tasks import EditForm, FinishForm, HandForm, NoteForm, ReasonForm
from shangdun.console.incidents import told as with_titles
from shangdun.console.problems import said
from shangdun.console.programme.knowledge import beside_task
from shangdun.console.response.board import card_of
from shangdun.console.response.room import room_context
from shangdun.console.response.tasks import (
    answers_of,
    attempts_of,
    evidence_of,
    history_of,
    would_do,
)
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.tasks import LABELS, chinese, instruction_of, title_of
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.evidence import visible_evidence
from shangdun.records.models import Task
from shangdun.records.roles import Capability
from shangdun.records.tasks import get_task, my_tasks, tasks_of, workers, works_on

MINE_SHOWN = 50
ENDS: dict[str, Callable[..., Task]] = {
    "fail": do_fail_task,
    "skip": do_skip_task,
    "reopen": do_reopen_task,
}
VERBS = ("finish", "fail", "skip", "reopen", "hand", "edit", "note")


@page("tasks", Capability.VIEW_INCIDENTS)
def tasks(request: Request) -> HttpResponseBase:
    """What waits for the person who looks, across incidents: the soonest due first."""
    return render(request, "tasks/list.html", {"rows": _mine(request)})


@page("tasks", Capability.VIEW_INCIDENTS)
def rows(request: Request) -> HttpResponse:
    """The list alone, which renews itself."""
    return answer(request, _mine(request))


@page("incidents", Capability.VIEW_INCIDENTS)
def task(request: Request, number: int, task_id: int) -> HttpResponseBase:
    """What is to do, by whom, until when; what came out; its history and evidence."""
    return _page(request, _task(request, number, task_id))


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def change(request: Request, number: int, task_id: int, verb: str) -> HttpResponseBase:
    """Finish, fail, skip, reopen, hand on, change or comment."""
    found = _task(request, number, task_id)
    if verb not in VERBS:
        raise NotFound(f"nothing is called {verb[:20]}", fix="see the task's page")
    form = _form(request, found, verb)
    if not form.is_valid():
        return _page(request, found, 422, opened=verb, **{f"{verb}_form": form})
    try:
        _do(request, found, verb, form)
    except EditConflict as conflict:
        back = reverse("incident_task", args=(number, task_id))
        return conflict_page(request, conflict, about=title_of(found), back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _page(request, found, 422, opened=verb, **{f"{verb}_form": form})
    except NotFound:
        form.add_error(None, _("This person works on no tasks."))
        return _page(request, found, 422, opened=verb, **{f"{verb}_form": form})
    return redirect("incident_task", number, task_id)


def _form(request: Request, found: Task, verb: str) -> Form:
    post = request.POST
    if verb == "finish":
        return FinishForm(found, visible_evidence(request.user, found.incident), post)
    if verb == "hand":
        return HandForm(workers(request.user), post)
    return {"edit": EditForm, "note": NoteForm}.get(verb, ReasonForm)(post)


def _do(request: Request, found: Task, verb: str, form: Form) -> None:
    user, given = request.user, form.cleaned_data
    who: dict[str, Any] = {"task_id": found.pk}
    if verb != "note":
        who["version"] = given["version"]
    if isinstance(form, FinishForm):
        evidence = tuple(given.get("evidence") or ())
        ended = Ended(result=given["result"], outcome=form.outcome(), evidence=evidence)
        do_finish_task(user, ended=ended, **who)
        messages.success(request, _("Done. What waited for it can begin."))
    elif isinstance(form, HandForm):
        do_hand_task(user, note=given["note"], **form.whom(), **who)
        messages.success(request, _("Handed on; they are told."))
    elif isinstance(form, EditForm):
        language = "zh" if chinese() else "en"
        words = {name: given[name] for name in ("title", "instruction", "due")}
        do_edit_task(user, change=TaskChange(language=language, **words), **who)
    elif isinstance(form, NoteForm):
        do_note_task(user, text=given["text"], **who)
    else:
        ends: dict[str, Callable[..., Task]] = {
            "fail": do_fail_task,
            "skip": do_skip_task,
            "reopen": do_reopen_task,
        }
        ends[verb](user, reason=given["reason"], **who)


def _task(request: Request, number: int, task_id: int) -> Task:
    incident = get_incident_by_number(request.user, number)
    found = get_task(request.user, task_id)
    if found.incident_id != incident.pk:
        raise NotFound(f"there is no task {task_id}", fix="see the board")
    found.incident = incident
    return found


def _page(
    request: Request,
    found: Task,
    status: int = 200,
    **forms: Any,  # noqa: ANN401 - forms of any kind
) -> HttpResponseBase:
    user, version = request.user, {"version": found.version}
    works = works_on(user, found)
    items = visible_evidence(user, found.incident) if works else ()
    before = tasks_of(user, found.incident).filter(pk__in=found.depends) if found.depends else ()
    titles = {one.pk: title_of(one) for one in before}
    over = {one.pk for one in before if one.is_over}
    words = {"title": title_of(found), "instruction": instruction_of(found), "due": found.due_at}
    context = {
        **room_context(user, found.incident, "board"),
        **beside_task(user, found),
        "task": found,
        "card": card_of(user, found, timezone.now(), titles, over),
        "before": [(one, title_of(one)) for one in before],
        "would": would_do(found),
        "answers": answers_of(found),
        "attempts": attempts_of(found),
        "history": history_of(found),
        "evidence": evidence_of(user, found),
        "works": works and found.incident.is_open,
        "talks": user.can(Capability.WORK_TASKS),
        "finish_form": FinishForm(found, items, initial={**version, "result": found.result}),
        "fail_form": ReasonForm(initial=version, auto_id="fail_%s"),
        "skip_form": ReasonForm(initial=version, auto_id="skip_%s"),
        "reopen_form": ReasonForm(initial=version, auto_id="reopen_%s"),
        "hand_form": HandForm(workers(user) if works else (), initial=version, auto_id="hand_%s"),
        "edit_form": EditForm(initial={**version, **words}, auto_id="edit_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
    }
    return render(request, "tasks/page.html", context | forms, status=status)


def _mine(request: Request) -> Fragment:
    found = my_tasks(request.user)
    pages = Paginator(found, MINE_SHOWN).get_page(request.GET.get("page"))
    now = timezone.now()
    with_titles([one.incident for one in pages.object_list])
    cards = [card_of(request.user, one, now, {}) for one in pages.object_list]
    context = {"cards": cards, "pages": pages}
    return render_fragment(request, "tasks/rows.html", context)
