"""The form for deciding, with the simulation beside its button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.console_address import note_console_address
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.console.forms.decisions import DecisionForm, WishForm
from shangdun.console.middleware.presence import address_of
from shangdun.console.problems import said
from shangdun.console.simulating import (
    Simulation,
    kept_outcome,
    met_customers,
    read_simulation,
    start_simulation,
)
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.protect.decision import Measure
from shangdun.protect.target import SUBSCRIBER, Target
from shangdun.records.models import Decision
from shangdun.records.models.decisions import Measure as MeasureChoices
from shangdun.records.roles import Capability

PREFILLED = ("kind", "value", "measure", "scope", "reason", "finding", "incident", "lasts")
FIRST_SECONDS = 1.0
NEXT_SECONDS = 0.5


@page("decisions", Capability.DECIDE, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """The form, filled by the address with whom somebody looked at."""
    if request.method != "POST":
        # Who decides from here must be able to come back: known before anything is decided.
        note_console_address(request.user, address_of(request), timezone.now())
        initial = {name: request.GET[name][:300] for name in PREFILLED if name in request.GET}
        initial.setdefault("measure", Measure.BLOCK.value)
        simulation = _simulated(request, WishForm(initial), FIRST_SECONDS)
        return _form(request, DecisionForm(initial=initial), simulation)
    knows = "knowingly" in request.POST
    form = DecisionForm(request.POST, warns=knows)
    if not form.is_valid():
        return _form(request, form, None, status=422)
    if _must_know(form):
        warned = DecisionForm(request.POST, warns=True)
        return _form(request, warned, _simulated(request, form, FIRST_SECONDS), status=422)
    try:
        row = _decide(request, form)
    except UsageError as error:
        form.add_error(None, _told(error))
        return _form(request, form, None, status=422)
    told = _("Decided: %(measure)s for %(whom)s. Enforcers have it within a second.")
    label = MeasureChoices(row.measure).label
    messages.success(request, told % {"measure": label, "whom": row.value})
    return redirect("decision", decision_id=row.pk)


@page("decisions", Capability.DECIDE)
def simulation(request: Request) -> HttpResponse:
    """The simulation of what stands in the form now."""
    form = WishForm(request.GET)
    found = _simulated(request, form, NEXT_SECONDS)
    return answer(request, _panel(request, found, _problem(form)))


@page("decisions", Capability.DECIDE)
def state(request: Request, token: str) -> HttpResponse:
    """How a simulation goes."""
    return answer(request, _result(request, read_simulation(request.user, token)))


def _decide(request: Request, form: DecisionForm) -> Decision:
    given = form.cleaned_data
    wish = form.wish()
    note_console_address(request.user, address_of(request), timezone.now())
    return do_decide(
        request.user,
        NewDecision(
            target=wish.target,
            measure=wish.measure,
            reason=given["reason"],
            until=form.until(timezone.now()),
            scope=wish.scope,
            rate=wish.rate,
            finding=given["finding"],
            incident=given["incident"],
            simulation=kept_outcome(request.user, given["simulation"], wish),
        ),
    )


def _must_know(form: DecisionForm) -> bool:
    """Whether paying customers would be met and nobody said that he knows."""
    if form.cleaned_data["measure"] == Measure.ALLOW or form.cleaned_data["knowingly"]:
        return False
    return met_customers(form.target())[0] > 0


def _simulated(request: Request, form: DecisionForm, wait: float) -> Simulation | None:
    if not form.is_valid():
        return None
    return start_simulation(request.user, form.wish(), wait=wait)


def _form(
    request: Request, form: DecisionForm, found: Simulation | None, *, status: int = 200
) -> HttpResponseBase:
    if found is None and form.is_bound:
        found = _simulated(request, WishForm(request.POST), FIRST_SECONDS)
    met = met_customers(found.wish.target)[0] if found else 0
    context = {
        "form": form,
        "panel": _panel(request, found),
        "met": met if _warns(form) else 0,
        "wider": _wider(found.wish.target) if found else "",
    }
    return render(request, "decisions/add.html", context, status=status)


def _warns(form: DecisionForm) -> bool:
    return not form.fields["knowingly"].widget.is_hidden


def _wider(target: Target) -> str:
    """Of one IPv6 address the range that its owner has: the address alone is not worth much."""
    network = target.network
    if network is None or network.version == 4 or network.prefixlen <= SUBSCRIBER[6]:
        return ""
    return str(network.supernet(new_prefix=SUBSCRIBER[6]))


def _panel(request: Request, found: Simulation | None, problem: str = "") -> Fragment:
    result = _result(request, found) if found else None
    context = {"simulation": found, "result": result, "problem": problem}
    return render_fragment(request, "decisions/simulation.html", context)


def _problem(form: WishForm) -> str:
    """Why nothing can be simulated, while somebody types; a form still empty has no problem."""
    errors = form.errors.get("value") if form["value"].value() else None
    return str(errors[0]) if errors else ""


def _result(request: Request, found: Simulation) -> Fragment:
    context: dict[str, Any] = {"simulation": found, "outcome": found.outcome}
    return render_fragment(request, "decisions/outcome.html", context)


def _told(error: UsageError) -> str:
    text = str(said(error))
    return f"{text} {error.where}" if error.code == "decision.protected" else text
