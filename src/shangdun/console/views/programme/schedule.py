"""The schedule of a programme: chart, table, trying a change before it is kept."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.schedule.baseline import do_set_baseline
from shangdun.actions.schedule.link import check_link, do_link_tasks
from shangdun.actions.schedule.place import check_placement, do_place_task
from shangdun.console.problems import said
from shangdun.console.programme.gantt import chart, number_of, told
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.govern.schedule.activity import LinkKind
from shangdun.govern.schedule.calendar import WorkCalendar
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import PlanTask, Programme, ProgrammeState
from shangdun.records.programmes import get_programme, get_task, tasks_of
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of
from shangdun.records.schedule_changes import Placement, try_link, try_placement

VIEWS = (Capability.VIEW_PROGRAMMES,)
MANAGES = (Capability.MANAGE_PROGRAMMES,)
ROWS = 200
_EPOCH = date(1970, 1, 1)
_LAST = (date(2099, 12, 31) - _EPOCH).days


def today() -> date:
    """The day it is where the console's people are."""
    return timezone.now().astimezone(console_zone()).date()


def may_change(request: Request, programme: Programme) -> bool:
    """Whether this person may change this programme's schedule now."""
    over = programme.archived_at is not None or programme.state == ProgrammeState.CLOSED
    return request.user.can(*MANAGES) and not over


@page("programmes", *VIEWS)
def schedule(request: Request, number: int) -> HttpResponseBase:
    """The chart; its rows come by themselves."""
    programme = get_programme(request.user, number)
    calendar = calendar_of(programme)
    tasks = tasks_of(programme)
    last = tasks.order_by("-ends_on").exclude(ends_on=None).values_list("ends_on", flat=True)
    ends = last.first()
    known = calendar.known_until
    context = {
        "programme": programme,
        "count": tasks.count(),
        "ends": ends,
        "known": known if known and ends and ends > known else None,
        "moved": _moved(programme),
        "may": may_change(request, programme),
    }
    return render(request, "schedule/page.html", context)


def _moved(programme: Programme) -> int | None:
    """Working days the end of the plan moved against the baseline; None without one."""
    rows = tasks_of(programme)
    now = rows.exclude(ends_on=None).order_by("-ends_on").values_list("ends_on", flat=True).first()
    then = rows.exclude(baseline_end=None).order_by("-baseline_end")
    promised = then.values_list("baseline_end", flat=True).first()
    if now is None or promised is None:
        return None
    calendar = calendar_of(programme)
    return calendar.end_of(now) - calendar.end_of(promised)


@page("programmes", *VIEWS)
def data(request: Request, number: int) -> HttpResponseBase:
    """What the chart draws."""
    programme = get_programme(request.user, number)
    return answer_json(request, chart(programme, today(), may=may_change(request, programme)))


@page("programmes", *VIEWS)
def table(request: Request, number: int) -> HttpResponseBase:
    """The same as a table, for who cannot or does not want to drag."""
    programme = get_programme(request.user, number)
    rows = tasks_of(programme).select_related("owner").prefetch_related("links_in__before")
    below = PlanTask.objects.filter(parent=OuterRef("pk"), archived_at=None)
    rows = rows.annotate(holds=Exists(below))
    show = request.GET.get("show", "")
    if show == "critical":
        rows = rows.filter(slack__lte=0)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    calendar = calendar_of(programme)
    lines = [
        (task, _length(task, calendar), _waits(task), _delay(task, calendar)) for task in pages
    ]
    context = {
        "programme": programme,
        "pages": pages,
        "lines": lines,
        "show": show,
        "may": may_change(request, programme),
    }
    return render(request, "schedule/table.html", context)


def _length(task: PlanTask, calendar: WorkCalendar) -> int:
    """Working days it takes; what holds others lasts as long as they do."""
    if getattr(task, "holds", False) and task.starts_on and task.ends_on:
        return calendar.length(task.starts_on, task.ends_on)
    return task.days


def _waits(task: PlanTask) -> str:
    links = task.links_in.all()
    texts = (
        f"{link.before.code}{'' if link.kind == LinkKind.FS and not link.lag else link.kind}"
        f"{f'{link.lag:+d}' if link.lag else ''}"
        for link in links
    )
    return _(", ").join(texts)


