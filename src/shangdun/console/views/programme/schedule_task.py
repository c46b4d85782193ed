"""One task in the schedule: why it is when it is, what moved it, moving it without a mouse."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shangdun.actions.programmes.changes import open_task
from shangdun.actions.schedule.explain import do_explain_delay
from shangdun.actions.schedule.link import do_link_tasks, do_unlink_tasks
from shangdun.actions.schedule.place import do_place_task
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.schedule import LinkForm, PlaceForm, WhyForm
from shangdun.console.problems import said
from shangdun.console.programme.delays import days_text, driver_text, explained, link_text
from shangdun.console.views.page import Request, page, way_back
from shangdun.console.views.programme.schedule import MANAGES, VIEWS, may_change, today
from shangdun.govern.schedule.activity import Key, LinkKind
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DelayNote, PlanTask, Programme
from shangdun.records.programmes import get_programme, get_task, tasks_of
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of, network_of, reckoned
from shangdun.records.schedule_changes import baselines_of

LABELS = {
    "not_before": gettext_lazy("Not before"),
    "days": pgettext_lazy("length", "Working days"),
    "starts_on": gettext_lazy("Start"),
    "ends_on": gettext_lazy("End"),
}


def _found(request: Request, number: int, task_id: int) -> tuple[Programme, PlanTask]:
    programme = get_programme(request.user, number)
    task = get_task(request.user, task_id)
    if task.programme_id != programme.pk or task.archived_at is not None:
        raise NotFound(f"there is no task {task_id}", fix="see the schedule")
    return programme, task


@page("programmes", *VIEWS)
def task_page(request: Request, number: int, task_id: int) -> HttpResponseBase:
    """Dates, slack, what drives them, what moved them, what it waits for."""
    programme, task = _found(request, number, task_id)
    return _task_page(request, programme, task, PlaceForm(initial=PlaceForm.initial_of(task)))


def _task_page(
    request: Request,
    programme: Programme,
    task: PlanTask,
    place: PlaceForm,
    *,
    link: LinkForm | None = None,
    why: WhyForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    network = network_of(programme)
    names: dict[Key, str] = {one.key: one.name for one in network.activities}
    found = reckoned(programme, today(), network)
    planned = found.planned[task.pk]
    calendar = calendar_of(programme)
    baselines = baselines_of(programme)
    steps = explained(task.pk, found, baselines, calendar, names)
    moved = steps[0].days if steps else 0
    late = moved > 0 or planned.room < 0
    context = {
        "programme": programme,
        "task": task,
        "planned": planned,
        "certain": calendar.certain(planned.ends_on),
        "driver": driver_text(planned, names, task.not_before),
        "on_path": task.pk in found.path,
        "steps": [(step, days_text(step.days)) for step in steps],
        "late": late,
        "before": [(one, link_text(one, names)) for one in network.links if one.after == task.pk],
        "after": [(one.after, names[one.after]) for one in network.links if one.before == task.pk],
        "notes": DelayNote.objects.filter(task=task).select_related("by").order_by("-id")[:20],
        "place": place,
        "link_form": link or LinkForm(),
        "why": why or WhyForm(),
        "summary": any(one.parent == task.pk for one in network.activities),
        "may": may_change(request, programme),
        "may_say": request.user.can(*MANAGES, Capability.WORK_PLAN) and late,
    }
    return render(request, "schedule/task.html", context, status=status)


@page("programmes", *MANAGES, methods=("POST",))
def place(request: Request, number: int, task_id: int) -> HttpResponseBase:
    """Move or stretch it by the form."""
    programme, task = _found(request, number, task_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _task_page(request, programme, task, form, status=422)
    try:
        version = form.cleaned_data["version"]
        do_place_task(request.user, form.placement(), task_id=task.pk, version=version)
    except EditConflict as conflict:
        back = reverse("schedule_task", args=[number, task.pk])
        return conflict_page(request, conflict, about=str(task), back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, _shown(error))
        return _task_page(request, programme, task, form, status=422)
    messages.success(request, _("Scheduled anew."))
    return redirect("schedule_task", number, task.pk)


@page("programmes", *MANAGES, methods=("POST",))
def link(request: Request, number: int, task_id: int) -> HttpResponseBase:
    """Let it wait for another."""
    programme, task = _found(request, number, task_id)
    form = LinkForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        before = tasks_of(programme).filter(code=given["before"].strip()).first()
        if before is None:
            form.add_error("before", _("No task of this programme has this number."))
        else:
            try:
                do_link_tasks(
                    request.user,
                    before_id=before.pk,
                    after_id=task.pk,
                    kind=LinkKind(given["kind"]),
                    lag=given["lag"] or 0,
                )
            except UsageError as error:
                form.add_error(None, _shown(error))
    if form.errors:
        initial = PlaceForm(initial=PlaceForm.initial_of(task))
        return _task_page(request, programme, task, initial, link=form, status=422)
    messages.success(request, _("Linked and scheduled anew."))
    return redirect("schedule_task", number, task.pk)


@page("programmes", *MANAGES, methods=("POST",))
def unlink(request: Request, number: int, task_id: int, before_id: int) -> HttpResponseBase:
    """Let it wait no longer."""
    _programme, task = _found(request, number, task_id)
    try:
        do_unlink_tasks(request.user, number=number, before_id=before_id, after_id=task.pk)
    except UsageError as error:
        messages.error(request, _shown(error))
    else:
        messages.success(request, _("The link is out; scheduled anew."))
    return redirect("schedule_task", number, task.pk)


@page("programmes", *MANAGES, Capability.WORK_PLAN, methods=("POST",))
def why(request: Request, task_id: int) -> HttpResponseBase:
    """Say why it is late; its owner may, without seeing the rest of the plan."""
    task = open_task(request.user, task_id)
    otherwise = reverse("overview")
    if request.user.can(*VIEWS):
        otherwise = reverse("schedule_task", args=[task.programme.number, task.pk])
    form = WhyForm(request.POST)
    problem = "" if form.is_valid() else _("Say why; a sentence is enough.")
    try:
        if not problem:
            do_explain_delay(request.user, task_id=task.pk, text=form.cleaned_data["text"])
    except UsageError as error:
        problem = _shown(error)
    if not problem:
        messages.success(request, _("Kept."))
        return redirect(way_back(request, otherwise))
    if request.user.can(*VIEWS) and "next" not in request.POST:
        form.add_error(None, problem)
        initial = PlaceForm(initial=PlaceForm.initial_of(task))
        return _task_page(request, task.programme, task, initial, why=form, status=422)
    messages.error(request, problem)
    return redirect(way_back(request, otherwise))


def _shown(error: UsageError) -> str:
    text = str(said(error))
    return f"{text} ({error.where})" if error.where else text
