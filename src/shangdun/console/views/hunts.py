"""Hunts: rules run back over what is in the lake."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from shangdun.actions.run_hunt import do_cancel_hunt, do_start_hunt
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.searchpage import NEARBY, search_address, term
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.detect.entities import DEFAULTS
from shangdun.kernel.clock import from_millis
from shangdun.kernel.errors import UsageError
from shangdun.lake.query.times import moment_of
from shangdun.records.models import HuntRun
from shangdun.records.roles import Capability
from shangdun.records.searches import get_hunt, visible_hunts

PAGE = 30
PERIODS = ("-1h", "-24h", "-7d", "-30d", "-200d")


@page("hunts", Capability.SEARCH_EVENTS, methods=("GET", "HEAD", "POST"))
def hunts(request: Request) -> HttpResponseBase:
    """The list, and the form that starts one."""
    problem: Any = None
    if request.method == "POST":
        try:
            return redirect("hunt", _start(request).pk)
        except UsageError as error:
            problem = said(error)
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "pages": Paginator(visible_hunts(request.user), PAGE).get_page(request.GET.get("page")),
        "rules": sorted(
            ((uid, RULEBOOK.title(uid, uid)) for uid in RULEBOOK.rules()), key=lambda pair: pair[1]
        ),
        "periods": PERIODS,
        "chosen": given.get("rule", ""),
        "text": given.get("text", ""),
        "since": given.get("from", "-24h"),
        "until": given.get("to", ""),
        "problem": problem,
    }
    return render(request, "search/hunts.html", context, status=422 if problem else 200)


@page("hunts", Capability.SEARCH_EVENTS)
def hunt(request: Request, hunt_id: int) -> HttpResponseBase:
    """One of them; it renews itself while it runs."""
    row = get_hunt(request.user, hunt_id)
    return render(request, "search/hunt.html", {"hunt": row, "state": _state(request, row)})


@page("hunts", Capability.SEARCH_EVENTS)
def state(request: Request, hunt_id: int) -> HttpResponse:
    return answer(request, _state(request, get_hunt(request.user, hunt_id)))


@page("hunts", Capability.HANDLE_INCIDENTS, methods=("POST",))
def cancel(request: Request, hunt_id: int) -> HttpResponseBase:
    do_cancel_hunt(request.user, hunt_id=hunt_id)
    return redirect("hunt", hunt_id)


def _start(request: Request) -> HuntRun:
    given = request.POST
    zone, now = ZoneInfo(settings.CONFIG.web.time_zone), timezone.now()
    uid, text = given.get("rule", "").strip(), given.get("text", "")
    return do_start_hunt(
        request.user,
        title=RULEBOOK.title(uid, uid) if uid else _title_in(text),
        rule_uid=uid,
        rule_text=text if not uid else "",
        since=moment_of(given.get("from", "-24h")[:40], now=now, zone=zone),
        until=moment_of(given.get("to", "")[:40] or "now", now=now, zone=zone),
    )


def _title_in(text: str) -> str:
    titles = [line.partition(":")[2] for line in text.splitlines() if line.startswith("title:")]
    return titles[0].strip(" '\"") if titles else ""


def _state(request: Request, row: HuntRun) -> Fragment:
    context = {
        "hunt": row,
        "percent": int(row.progress * 100),
        "findings": [_shown(finding) for finding in row.findings],
        "left": max(0, row.found - len(row.findings)),
    }
    return render_fragment(request, "search/hunt_state.html", context)


def _shown(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding of the run with links to its events."""
    entities = [
        {**entity, "link": _events_of(entity, finding)}
        for entity in finding.get("entities", [])[:3]
    ]
    title = RULEBOOK.title(finding.get("rule_uid", ""), finding.get("title", ""))
    return {**finding, "shown_title": title, "entities": entities}


def _events_of(entity: dict[str, str], finding: dict[str, Any]) -> str:
    names, last = DEFAULTS.get(entity["kind"]), finding.get("time")
    if not names or last is None:
        return ""
    first = finding.get("first_time", last)
    since = from_millis(first - NEARBY).isoformat(timespec="seconds")
    until = from_millis(last + NEARBY).isoformat(timespec="seconds")
    return search_address(term(names[0], entity["value"]), since, until)
