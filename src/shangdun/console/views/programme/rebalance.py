"""Re-allocation by importance and urgency: what it does to the dates, before it is done."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.resources.rebalance import (
    do_hand_over_work,
    do_level_programme,
    fingerprint,
    handed_over,
    held_by,
)
from shangdun.console.forms.resources import task_of
from shangdun.console.problems import said
from shangdun.console.programme.resources import proposal_of, tabs
from shangdun.console.views.page import Request, page
from shangdun.govern.load.levelling import Levelled
from shangdun.kernel.errors import Conflict, UsageError
from shangdun.records.models import PlanTask, Programme, ResourceKind
from shangdun.records.programmes import get_programme
from shangdun.records.resources import assignments_of, levelled, visible_resources
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of

MANAGES = (Capability.MANAGE_PROGRAMMES,)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def rebalance(request: Request, number: int) -> HttpResponseBase:
    """Let lighter tasks wait, or hand one over first; a second click does what was shown."""
    programme = get_programme(request.user, number)
    asked = request.POST if request.method == "POST" else request.GET
    task = task_of(programme, asked.get("task", ""))
    giver, taker = (_number(asked.get(name, "")) for name in ("giver", "taker"))
    hand_over = task is not None and giver and taker
    if request.method == "POST":
        return _done(request, programme, task if hand_over else None, giver, taker)
    context = {
        "programme": programme,
        "parts": tabs(request.user),
        "part": "people",
        "held": assignments_of(programme, ResourceKind.PERSON).exclude(
            task__state__in=("done", "dropped")
        ),
        "everybody": visible_resources(request.user, ResourceKind.PERSON),
        "task": task,
        "giver": giver,
        "taker": taker,
    }
    try:
        found = _found(request, programme, task if hand_over else None, giver, taker)
    except UsageError as error:
        context["problem"] = said(error)
        return render(request, "resources/rebalance.html", context, status=422)
    context["seen"] = fingerprint(found)
    context["hand_over"] = hand_over
    context["proposal"] = proposal_of(programme, found, calendar_of(programme))
    return render(request, "resources/rebalance.html", context)


def _found(
    request: Request, programme: Programme, task: PlanTask | None, giver: int, taker: int
) -> Levelled:
    today: date = timezone.localdate()
    if task is None:
        return levelled(programme, today)
    return handed_over(request.user, task, giver, taker, today)


def _done(
    request: Request, programme: Programme, task: PlanTask | None, giver: int, taker: int
) -> HttpResponseBase:
    seen = request.POST.get("seen", "")
    try:
        if task is None:
            count = do_level_programme(request.user, number=programme.number, seen=seen)
        elif held_by(request.user, task, giver) is None:
            count = 0  # a second click: it has been handed over
        else:
            count = do_hand_over_work(
                request.user, task_id=task.pk, giver=giver, taker=taker, seen=seen
            )
    except (Conflict, UsageError) as error:
        messages.error(request, str(said(error)))
        return redirect(request.get_full_path())
    messages.success(
        request, _("Done. %(n)d tasks wait until there is time for them.") % {"n": count}
    )
    return redirect("resources", programme.number)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