def _delay(task: PlanTask, calendar: WorkCalendar) -> int | None:
    if task.baseline_end is None or task.ends_on is None:
        return None
    return calendar.end_of(task.ends_on) - calendar.end_of(task.baseline_end)


@page("programmes", *MANAGES, methods=("POST",))
def attempt(request: Request, number: int) -> HttpResponseBase:
    """What a drag or a link would do; nothing is kept."""
    programme = get_programme(request.user, number)
    try:
        if "before" in request.POST:
            before, after, kind, lag = _link(request, programme)
            check_link(before, after, lag)
            tried = try_link(programme, before.pk, after.pk, kind, lag, today())
        else:
            task = _task(request, programme, "task")
            wanted = _placement(request, task)
            check_placement(task, wanted)
            tried = try_placement(programme, task, wanted, today())
    except (NotFound, UsageError) as error:
        return _problem(error, 422)
    return JsonResponse(told(tried.effect))


@page("programmes", *MANAGES, methods=("POST",))
def keep(request: Request, number: int) -> HttpResponseBase:
    """Keep what was tried in the chart."""
    programme = get_programme(request.user, number)
    answer: dict[str, object] = {"kept": True}
    try:
        if "before" in request.POST:
            before, after, kind, lag = _link(request, programme)
            do_link_tasks(request.user, before_id=before.pk, after_id=after.pk, kind=kind, lag=lag)
        else:
            task = _task(request, programme, "task")
            version = _int(request, "version")
            wanted = _placement(request, task)
            placed = do_place_task(request.user, wanted, task_id=task.pk, version=version)
            answer["version"] = placed.version
    except EditConflict as conflict:
        theirs = conflict.theirs
        text = _("Somebody changed “%(task)s” meanwhile. The chart shows how it stands now.")
        body = {"problem": text % {"task": conflict.where}, "now": number_of(theirs["starts_on"])}
        return JsonResponse(body, status=409)
    except (NotFound, UsageError) as error:
        return _problem(error, 422)
    return JsonResponse(answer)


def _problem(error: NotFound | UsageError, status: int) -> HttpResponse:
    text = str(said(error))
    return JsonResponse(
        {"problem": f"{text} ({error.where})" if error.where else text}, status=status
    )


def _task(request: Request, programme: Programme, name: str) -> PlanTask:
    task = get_task(request.user, _int(request, name) or 0)
    if task.programme_id != programme.pk:
        raise NotFound("this task is of another programme", fix="see the programme's page")
    return task


def _link(request: Request, programme: Programme) -> tuple[PlanTask, PlanTask, LinkKind, int]:
    kind = request.POST.get("kind", "FS")
    return (
        _task(request, programme, "before"),
        _task(request, programme, "after"),
        LinkKind(kind) if kind in LinkKind.__members__ else LinkKind.FS,
        _int(request, "lag") or 0,
    )


def _placement(request: Request, task: PlanTask) -> Placement:
    """From the days a bar was dragged to: its first for a move, its last for a stretch.

    What is undone says both as they were, an empty first day too.
    """
    if "days" in request.POST:
        return Placement(not_before=_day(request, "not_before"), days=_int(request, "days") or 0)
    starts, ends = _day(request, "starts"), _day(request, "ends")
    days = task.days
    if ends is not None and task.starts_on is not None:
        days = max(1, calendar_of(task.programme).length(task.starts_on, ends))
    return Placement(not_before=starts or task.not_before, days=days)


def _day(request: Request, name: str) -> date | None:
    number = _int(request, name)
    return _EPOCH + timedelta(days=number) if number is not None and 0 < number <= _LAST else None


def _int(request: Request, name: str) -> int | None:
    text = request.POST.get(name, "")
    bare = text.removeprefix("-")
    return int(text) if bare.isdecimal() and bare.isascii() and len(bare) < 16 else None


@page("programmes", *MANAGES, methods=("POST",))
def baseline(request: Request, number: int) -> HttpResponseBase:
    """Keep the dates as they are promised now."""
    try:
        do_set_baseline(request.user, number=number, reason=request.POST.get("reason", ""))
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("From now on the plan is measured against these dates."))
    return redirect("schedule", number)
