"""Improvements: what is better next time, followed to its retest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.review.improve import (
    do_add_improvement,
    do_change_improvement,
    do_drop_improvement,
    do_finish_improvement,
    do_retest_improvement,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.review import ImprovementForm, RetestForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Improvement, ImprovementState
from shangdun.records.reviews import get_improvement, owners, visible_improvements
from shangdun.records.roles import Capability

SHOWS = ("open", "overdue", "retest", "over")
SHOWN = 300
_OPEN = (ImprovementState.OPEN, ImprovementState.DONE)


@page("improvements", Capability.VIEW_INCIDENTS)
def improvements(request: Request) -> HttpResponseBase:
    """All of them, by what is asked for."""
    show = request.GET.get("show", "open")
    today = timezone.localdate()
    rows = visible_improvements(request.user)
    chosen: dict[str, dict[str, Any]] = {
        "open": {"state__in": _OPEN},
        "overdue": {"state__in": _OPEN, "due__lt": today},
        "retest": {"state": ImprovementState.DONE},
        "over": {"state__in": (ImprovementState.PROVEN, ImprovementState.DROPPED)},
    }
    context = {
        "rows": rows.filter(**chosen.get(show, chosen["open"]))[:SHOWN],
        "show": show,
        "shows": SHOWS,
        "today": today,
    }
    return render(request, "improvements/list.html", context)


@page("improvements", Capability.VIEW_INCIDENTS, methods=("GET", "HEAD", "POST"))
def improvement(request: Request, improvement_id: int) -> HttpResponseBase:
    """One, and its form."""
    found = get_improvement(request.user, improvement_id)
    if request.method != "POST":
        return _shown(request, found)
    form = ImprovementForm(owners(request.user), request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    version = form.cleaned_data["version"]
    return _do(
        request,
        found,
        lambda: do_change_improvement(
            request.user, improvement_id=found.pk, plan=form.plan(), version=version
        ),
        form,
    )


@page("improvements", Capability.WORK_TASKS, Capability.ORDER_INCIDENTS, methods=("POST",))
def settle(request: Request, improvement_id: int) -> HttpResponseBase:
    """Done, retested, dropped."""
    found = get_improvement(request.user, improvement_id)
    form = RetestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a sentence what was seen."))
        return redirect("improvement", found.pk)
    do, version = form.cleaned_data["do"], form.cleaned_data["version"]
    result = form.cleaned_data["result"]
    given: dict[str, Any] = {"improvement_id": found.pk, "version": version}
    steps: dict[str, Callable[[], object]] = {
        "finish": lambda: do_finish_improvement(request.user, **given),
        "works": lambda: do_retest_improvement(request.user, works=True, result=result, **given),
        "fails": lambda: do_retest_improvement(request.user, works=False, result=result, **given),
        "drop": lambda: do_drop_improvement(request.user, result=result, **given),
    }
    return _do(request, found, steps[do])


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def add(request: Request, number: int) -> HttpResponseBase:
    """Plan one from an incident's report."""
    incident = get_incident_by_number(request.user, number)
    form = ImprovementForm(owners(request.user), request.POST)
    back = f"{reverse('incident_review', args=[number])}#improvements"
    if not form.is_valid():
        for name, errors in form.errors.items():
            field = form.fields.get(name)
            label = field.label if field else ""
            messages.error(request, f"{label}: {errors[0]}" if label else str(errors[0]))
        return redirect(back)
    try:
        do_add_improvement(request.user, incident_id=incident.pk, plan=form.plan())
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect(back)


def _do(
    request: Request,
    found: Improvement,
    change: Callable[[], object],
    form: ImprovementForm | None = None,
) -> HttpResponseBase:
    back = reverse("improvement", args=[found.pk])
    labels = {"state": _("State"), "title": _("What is to be done"), "due": _("Due")}
    try:
        change()
    except EditConflict as conflict:
        return conflict_page(request, conflict, about=found.title, back=back, labels=labels)
    except UsageError as error:
        if form is None:
            messages.error(request, str(said(error)))
            return redirect(back)
        form.add_error(None, str(said(error)))
        return _shown(request, found, form)
    return redirect(back)


def _shown(
    request: Request, found: Improvement, form: ImprovementForm | None = None
) -> HttpResponseBase:
    works = request.user.can(Capability.WORK_TASKS)
    if form is not None and not works:
        raise NotAllowed("this needs the permission work_tasks", fix="ask an administrator")
    initial = {
        name: getattr(found, name)
        for name in ("version", "title", "group", "due", "retest", "detail")
    }
    fresh = ImprovementForm(owners(request.user), initial={**initial, "owner": found.owner_id})
    context = {
        "improvement": found,
        "form": form or fresh,
        "works": works and found.state in _OPEN,
        "drops": request.user.can(Capability.ORDER_INCIDENTS) and found.state in _OPEN,
        "late": found.state in _OPEN and found.due < timezone.localdate(),
    }
    return render(request, "improvements/page.html", context, status=422 if form else 200)
