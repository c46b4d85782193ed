"""Events out of the system: put on record first, written apart, then fetched as a file."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from shangdun.actions.export_events import do_export_events
from shangdun.console.search import failure_of, folder_of, read_search, read_wanted, start_search
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound
from shangdun.lake.query.export import FORMS
from shangdun.lake.query.request import Export
from shangdun.records.roles import Capability

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


@page("search", Capability.SEARCH_EVENTS, methods=("POST",))
def export(request: Request) -> HttpResponseBase:
    """Start writing a file of what a search finds."""
    wanted = read_wanted(request.POST)
    form = request.POST.get("form", "")
    if form not in FORMS:
        return redirect("search")
    question = wanted.question(export=Export("", form))
    do_export_events(
        request.user,
        query=wanted.q,
        sql=wanted.sql,
        since=question.since,
        until=question.until,
        form=form,
    )
    token = start_search(request.user, question, {"form": form})
    return redirect("search_exported", token)


@page("search", Capability.SEARCH_EVENTS)
def exported(request: Request, token: str) -> HttpResponseBase:
    """How far it is."""
    context = {"token": token, "state": _state(request, token)}
    return render(request, "search/export.html", context)


@page("search", Capability.SEARCH_EVENTS)
def state(request: Request, token: str) -> HttpResponse:
    return answer(request, _state(request, token))


@page("search", Capability.SEARCH_EVENTS)
def file(request: Request, token: str) -> HttpResponseBase:
    """The file, once it is whole."""
    found = read_search(request.user, token)
    folder = folder_of(request.user, token)
    path = next((p for p in sorted(folder.glob("events.*"))), None)
    if path is None or not found.done or found.done.cancelled:
        raise NotFound("there is no such file", fix="export again")
    name = f"events-{timezone.localtime():%Y%m%d-%H%M%S}{path.suffix}"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=TYPES.get(path.suffix[1:], "application/octet-stream"),
    )


def _state(request: Request, token: str) -> Fragment:
    found = read_search(request.user, token)
    context = {"found": found, "failure": failure_of(found)}
    return render_fragment(request, "search/export_state.html", context)
