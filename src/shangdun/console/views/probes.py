"""Probes: one of them over time; adding, changing, pausing and removing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.change_probe import do_add_probe, do_change_probe, do_remove_probe
from shangdun.console.forms.probes import FIELDS_OF_ERRORS, KINDS, ProbeForm, initial_of
from shangdun.console.problems import said
from shangdun.console.views.fragment import Fragment, answer, answer_json, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.wellbeing import ProbeView, read_probes
from shangdun.kernel.clock import from_millis
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.probes import get_probe
from shangdun.records.roles import Capability


@page("health", Capability.VIEW_SOURCES)
def probe(request: Request, probe_id: int) -> HttpResponseBase:
    found = _find(request, probe_id)
    context = {"probe": found, "live": _live(request, found), "kind": dict(KINDS)[found.row.kind]}
    return render(request, "monitor/probe.html", context)


@page("health", Capability.VIEW_SOURCES)
def live(request: Request, probe_id: int) -> HttpResponse:
    return answer(request, _live(request, _find(request, probe_id)))


@page("health", Capability.VIEW_SOURCES)
def chart(request: Request, probe_id: int) -> HttpResponse:
    """The time of the last answers; a failed one is a gap."""
    checks = _find(request, probe_id).state.checks
    return answer_json(
        request,
        {
            "labels": [f"{timezone.localtime(from_millis(at)):%H:%M:%S}" for at, *_rest in checks],
            "series": [
                {
                    "key": "primary",
                    "name": _("Answer in ms"),
                    "values": [round(millis, 1) if good else None for _at, millis, good in checks],
                }
            ],
        },
    )


@page("health", Capability.MANAGE_SOURCES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    form = ProbeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = do_add_probe(request.user, form.probe())
        except UsageError as error:
            _complain(form, error)
        else:
            messages.success(request, _("It is asked from now on."))
            return redirect("probe", row.pk)
    status = 422 if form.errors else 200
    return render(request, "monitor/edit.html", {"form": form}, status=status)


@page("health", Capability.MANAGE_SOURCES, methods=("GET", "HEAD", "POST"))
def edit(request: Request, probe_id: int) -> HttpResponseBase:
    row = get_probe(request.user, probe_id)
    form = ProbeForm(request.POST or None, initial=initial_of(row.probe(), row.version))
    if request.method == "POST" and form.is_valid():
        try:
            do_change_probe(
                request.user,
                form.probe(row.pk),
                enabled=row.enabled,
                version=form.cleaned_data["version"],
            )
        except (UsageError, EditConflict) as error:
            _complain(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("probe", row.pk)
    context = {"form": form, "row": row}
    return render(request, "monitor/edit.html", context, status=422 if form.errors else 200)


@page("health", Capability.MANAGE_SOURCES, methods=("POST",))
def switch(request: Request, probe_id: int) -> HttpResponseBase:
    """Pause a probe, or ask again."""
    row = get_probe(request.user, probe_id)
    do_change_probe(request.user, row.probe(), enabled=not row.enabled)
    messages.success(request, _("Paused.") if row.enabled else _("Asked again."))
    return redirect("probe", row.pk)


@page("health", Capability.MANAGE_SOURCES, methods=("POST",))
def remove(request: Request, probe_id: int) -> HttpResponseBase:
    do_remove_probe(request.user, probe_id=get_probe(request.user, probe_id).pk)
    messages.success(request, _("It is asked no more. What it told stays searchable."))
    return redirect("health")


def _find(request: Request, probe_id: int) -> ProbeView:
    for view in read_probes(request.user):
        if view.row.pk == probe_id:
            return view
    raise NotFound("there is no such probe", where=str(probe_id), fix="look at the list")


def _live(request: Request, found: ProbeView) -> Fragment:
    return render_fragment(request, "monitor/live.html", {"probe": found})


def _complain(form: ProbeForm, error: UsageError | EditConflict) -> None:
    field = error.code.removeprefix("probe.")
    form.add_error(field if field in FIELDS_OF_ERRORS else None, str(said(error)))
