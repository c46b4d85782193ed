"""Measures against a risk: adding, changing, saying where they stand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.risks.treat import (
    do_add_risk_measure,
    do_archive_risk_measure,
    do_change_risk_measure,
    do_move_risk_measure,
)
from shangdun.assess.method.scale import MeasureState
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.risks import NOBODY, NONE, MeasureForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.risks import MANAGES, people
from shangdun.govern.controls.catalogue import measures
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.controls import visible_controls
from shangdun.records.models import PlanTask, PlanTaskKind, RiskMeasureState
from shangdun.records.risks import current_matrix, get_measure, get_risk
from shangdun.records.roles import Capability

LABELS = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "due": gettext_lazy("Due"),
    "likelihood_steps": gettext_lazy("Lowers the likelihood by levels"),
    "loss_steps": gettext_lazy("Lowers the loss by levels"),
    "frequency_cut": gettext_lazy("Keeps off per cent of the events"),
    "loss_cut": gettext_lazy("Saves per cent of the loss of an event"),
    "cost_once": gettext_lazy("Costs once"),
    "cost_yearly": gettext_lazy("Costs a year"),
}


def measure_choices(request: Request) -> dict[str, Any]:
    """What a measure's form offers."""
    tasks = PlanTask.objects.filter(archived_at=None, programme__archived_at=None).exclude(
        kind=PlanTaskKind.TASK
    )
    shown = tasks.select_related("programme").order_by("programme", "position")[:1_000]
    sees = request.user.can(Capability.VIEW_PROGRAMMES)
    return {
        "owner": [NOBODY, *people()],
        "task": [NONE, *((one.pk, str(one)) for one in (shown if sees else ()))],
        "control": [NONE, *control_choices(request)],
    }


@page("risks", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request, number: int) -> HttpResponseBase:
    """One more measure."""
    risk = get_risk(request.user, number)
    initial = {"currency": current_matrix().currency}
    form = MeasureForm(measure_choices(request), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            do_add_risk_measure(request.user, form.measure(), number=number)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("risk", number)
    status = 422 if request.method == "POST" else 200
    return render(request, "risks/measure.html", {"form": form, "risk": risk}, status=status)


@page("risks", *MANAGES, methods=("GET", "HEAD", "POST"))
def change(request: Request, measure_id: int) -> HttpResponseBase:
    """A measure: all of it, and where it stands."""
    found = get_measure(request.user, measure_id)
    form = MeasureForm(
        measure_choices(request), request.POST or None, initial=MeasureForm.initial_of(found)
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_change_risk_measure(
                request.user, form.measure(), measure_id=measure_id, version=version
            )
        except EditConflict as conflict:
            back = f"/risks/measures/{measure_id}/"
            return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("risk", found.risk.number)
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "risk": found.risk,
        "measure": found,
        "states": RiskMeasureState.choices,
    }
    return render(request, "risks/measure.html", context, status=status)


@page("risks", *MANAGES, methods=("POST",))
def move(request: Request, measure_id: int) -> HttpResponseBase:
    """Say by hand where it stands."""
    found = get_measure(request.user, measure_id)
    state = request.POST.get("state", "")
    if state not in MeasureState.__members__.values():
        return redirect("risk_measure", measure_id)
    version = request.POST.get("version", "")
    try:
        do_move_risk_measure(
            request.user, measure_id=measure_id, state=state,
            reason=request.POST.get("reason", ""),
            version=int(version) if version.isdecimal() else None,
        )  # fmt: skip
    except EditConflict as conflict:
        back = f"/risks/measures/{measure_id}/"
        labels = {"state": _("State")}
        return conflict_page(request, conflict, about=found.title, back=back, labels=labels)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("risk_measure", measure_id)
    messages.success(request, _("Saved."))
    return redirect("risk", found.risk.number)


@page("risks", *MANAGES, methods=("POST",))
def archive(request: Request, measure_id: int) -> HttpResponseBase:
    """Off the list."""
    found = do_archive_risk_measure(request.user, measure_id=measure_id)
    messages.success(request, _("Saved."))
    return redirect("risk", found.risk.number)


def control_choices(request: Request) -> list[tuple[str, str]]:
    """The protective measures that are kept, by their words in the page's language."""
    if not request.user.can(Capability.VIEW_CONTROLS):
        return []
    shipped = measures()
    english = get_language() == "en"
    found = []
    for one in visible_controls(request.user):
        words = shipped[one.key].title if one.key in shipped else None
        title = one.title or (words["en" if english else "zh"] if words else one.key)
        found.append((one.key, title))
    return found
