"""Cleanup of an incident: what has to be shown before it closes."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.action import SYSTEM_CLOCK
from shangdun.actions.cleanup.begin import do_begin_cleanup
from shangdun.actions.cleanup.items import (
    do_compare_data,
    do_confirm_item,
    do_reopen_item,
    do_waive_item,
)
from shangdun.actions.prove import do_replay_attack
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.cleanup import CompareForm, SettleForm
from shangdun.console.problems import said
from shangdun.console.response.cleanup import points_of, still_open
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.cleanup import point_words
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import ParseError, UsageError
from shangdun.protect.prove.settings import proof_config
from shangdun.records.access import get_incident_by_number
from shangdun.records.cleanup import get_item
from shangdun.records.closing import open_points
from shangdun.records.conflict import EditConflict
from shangdun.records.models import CleanupItem, Incident
from shangdun.records.roles import Capability

HANDLERS = (Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
_DO: dict[str, Callable[..., object]] = {
    "confirm": do_confirm_item,
    "waive": do_waive_item,
    "reopen": do_reopen_item,
}


@page("incidents", Capability.VIEW_INCIDENTS)
def cleanup(request: Request, number: int) -> HttpResponseBase:
    """Every point with what is measured this moment, and what else is open."""
    incident = get_incident_by_number(request.user, number)
    return _shown(request, incident)


@page("incidents", *HANDLERS, methods=("POST",))
def begin(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    try:
        do_begin_cleanup(request.user, incident_id=incident.pk)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_cleanup", number)


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def settle(request: Request, number: int, item_id: int) -> HttpResponseBase:
    """Confirm, waive or reopen a point."""
    item = _item(request, number, item_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _shown(request, item.incident, wrong=item.pk, form=form)
    do = form.cleaned_data.pop("do")
    return _done(
        request, item, lambda: _DO[do](request.user, item_id=item.pk, **form.cleaned_data), form
    )


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def compare(request: Request, number: int, item_id: int) -> HttpResponseBase:
    """Compare the live data with its backup."""
    item = _item(request, number, item_id)
    form = CompareForm(request.POST)
    if not form.is_valid():
        return _shown(request, item.incident, wrong=item.pk, form=form)
    change = form.cleaned_data
    return _done(
        request, item, lambda: do_compare_data(request.user, item_id=item.pk, **change), form
    )


@page("incidents", Capability.DECIDE, Capability.MANAGE_ENFORCERS, methods=("POST",))
def replay(request: Request, number: int) -> HttpResponseBase:
    """Send the incident's own attack at the configured shop again."""
    incident = get_incident_by_number(request.user, number)
    url = proof_config(load_config(home_directory())).url
    if not url:
        messages.error(
            request,
            _("No shop is named under [protect.proof] in shangdun.toml, so nothing can be sent."),
        )
        return redirect("incident_cleanup", number)
    try:
        do_replay_attack(request.user, incident_id=incident.pk, url=url)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("It is being sent again; the result appears here."))
    return redirect("incident_cleanup", number)


def _item(request: Request, number: int, item_id: int) -> CleanupItem:
    incident = get_incident_by_number(request.user, number)
    item = get_item(request.user, item_id)
    item.incident = incident
    return item


def _done(
    request: Request,
    item: CleanupItem,
    change: Callable[[], object],
    form: Form,
) -> HttpResponseBase:
    try:
        change()
    except EditConflict as conflict:
        return conflict_page(
            request,
            conflict,
            about=point_words(item.key).title,
            back=reverse("incident_cleanup", args=[item.incident.number]),
            labels={"state": _("State"), "note": _("Note")},
        )
    except (UsageError, ParseError) as error:
        place = f"{error.where}: {error.message} ({error.fix})"
        form.add_error(None, place if isinstance(error, ParseError) else str(said(error)))
        return _shown(request, item.incident, wrong=item.pk, form=form)
    return redirect("incident_cleanup", item.incident.number)


def _shown(
    request: Request, incident: Incident, *, wrong: int = 0, form: Form | None = None
) -> HttpResponseBase:
    now = SYSTEM_CLOCK.now()
    left = open_points(incident, now)
    context = {
        **room_context(request.user, incident, "cleanup"),
        "points": points_of(request.user, incident, now),
        "left": still_open(left),
        "begins": request.user.can(*HANDLERS) and incident.is_open,
        "wrong": wrong,
        "form": form,
        "compare_form": CompareForm(),
    }
    return render(request, "cleanup/page.html", context, status=422 if wrong else 200)
