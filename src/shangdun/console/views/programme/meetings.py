"""Meetings: the list, a meeting, calling and changing one, its invitation as a file."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.meetings.call import do_call_meeting, do_change_meeting
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.meetings import ActionForm, MeetingForm
from shangdun.console.problems import said
from shangdun.console.programme.meetings import LOOKS, page_of
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.meetings import FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import person
from shangdun.records.conflict import EditConflict
from shangdun.records.invitations import invitation_of
from shangdun.records.meetings import get_meeting, open_actions, visible_meetings
from shangdun.records.messages import console_zone
from shangdun.records.models import MeetingKind, MeetingState
from shangdun.records.roles import Capability

SEES = (Capability.VIEW_MEETINGS, Capability.WORK_PLAN)
MANAGES = Capability.MANAGE_MEETINGS
SHOWS = ("ahead", "held", "missed", "all")


@page("meetings", *SEES)
def meetings(request: Request) -> HttpResponseBase:
    """What is ahead first; others see those they are invited to."""
    now = timezone.now()
    show = request.GET.get("show", "ahead")
    show = show if show in SHOWS else "ahead"
    rows = visible_meetings(request.user)
    if show == "ahead":
        rows = rows.filter(state=MeetingState.PLANNED).order_by("begins_at", "pk")
    elif show != "all":
        rows = rows.filter(state=show)
    kind = request.GET.get("kind", "")
    if kind in MeetingKind.values:
        rows = rows.filter(kind=kind)
    pages = Paginator(rows, 50).get_page(request.GET.get("page"))
    today = now.astimezone(console_zone()).date()
    context = {
        "pages": pages,
        "rows": [(row, LOOKS[MeetingState(row.state)]) for row in pages],
        "shows": SHOWS,
        "show": show,
        "kinds": MeetingKind.choices,
        "kind": kind,
        "now": now,
        "today": today,
        "manages": request.user.can(MANAGES),
        "open_actions": list(open_actions(request.user)[:8]),
        "sees_rhythms": request.user.can(Capability.VIEW_MEETINGS, Capability.VIEW_REPORTS),
    }
    return render(request, "meetings/list.html", context)


@page("meetings", *SEES)
def meeting(request: Request, number: int) -> HttpResponseBase:
    """One meeting, from its agenda to what came of it."""
    return shown(request, number)


def shown(
    request: Request, number: int, *, action_form: ActionForm | None = None, problem: str = ""
) -> HttpResponseBase:
    """The page of a meeting, with what was typed where it could not be taken."""
    found = get_meeting(request.user, number)
    context = page_of(found, request.user, timezone.now())
    if context["manages"]:
        context["action_form"] = action_form or ActionForm()
    context["problem"] = problem
    context["today"] = timezone.now().astimezone(console_zone()).date()
    bad = problem or (action_form is not None and action_form.errors)
    return render(request, "meetings/page.html", context, status=422 if bad else 200)


@page("meetings", MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """Call a meeting."""
    me = person(request.user)
    initial = {
        "language": request.user.language or "zh-hans",
        "chair": me.pk if me else None,
        "writer": me.pk if me else None,
        "kind": request.GET.get("kind", "security"),
    }
    form = MeetingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_call_meeting(request.user, form.wanted())
        except (UsageError, NotFound) as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("It is planned. Look through the agenda, then invite."))
            return redirect("meeting", made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/edit.html", {"form": form}, status=status)


@page("meetings", MANAGES, methods=("GET", "HEAD", "POST"))
def change(request: Request, number: int) -> HttpResponseBase:
    """Another time, place or circle."""
    found = get_meeting(request.user, number)
    form = MeetingForm(request.POST or None, initial=MeetingForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            do_change_meeting(
                request.user, form.wanted(), number=number, version=form.cleaned_data["version"]
            )
        except EditConflict as conflict:
            return conflict_page(
                request, conflict, about=found.title, back=f"/meetings/{number}/", labels=FIELDS
            )
        except (UsageError, NotFound) as error:
            form.add_error(None, str(said(error)))
        else:
            told = _("Saved.")
            if found.invited_at:
                told = _("Saved; everybody who is invited gets the change.")
            messages.success(request, told)
            return redirect("meeting", number)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "meeting": found}
    return render(request, "meetings/edit.html", context, status=status)


@page("meetings", *SEES)
def invitation(request: Request, number: int) -> HttpResponseBase:
    """The invitation as a file for one's own calendar."""
    found = get_meeting(request.user, number)
    method = "CANCEL" if found.state == MeetingState.CANCELLED else "REQUEST"
    text = invitation_of(found, method, timezone.now(), only=person(request.user))
    kind = f"text/calendar; charset=utf-8; method={method}"
    response = HttpResponse(text, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="meeting-{number}.ics"'
    return response
