"""What is done to an incident: taking, assigning, commenting, moving, closing.

Each is a form that names the version it saw. Two people at once are told kindly, with both
versions; a second click of the same person does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.comment_on_incident import do_comment_on_incident
from shangdun.actions.merge_incidents import do_merge_incidents
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.take_incident import do_assign_incident, do_take_incident
from shangdun.console.forms.incidents import (
    AssignForm,
    CloseForm,
    CommentForm,
    MergeForm,
    MoveForm,
    VersionForm,
)
from shangdun.console.incidents import told
from shangdun.console.problems import said
from shangdun.console.views.incidents import page_context
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import assignable_people, get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, Verdict
from shangdun.records.models.incidents import IncidentState
from shangdun.records.roles import Capability

HANDLERS = (Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)


@page("incidents", Capability.HANDLE_INCIDENTS, methods=("POST",))
def take(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    return _do(
        request,
        incident,
        lambda: do_take_incident(request.user, incident_id=incident.pk, version=version),
        _("It is yours now."),
    )


@page("incidents", *HANDLERS, methods=("POST",))
def assign(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = AssignForm(assignable_people(request.user), request.POST)
    if not form.is_valid():
        return _again(request, incident, assign_form=form)
    return _do(
        request,
        incident,
        lambda: do_assign_incident(
            request.user,
            incident_id=incident.pk,
            assignee_id=form.cleaned_data["assignee"],
            version=form.cleaned_data["version"],
        ),
        _("Assigned."),
    )


@page("incidents", Capability.COMMENT_INCIDENTS, methods=("POST",))
def comment(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _again(request, incident, comment_form=form)
    text = form.cleaned_data["text"]
    return _do(
        request,
        incident,
        lambda: do_comment_on_incident(request.user, incident_id=incident.pk, text=text),
        "",
    )


@page("incidents", *HANDLERS, methods=("POST",))
def move(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _again(request, incident, move_form=form)
    return _do(
        request,
        incident,
        lambda: do_move_incident(request.user, incident_id=incident.pk, **form.cleaned_data),
        _("The incident moved on."),
    )


@page("incidents", *HANDLERS, methods=("POST",))
def close(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = CloseForm(request.POST, leads=request.user.can(Capability.ORDER_INCIDENTS))
    if not form.is_valid():
        return _again(request, incident, close_form=form, close_open=True)
    try:
        do_close_incident(request.user, incident_id=incident.pk, **form.cleaned_data)
    except EditConflict as conflict:
        return _conflict(request, incident, conflict)
    except UsageError as error:  # what is open is shown, and what was written stays
        form.add_error(None, str(said(error)))
        return _again(request, incident, close_form=form, close_open=True)
    messages.success(request, _("The incident is closed."))
    return redirect("incident", incident.number)


@page("incidents", *HANDLERS, methods=("POST",))
def merge(request: Request, number: int) -> HttpResponseBase:
    """Take another incident into this one."""
    incident = get_incident_by_number(request.user, number)
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Only two open incidents become one."))
        return redirect("incident", incident.number)
    return _do(
        request,
        incident,
        lambda: do_merge_incidents(request.user, incident_id=incident.pk, **form.cleaned_data),
        _("Merged."),
    )


def _do(
    request: Request, incident: Incident, change: Callable[[], object], done: str
) -> HttpResponseBase:
    try:
        change()
    except EditConflict as conflict:
        return _conflict(request, incident, conflict)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("incident", incident.number)
    if done:
        messages.success(request, done)
    return redirect("incident", incident.number)


def _again(request: Request, incident: Incident, **forms: Any) -> HttpResponseBase:  # noqa: ANN401 - forms of any kind
    return render(
        request, "incidents/page.html", page_context(request, incident, **forms), status=422
    )


def _conflict(request: Request, incident: Incident, conflict: EditConflict) -> HttpResponseBase:
    """Both versions side by side, and the choice between them."""
    told([incident])
    kept = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    context = {
        "incident": incident,
        "mine": _spoken(conflict.mine),
        "theirs": _spoken(conflict.theirs),
        "action": request.path,
        "again": {**kept, "version": conflict.theirs["version"]},
    }
    return render(request, "incidents/conflict.html", context, status=409)


def _spoken(version: dict[str, Any]) -> list[tuple[str, str]]:
    """A version as (what, how), for people."""
    names = {
        "state": _("State"),
        "assignee": _("Assigned to"),
        "verdict": _("Verdict"),
        "verdict_note": _("Why"),
    }
    values = {
        "state": dict(IncidentState.choices),
        "verdict": dict(Verdict.choices),
    }
    return [
        (label, str(values.get(name, {}).get(version[name], version[name])) or _("nobody"))
        for name, label in names.items()
        if name in version and (version[name] or name == "assignee")
    ]
