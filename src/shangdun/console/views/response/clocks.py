"""Reporting clocks of an incident, and those of all; counsel's word on one."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.clocks.judge import do_judge_clock
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.clocks import JUDGEMENTS, JudgeForm
from shangdun.console.incidents import told
from shangdun.console.problems import said
from shangdun.console.response.clocks import Shown, clocks_shown, show, would_apply
from shangdun.console.response.room import room_context
from shangdun.console.story import told_entries
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.clocks import PRESSING, get_clock, submissions_of, visible_clocks
from shangdun.records.conflict import EditConflict
from shangdun.records.models import ClockState, Incident, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.regulators.forms import forms

HISTORY = 60
ALL_AT_MOST = 200
SHOWS = ("open", "may", "over")


@page("incidents", Capability.VIEW_INCIDENTS)
def clocks(request: Request, number: int) -> HttpResponseBase:
    """What has to be reported, by when, why; what was handed in; what changed."""
    found = get_incident_by_number(request.user, number)
    rows = submissions_of(found)
    titles = {uid: form.title for uid, form in forms().items()}
    kinds = (TimelineKind.CLOCK, TimelineKind.SUBMISSION, TimelineKind.FACTS)
    shown = clocks_shown(found)
    context = {
        **room_context(request.user, found, "clocks"),
        "live": _live(request, found, shown),
        "judged": [one for one in shown if one.on_record and not one.row.met_at],
        "judge_choices": JUDGEMENTS,
        "would": would_apply(found),
        "submissions": [(row, titles.get(row.form, {})) for row in rows],
        "history": told_entries(found, kinds, HISTORY),
    }
    return render(request, "clocks/page.html", context)


@page("incidents", Capability.VIEW_INCIDENTS)
def live(request: Request, number: int) -> HttpResponse:
    """The clocks alone, which renew themselves."""
    found = get_incident_by_number(request.user, number)
    return answer(request, _live(request, found, clocks_shown(found)))


def _live(request: Request, found: Incident, shown: list[Shown]) -> Fragment:
    context = {
        "incident": found,
        "clocks": shown,
        "reports": request.user.can(Capability.SUBMIT_REPORTS),
    }
    return render_fragment(request, "clocks/list.html", context)


@page("incidents", Capability.SUBMIT_REPORTS, methods=("POST",))
def judge(request: Request, number: int, clock_id: int) -> HttpResponseBase:
    """Counsel says whether it applies."""
    found = get_incident_by_number(request.user, number)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it applies, or why it does not."))
        return redirect("incident_clocks", found.number)
    try:
        do_judge_clock(
            request.user,
            clock_id=get_clock(request.user, clock_id).pk,
            applies=form.applies_or_not(),
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
    except EditConflict as conflict:
        labels = {"applies": gettext_lazy("It applies"), "reason": gettext_lazy("Why")}
        back = request.path.partition("clocks/")[0] + "clocks/"
        return conflict_page(
            request, conflict, about=_("Reporting clock"), back=back, labels=labels
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_clocks", found.number)


@page("clocks", Capability.VIEW_INCIDENTS)
def all_clocks(request: Request) -> HttpResponseBase:
    """Every clock that runs, of every incident, the most urgent first."""
    shown = request.GET.get("show", "open")
    shown = shown if shown in SHOWS else "open"
    rows = visible_clocks(request.user)
    if shown == "open":
        rows = rows.filter(PRESSING).order_by(F("due_at").asc(nulls_last=True), "pk")
    elif shown == "may":
        rows = rows.filter(state=ClockState.MAY_APPLY).order_by("-pk")
    else:
        ended = (ClockState.MET, ClockState.MISSED, ClockState.WITHDRAWN)
        rows = rows.filter(state__in=ended, ended_at__isnull=False).order_by("-ended_at")
    now = timezone.now()
    clocks = [show(row, now) for row in rows[:ALL_AT_MOST]]
    told([one.row.incident for one in clocks])
    context = {"clocks": clocks, "show": shown, "shows": SHOWS, "most": ALL_AT_MOST}
    return render(request, "clocks/all.html", context)
