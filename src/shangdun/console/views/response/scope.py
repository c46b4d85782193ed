"""How far an incident reaches: whose data, which kinds, how many."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from shangdun.actions.affected.lists import (
    Search,
    do_add_affected,
    do_add_affected_file,
    do_read_affected_file,
    do_search_affected,
    do_stop_affected_list,
)
from shangdun.console.forms.affected import ColumnsForm, FileForm, HandForm, SearchForm
from shangdun.console.problems import said
from shangdun.console.response.room import room_context
from shangdun.console.response.scope import first_rows, masked, scope_context, shown
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.views.response.uploads import SealedFile, sealed_uploads
from shangdun.kernel.errors import ParseError, ShangdunError, UsageError
from shangdun.lake.query.times import moment_of
from shangdun.records.access import get_incident_by_number
from shangdun.records.affected import get_list, visible_lists
from shangdun.records.models import AffectedList, Incident, ListState
from shangdun.records.roles import Capability

READERS = Capability.READ_AFFECTED


@page("incidents", Capability.VIEW_INCIDENTS)
def scope(request: Request, number: int) -> HttpResponseBase:
    """How many, of which kinds, from where, how sure."""
    return _page(request, get_incident_by_number(request.user, number))


@page("incidents", Capability.VIEW_INCIDENTS)
def live(request: Request, number: int) -> HttpResponse:
    """Figures and lists alone, which renew themselves while a list is read."""
    return answer(request, _live(request, get_incident_by_number(request.user, number)))


@csrf_exempt
@page("incidents", READERS, methods=("POST",))
@sealed_uploads
def add_file(request: Request, number: int) -> HttpResponseBase:
    """A list as a file: taken in sealed, then its columns are confirmed."""
    incident = get_incident_by_number(request.user, number)
    form = FileForm(request.POST, request.FILES)
    file = request.FILES.get("file")
    if not form.is_valid() or not isinstance(file, SealedFile):
        if not form.errors:
            form.add_error("file", _("The file did not arrive whole. Upload it again."))
        return _page(request, incident, file_form=form, opened="file")
    try:
        _rows, layout = first_rows(file.upload.token)
        row = do_add_affected_file(
            request.user,
            incident_id=incident.pk,
            about=form.about(),
            upload=file.upload,
            columns=layout,
            heading=layout.heading,
        )
    except ShangdunError as error:
        form.add_error("file", _with_place(error))
        return _page(request, incident, file_form=form, opened="file")
    file.kept = True  # type: ignore[attr-defined]  # read by ``sealed_uploads``
    return redirect("incident_scope_list", number, row.number)


@page("incidents", READERS, methods=("GET", "HEAD", "POST"))
def one_list(request: Request, number: int, list_number: int) -> HttpResponseBase:
    """One list: what its columns hold while it waits for that, then what its rows came to."""
    row = get_list(request.user, number, list_number)
    context = {**room_context(request.user, row.incident, "scope"), "list": shown(row)}
    if row.state != ListState.CHECKING:
        return render(request, "scope/list.html", context)
    try:
        rows, _layout = first_rows(row.token)
    except ShangdunError as error:
        messages.error(request, _with_place(error))
        return redirect("incident_scope", number)
    form = _columns_form(request, row, max(map(len, rows), default=1))
    if request.method == "POST" and form.is_valid():
        try:
            do_read_affected_file(
                request.user,
                number=number,
                list_number=list_number,
                columns=form.columns(),
                heading=form.cleaned_data["heading"],
            )
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The list is being read."))
            return redirect("incident_scope", number)
    context["form"] = form
    context["sample"] = [[masked(cell) for cell in cells] for cells in rows[1:6]]
    context["heading"] = rows[0] if rows and row.columns.get("heading") else []
    return render(request, "scope/columns.html", context, status=422 if form.errors else 200)


@page("incidents", READERS, methods=("POST",))
def add_hand(request: Request, number: int) -> HttpResponseBase:
    """Some by hand."""
    incident = get_incident_by_number(request.user, number)
    form = HandForm(request.POST)
    subjects = form.subjects() if form.is_valid() else []
    if form.errors:
        return _page(request, incident, hand_form=form, opened="hand")
    try:
        do_add_affected(
            request.user, incident_id=incident.pk, about=form.about(), subjects=subjects
        )
    except UsageError as error:
        form.add_error("who", str(said(error)))
        return _page(request, incident, hand_form=form, opened="hand")
    messages.success(request, _("Added."))
    return redirect("incident_scope", number)


@page("incidents", READERS, methods=("POST",))
def add_search(request: Request, number: int) -> HttpResponseBase:
    """Whoever the events of a search name."""
    incident = get_incident_by_number(request.user, number)
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, search_form=form, opened="search")
    given = form.cleaned_data
    zone, now = ZoneInfo(settings.CONFIG.web.time_zone), timezone.now()
    try:
        do_search_affected(
            request.user,
            incident_id=incident.pk,
            about=form.about(),
            search=Search(
                query=given["query"],
                field=given["field"],
                since=moment_of(given["since"], now=now, zone=zone),
                until=moment_of(given["until"] or "now", now=now, zone=zone),
            ),
        )
    except UsageError as error:
        form.add_error("query", str(said(error)))
        return _page(request, incident, search_form=form, opened="search")
    messages.success(request, _("The search runs; the list grows by itself."))
    return redirect("incident_scope", number)


@page("incidents", READERS, methods=("POST",))
def stop(request: Request, number: int, list_number: int) -> HttpResponseBase:
    """Stop reading a list."""
    do_stop_affected_list(request.user, number=number, list_number=list_number)
    messages.success(request, _("The list is stopped. Whom it named so far stays."))
    return redirect("incident_scope", number)


def _page(
    request: Request,
    incident: Incident,
    *,
    opened: str = "",
    **forms: Any,  # noqa: ANN401 - forms of any kind
) -> HttpResponse:
    user = request.user
    context = {
        **room_context(user, incident, "scope"),
        "live": _live(request, incident),
        "reads": user.can(READERS),
        "searches": user.can(READERS) and user.can(Capability.SEARCH_EVENTS),
        "states": user.can(Capability.STATE_FACTS),
        "erases": not incident.is_open
        and user.can(READERS)
        and user.can(Capability.HANDLE_LEGAL, Capability.ORDER_INCIDENTS),
        "file_form": FileForm(),
        "search_form": SearchForm(),
        "hand_form": HandForm(),
        "opened": opened,
        **forms,
    }
    return render(request, "scope/page.html", context, status=422 if opened else 200)


def _live(request: Request, incident: Incident) -> Fragment:
    lists = list(visible_lists(request.user, incident.number))
    context = scope_context(incident, lists)
    context["incident"] = incident
    context["states"] = request.user.can(Capability.STATE_FACTS)
    context["reads"] = request.user.can(READERS)
    return render_fragment(request, "scope/live.html", context)


def _columns_form(request: Request, row: AffectedList, width: int) -> ColumnsForm:
    initial: dict[str, Any] = {"heading": row.columns.get("heading", True)}
    for field, column in row.columns.items():
        if field != "heading":
            initial[f"column{column}"] = field
    return ColumnsForm(width, request.POST or None, initial=initial)


def _with_place(error: ShangdunError) -> str:
    place = f" ({error.where})" if error.where and isinstance(error, ParseError) else ""
    return f"{said(error)}{place}"
