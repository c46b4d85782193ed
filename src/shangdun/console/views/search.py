"""Search: the page, what it finds while it runs, saved searches."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.keep_search import Kept, do_remove_search, do_save_search
from shangdun.console.problems import said
from shangdun.console.search import (
    FIRST_ANSWER_SECONDS,
    ROWS,
    Found,
    Wanted,
    failure_of,
    folder_of,
    read_search,
    read_wanted,
    start_search,
)
from shangdun.console.searchpage import bars_of, events_of, facets_of, search_address
from shangdun.console.views.fragment import Fragment, answer, answer_json, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.lake.query import QueryError
from shangdun.lake.query.ask import cancel as cancel_search
from shangdun.lake.query.fields import ALIASES
from shangdun.lake.schema import FIELDS
from shangdun.records.roles import Capability
from shangdun.records.searches import visible_searches

EXAMPLES = {
    False: "ip:203.0.113.0/24 status:>=400 not path:/static/*",
    True: 'SELECT "src_endpoint.ip", count(*) FROM events GROUP BY 1 ORDER BY 2 DESC LIMIT 20',
}
"""What an empty box suggests: a query, and one in SQL."""
PRESETS = ("-15m", "-1h", "-24h", "-7d", "-30d")
CHOICES = (
    "src_endpoint.ip",
    "user.name",
    "http_request.http_method",
    "http_request.url.path",
    "http_response.code",
    "http_request.user_agent",
    "http_response.latency",
    "session.uid",
    "order.uid",
    "coupon.code",
    "process.cmd_line",
    "message",
)


@page("search", Capability.SEARCH_EVENTS)
def search(request: Request) -> HttpResponseBase:
    """The page; with a query in its address the search is started and its first rows awaited."""
    wanted = read_wanted(request.GET)
    context: dict[str, Any] = {
        "wanted": wanted,
        "example": EXAMPLES[bool(wanted.sql)],
        "presets": PRESETS,
        "choices": [*dict.fromkeys([*wanted.columns, *CHOICES])],
        "fields": [field.name for field in FIELDS if field.name != "day"],
        "saved": [(row, _address_of(row)) for row in visible_searches(request.user)],
    }
    if wanted.asked:
        try:
            more = {} if wanted.sql else {"facets": wanted.facets(), "histogram": True}
            token = start_search(request.user, wanted.question(limit=ROWS, **more))
        except ShangdunError as error:
            context["problem"] = _problem(error)
            context["error"] = error
            context["pointer"] = error.pointer if isinstance(error, QueryError) else ""
        else:
            found = read_search(request.user, token, wait=FIRST_ANSWER_SECONDS)
            context["results"] = _fragment(request, found, wanted)
            context["token"] = token
    return render(request, "search/page.html", context, status=422 if "error" in context else 200)


@page("search", Capability.SEARCH_EVENTS)
def results(request: Request, token: str) -> HttpResponse:
    """What a search has found so far."""
    found = read_search(request.user, token)
    return answer(request, _fragment(request, found, read_wanted(request.GET)))


@page("search", Capability.SEARCH_EVENTS)
def bars(request: Request, token: str) -> HttpResponse:
    """The histogram so far."""
    return answer_json(request, bars_of(read_search(request.user, token)))


@page("search", Capability.SEARCH_EVENTS, methods=("POST",))
def cancel(request: Request, token: str) -> HttpResponse:
    """End a search; what it has found stays on the page."""
    cancel_search(folder_of(request.user, token))
    return HttpResponse(status=204)


@page("search", Capability.SEARCH_EVENTS)
def fields(request: Request) -> HttpResponse:
    """Names to complete, with what they hold."""
    del request
    short = {column: name for name, column in ALIASES.items()}
    known = [
        {
            "name": short.get(field.name, field.name),
            "column": field.name,
            "about": field.description,
        }
        for field in FIELDS
        if field.name != "day"
    ]
    response = JsonResponse({"fields": known})
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@page("search", Capability.HANDLE_INCIDENTS, methods=("POST",))
def save(request: Request) -> HttpResponseBase:
    """Keep this search by name."""
    wanted = read_wanted(request.POST)
    kept = Kept(
        query=wanted.q,
        sql=wanted.sql,
        since=wanted.since,
        until=wanted.until,
        columns=wanted.columns,
    )
    name, shared = request.POST.get("name", ""), request.POST.get("shared") == "1"
    try:
        row = do_save_search(request.user, kept, name=name, shared=shared)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("search")
    messages.success(request, _("Saved."))
    return redirect(_address_of(row))


@page("search", Capability.HANDLE_INCIDENTS, methods=("POST",))
def forget(request: Request, search_id: int) -> HttpResponseBase:
    """Remove a saved search of one's own."""
    do_remove_search(request.user, search_id=search_id)
    messages.success(request, _("Removed."))
    return redirect("search")


def _problem(error: ShangdunError) -> str:
    """In the page's language where it is known; what stands in English is the language's own."""
    if isinstance(error, QueryError):
        where = _("The query cannot be read at character %(n)s:") % {"n": error.column}
        return f"{where} {error.message}"
    return error.message if said(error) == str(error) else str(said(error))


def _address_of(row: Any) -> str:  # noqa: ANN401  a saved search
    more = {"columns": ",".join(row.columns), "sql": "1" if row.sql else ""}
    return search_address(row.query, row.since, row.until, **more)


def _fragment(request: Request, found: Found, wanted: Wanted) -> Fragment:
    failure = failure_of(found)
    context = {
        "found": found,
        "wanted": wanted,
        "failure": failure,
        "facets": [] if wanted.sql else facets_of(found, wanted),
        "events": [] if wanted.sql else events_of(found, wanted),
        "table": [[row[name] for name in found.columns] for row in found.rows]
        if wanted.sql
        else [],
        "percent": int(found.histogram.done * 100) if found.histogram else 0,
        "address": request.GET.urlencode(),
    }
    return render_fragment(request, "search/results.html", context)
