"""Indicators of an incident: by hand, out of text, of its entities; and out as files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.actions.indicators.keep import (
    Fresh,
    do_add_indicators,
    do_export_indicators,
    do_remove_indicator,
)
from shangdun.console.forms.indicators import IndicatorForm, PastedForm
from shangdun.console.problems import said
from shangdun.console.response.indicators import ENTITIES, as_csv, as_stix, shown
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.indicators import elsewhere, visible_indicators
from shangdun.records.models import Incident, IndicatorKind
from shangdun.records.roles import Capability
from shangdun.respond.indicators.kinds import Kind, Tlp
from shangdun.respond.indicators.reading import read_indicators

PAGE = 100
ADDS = (Capability.HANDLE_EVIDENCE,)
FILES = {"csv": "text/csv; charset=utf-8", "stix": "application/stix+json;version=2.1"}


@page("incidents", Capability.VIEW_INCIDENTS)
def indicators(request: Request, number: int) -> HttpResponseBase:
    """The list, with ways to add."""
    incident = get_incident_by_number(request.user, number)
    return _page(request, incident)


def _page(
    request: Request, incident: Incident, *, status: int = 200, **more: Any  # noqa: ANN401 - forms
) -> HttpResponseBase:  # fmt: skip
    rows = visible_indicators(request.user, incident)
    kind = request.GET.get("kind", "")
    chosen = rows.filter(kind=kind) if kind in IndicatorKind.values else rows
    pages = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    met = elsewhere(request.user, incident)
    context = {
        **room_context(request.user, incident, "evidence"),
        "pages": pages,
        "rows": shown(request.user, incident, pages, met),
        "kind": kind,
        "kinds": IndicatorKind.choices,
        "adds": request.user.can(*ADDS),
        "form": IndicatorForm(),
        "pasted": PastedForm(),
        "entities": _entities(incident).count() if request.user.can(*ADDS) else 0,
    }
    return render(request, "indicators/list.html", context | more, status=status)


@page("incidents", *ADDS, methods=("POST",))
def add(request: Request, number: int) -> HttpResponseBase:
    """One by hand."""
    incident = get_incident_by_number(request.user, number)
    form = IndicatorForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, status=422, form=form)
    given = form.cleaned_data
    fresh = Fresh(
        kind=Kind(given["kind"]), value=given["value"], confidence=given["confidence"],
        tlp=Tlp(given["tlp"]), note=given["note"], source=request.user.username,
    )  # fmt: skip
    try:
        added = do_add_indicators(request.user, [fresh], incident_id=incident.pk)
    except UsageError as error:
        form.add_error("value", str(said(error)))
        return _page(request, incident, status=422, form=form)
    return _told(request, incident, added)


@page("incidents", *ADDS, methods=("POST",))
def paste(request: Request, number: int) -> HttpResponseBase:
    """Those that a text names."""
    incident = get_incident_by_number(request.user, number)
    form = PastedForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, status=422, pasted=form)
    found = read_indicators(form.cleaned_data["text"])
    if not found:
        form.add_error("text", _("Nothing in this text looks like an indicator."))
        return _page(request, incident, status=422, pasted=form)
    tlp = Tlp(form.cleaned_data["tlp"])
    wanted = [
        Fresh(kind=one.kind, value=one.value, tlp=tlp, source=_("pasted text")) for one in found
    ]
    try:
        added = do_add_indicators(request.user, wanted, incident_id=incident.pk)
    except UsageError as error:
        form.add_error("text", str(said(error)))
        return _page(request, incident, status=422, pasted=form)
    return _told(request, incident, added)


@page("incidents", *ADDS, methods=("POST",))
def take(request: Request, number: int) -> HttpResponseBase:
    """What the incident is about, with one click."""
    incident = get_incident_by_number(request.user, number)
    wanted = [
        Fresh(
            kind=ENTITIES[entity.kind], value=entity.value, source=_("findings of the incident"),
            confidence=80, first_seen=entity.first_time, last_seen=entity.last_time,
        )
        for entity in _entities(incident)
    ]  # fmt: skip
    added = do_add_indicators(request.user, wanted, incident_id=incident.pk)
    return _told(request, incident, added)


def _entities(incident: Incident) -> Any:  # noqa: ANN401 - a queryset of entities
    return incident.entities.filter(kind__in=ENTITIES).order_by("-last_time")[:500]


@page("incidents", *ADDS, methods=("POST",))
def remove(request: Request, number: int, indicator_id: int) -> HttpResponseBase:
    """Take a wrong one away."""
    incident = get_incident_by_number(request.user, number)
    do_remove_indicator(request.user, incident_id=incident.pk, indicator_id=indicator_id)
    messages.success(request, _("Removed."))
    return redirect("incident_indicators", incident.number)


@page("incidents", *ADDS, methods=("POST",))
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """As CSV or as a STIX 2.1 bundle."""
    incident = get_incident_by_number(request.user, number)
    if form not in FILES:
        raise NotFound("there is no such format", fix="csv or stix")
    rows = do_export_indicators(request.user, incident_id=incident.pk, form=form)
    content = as_csv(rows) if form == "csv" else as_stix(incident, rows)
    response = HttpResponse(content, content_type=FILES[form])
    ending = "csv" if form == "csv" else "json"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="indicators-incident-{incident.number}.{ending}"'
    )
    return response


def _told(request: Request, incident: Incident, added: int) -> HttpResponseBase:
    text = ngettext("%(n)d indicator is new.", "%(n)d indicators are new.", added) % {"n": added}
    messages.success(request, text if added else _("They are all here already."))
    return redirect("incident_indicators", incident.number)
