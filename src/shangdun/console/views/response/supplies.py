"""Supplies of an incident: asking in twenty seconds, giving, taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.supplies.requests import (
    Wish,
    do_allocate,
    do_close_request,
    do_refuse_supplies,
    do_request_supplies,
    do_return,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.supplies import WishForm
from shangdun.console.problems import said
from shangdun.console.response.room import room_context
from shangdun.console.response.supplies import shown
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident
from shangdun.records.roles import Capability
from shangdun.records.supplies import (
    WAITING,
    get_allocation,
    get_request,
    visible_allocations,
    visible_requests,
    visible_supplies,
)

SHOWN = 100
ASKS = (Capability.REQUEST_SUPPLIES, Capability.MANAGE_SUPPLIES)
MANAGES = (Capability.MANAGE_SUPPLIES,)
LABELS = {
    "state": gettext_lazy("State"),
    "given": gettext_lazy("Given out"),
    "by": gettext_lazy("By"),
    "returned": gettext_lazy("Came back"),
    "used": gettext_lazy("Used up or lost"),
}


@page("incidents", Capability.VIEW_SUPPLIES)
def supplies(request: Request, number: int) -> HttpResponseBase:
    """What was asked, what is here, the form to ask."""
    incident = get_incident_by_number(request.user, number)
    return _page(request, incident)


def _page(
    request: Request, incident: Incident, *, status: int = 200, **more: Any  # noqa: ANN401 - forms
) -> HttpResponseBase:  # fmt: skip
    user = request.user
    asked = visible_requests(user).filter(incident=incident)
    manages = user.can(*MANAGES)
    stock = [one for one in shown(visible_supplies(user)[:500]) if one.supply.on_hand]
    context = {
        **room_context(user, incident, "supplies"),
        "waiting": list(asked.filter(state__in=WAITING)[:SHOWN]),
        "answered": list(asked.exclude(state__in=WAITING).order_by("-answered_at")[:SHOWN]),
        "allocations": list(visible_allocations(user).filter(incident=incident)[:SHOWN]),
        "stock": stock,
        "asks": user.can(*ASKS),
        "manages": manages,
        "form": WishForm(),
    }
    return render(request, "supplies/incident.html", context | more, status=status)


@page("incidents", *ASKS, methods=("POST",))
def ask(request: Request, number: int) -> HttpResponseBase:
    """Ask logistics for something."""
    incident = get_incident_by_number(request.user, number)
    form = WishForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, status=422, form=form)
    given = form.cleaned_data
    same = visible_supplies(request.user).filter(name=given["what"].strip()).first()
    wish = Wish(**given, supply_id=same.pk if same else None)
    try:
        do_request_supplies(request.user, wish, incident_id=incident.pk)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _page(request, incident, status=422, form=form)
    messages.success(request, _("Logistics is told."))
    return redirect("incident_supplies", incident.number)


@page("incidents", *MANAGES, methods=("POST",))
def give(request: Request, number: int) -> HttpResponseBase:
    """Give something to the incident, answering a request or not."""
    incident = get_incident_by_number(request.user, number)
    asked = _number(request, "request")
    return _do(
        request, incident,
        lambda: do_allocate(
            request.user, incident_id=incident.pk, supply_id=_number(request, "supply") or 0,
            quantity=_number(request, "quantity") or 0, request_id=asked or None,
            version=_number(request, "version"), receiver=request.POST.get("receiver", ""),
        ),
        _("Given out."),
    )  # fmt: skip


@page("incidents", *MANAGES, methods=("POST",))
def take_back(request: Request, number: int, allocation_id: int) -> HttpResponseBase:
    """What comes back, and what does not."""
    incident = get_incident_by_number(request.user, number)
    allocation = get_allocation(request.user, allocation_id)
    return _do(
        request, incident,
        lambda: do_return(
            request.user, allocation_id=allocation.pk, returned=_number(request, "returned") or 0,
            used=_number(request, "used") or 0, version=_number(request, "version"),
            note=request.POST.get("note", ""),
        ),
        _("Taken back."),
    )  # fmt: skip


@page("incidents", *MANAGES, methods=("POST",))
def refuse(request: Request, number: int, request_id: int) -> HttpResponseBase:
    """It cannot be had."""
    incident = get_incident_by_number(request.user, number)
    asked = get_request(request.user, request_id)
    return _do(
        request, incident,
        lambda: do_refuse_supplies(
            request.user, request_id=asked.pk, reason=request.POST.get("reason", ""),
            version=_number(request, "version"),
        ),
        _("Whoever asked sees why."),
    )  # fmt: skip


@page("incidents", *ASKS, methods=("POST",))
def close(request: Request, number: int, request_id: int) -> HttpResponseBase:
    """It is not needed any more, or what came is enough."""
    incident = get_incident_by_number(request.user, number)
    asked = get_request(request.user, request_id)
    return _do(
        request, incident,
        lambda: do_close_request(
            request.user, request_id=asked.pk, version=_number(request, "version")
        ),
        _("Closed."),
    )  # fmt: skip


def _number(request: Request, name: str) -> int | None:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _do(
    request: Request, incident: Incident, change: Callable[[], object], done: str
) -> HttpResponseBase:
    try:
        change()
    except EditConflict as conflict:
        back = f"/incidents/{incident.number}/supplies/"
        return conflict_page(
            request, conflict, about=conflict.where, back=back, labels=_labels(conflict)
        )
    except UsageError as error:
        return _page(request, incident, status=422, problem=said(error), given=request.POST)
    messages.success(request, done)
    return redirect("incident_supplies", incident.number)


def _labels(conflict: EditConflict) -> dict[str, Any]:
    return {name: label for name, label in LABELS.items() if name in conflict.theirs}
