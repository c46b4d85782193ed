"""What recurs: which meetings and reports, when next, for whom."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.rhythms.change import do_add_rhythm, do_change_rhythm, do_switch_rhythm
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.meetings import RhythmForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.watching import Condition, read_watch
from shangdun.console.wordings.meetings import RHYTHM_FIELDS
from shangdun.govern.rhythm.windows import Window
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import PlanGroup, Rhythm, RhythmMakes
from shangdun.records.rhythms import MANAGES, get_rhythm, visible_rhythms, windows_of
from shangdun.records.roles import Capability

SEES = (Capability.VIEW_MEETINGS, Capability.VIEW_REPORTS)
MAY_MANAGE = tuple(MANAGES.values())
HORIZON = timedelta(days=400)


@page("meetings", *SEES)
def rhythms(request: Request) -> HttpResponseBase:
    """All of it with the next window, and the line that runs day and night."""
    today = _today()
    rows = [(row, _next(row, today), _groups(row)) for row in visible_rhythms(request.user)]
    context = {
        "rows": rows,
        "may": [makes for makes, needs in MANAGES.items() if request.user.can(needs)],
        "watch": None,
    }
    if request.user.can(Capability.VIEW_SOURCES):
        watch = read_watch(request.user)
        live = sum(one.condition is Condition.LIVE for one in watch.sources)
        context["watch"] = {"fresh": watch.fresh, "live": live, "all": len(watch.sources)}
    return render(request, "rhythms/list.html", context)


@page("meetings", *MAY_MANAGE, methods=("GET", "HEAD", "POST"))
def add(request: Request, makes: str) -> HttpResponseBase:
    """Let something recur."""
    if makes not in RhythmMakes.values:
        raise NotFound("there is no such thing", fix="meeting or report")
    if not request.user.can(MANAGES[RhythmMakes(makes)]):
        raise NotAllowed("this needs another permission", fix="ask an administrator")
    initial = {
        "period": "month", "place": "end" if makes == RhythmMakes.MEETING else "after",
        "days": 7 if makes == RhythmMakes.MEETING else 5, "weekday": 3, "hour": "14:00",
        "minutes": 60, "ahead": 14, "language": request.user.language or "zh-hans",
        "starts_on": _today(), "owner": request.user.pk,
    }  # fmt: skip
    form = RhythmForm(makes, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            do_add_rhythm(request.user, form.wanted())
        except (UsageError, NotFound) as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("It recurs from now on."))
            return redirect("rhythms")
    status = 422 if request.method == "POST" else 200
    return render(request, "rhythms/edit.html", {"form": form, "makes": makes}, status=status)


@page("meetings", *MAY_MANAGE, methods=("GET", "HEAD", "POST"))
def change(request: Request, rhythm_id: int) -> HttpResponseBase:
    """How often, when, who."""
    rhythm = get_rhythm(request.user, rhythm_id)
    form = RhythmForm(rhythm.makes, request.POST or None, initial=RhythmForm.initial_of(rhythm))
    if request.method == "POST" and form.is_valid():
        try:
            do_change_rhythm(
                request.user,
                form.wanted(),
                rhythm_id=rhythm_id,
                version=form.cleaned_data["version"],
            )
        except EditConflict as conflict:
            return conflict_page(
                request, conflict, about=rhythm.title, back=request.path, labels=RHYTHM_FIELDS
            )
        except (UsageError, NotFound) as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved. What was made already stays as it is."))
            return redirect("rhythms")
    windows = windows_of(rhythm, _today(), _today() + HORIZON)[:6]
    context = {"form": form, "rhythm": rhythm, "makes": rhythm.makes, "windows": windows}
    status = 422 if request.method == "POST" else 200
    return render(request, "rhythms/edit.html", context, status=status)


@page("meetings", *MAY_MANAGE, methods=("POST",))
def switch(request: Request, rhythm_id: int) -> HttpResponseBase:
    """Pause it, or let it go on."""
    on = request.POST.get("on") == "1"
    do_switch_rhythm(request.user, rhythm_id=rhythm_id, on=on, today=_today())
    messages.success(request, _("It goes on from today.") if on else _("It is paused."))
    return redirect("rhythms")


def _today() -> date:
    return timezone.now().astimezone(console_zone()).date()


def _next(rhythm: Rhythm, today: date) -> Window | None:
    if not rhythm.enabled:
        return None
    found = windows_of(rhythm, today, today + HORIZON)
    return found[0] if found else None


def _groups(rhythm: Rhythm) -> list[str]:
    return [str(PlanGroup(name).label) for name in rhythm.groups if name in PlanGroup.values]
