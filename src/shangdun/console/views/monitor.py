"""Health: whether the shop is well and whether we are, its machines and its routes."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from shangdun.console.rulepage import explained
from shangdun.console.views.fragment import Fragment, answer, answer_json, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.watching import now_ms
from shangdun.console.wellbeing import read_wellbeing, spark
from shangdun.kernel.clock import from_millis
from shangdun.lake.health import Health, RuleCost, RuleMemory
from shangdun.observe.state import Observed, observed_path, read
from shangdun.records.roles import Capability

Named = TypeVar("Named", RuleCost, RuleMemory)
ROUTES_SHOWN = 200
ROUTES_NOW = 8
COSTS_SHOWN = 5


@page("health", Capability.VIEW_SOURCES)
def health(request: Request) -> HttpResponseBase:
    return render(request, "monitor/page.html", {"now": _now(request)})


@page("health", Capability.VIEW_SOURCES)
def now(request: Request) -> HttpResponse:
    return answer(request, _now(request))


@page("health", Capability.VIEW_SOURCES)
def routes(request: Request) -> HttpResponseBase:
    """The routes of the last hour, and one of them over the day."""
    figures = _observed().routes.figures(now_ms())
    wanted = request.GET.get("route", "")
    names = [figure.route for figure in figures]
    chosen = wanted if wanted in names else (names[0] if names else "")
    rows = [{"figure": one, "spark": spark(one.trend)} for one in figures[:ROUTES_SHOWN]]
    return render(request, "monitor/routes.html", {"rows": rows, "chosen": chosen})


@page("health", Capability.VIEW_SOURCES)
def route_chart(request: Request) -> HttpResponse:
    """Latency and errors of a route over the day."""
    history = _observed().routes.history(request.GET.get("route", ""), now_ms())
    return answer_json(
        request,
        {
            "labels": [_clock(at) for at, *_rest in history],
            "series": [
                {"key": "primary", "name": _("Requests a minute"),
                 "values": [round(rate, 2) for _at, rate, _errors, _p95 in history]},
                {"key": "fill-critical", "name": _("Errors a minute"),
                 "values": [round(errors, 2) for _at, _rate, errors, _p95 in history]},
                {"key": "fill-medium", "name": _("95 % are faster than (ms)"), "axis": 1,
                 "values": [p95 and round(p95) for _at, _rate, _errors, p95 in history]},
            ],
        },
    )  # fmt: skip


@page("health", Capability.VIEW_SOURCES)
def hosts(request: Request) -> HttpResponseBase:
    """Every machine, and one of them over the day."""
    found = read_wellbeing(request.user).hosts
    names = [host.name for host in found]
    wanted = request.GET.get("host", "")
    chosen = wanted if wanted in names else (names[0] if names else "")
    return render(request, "monitor/hosts.html", {"hosts": found, "chosen": chosen})


@page("health", Capability.VIEW_SOURCES)
def host_chart(request: Request) -> HttpResponse:
    """Processor, load and memory of a machine over the day."""
    history = _observed().hosts.get(request.GET.get("host", ""))
    points = history.fine[:: max(1, len(history.fine) // 360)] if history else []
    return answer_json(
        request,
        {
            "labels": [_clock(point[0]) for point in points],
            "series": [
                {"key": key, "name": name, "values": [point[column] for point in points]}
                for key, name, column in (
                    ("primary", _("Processor %"), 1),
                    ("fill-medium", _("Load %"), 2),
                    ("fill-low", _("Memory %"), 3),
                )
            ],
        },
    )


def _observed() -> Observed:
    return read(observed_path(Path(settings.HOME)), Observed)


def _clock(at: int) -> str:
    return f"{timezone.localtime(from_millis(at)):%H:%M}"


def _now(request: Request) -> Fragment:
    found = read_wellbeing(request.user)
    figures = found.observed.routes.figures(now_ms())
    context = {
        "found": found,
        "routes": [{"figure": one, "spark": spark(one.trend)} for one in figures[:ROUTES_NOW]],
        "costs": slowest(found.watch.health),
        "memories": _spoken(found.watch.health.memories if found.watch.health else []),
        "records": _records_bytes(),
    }
    return render_fragment(request, "monitor/now.html", context)


def slowest(health: Health | None) -> list[RuleCost]:
    """The rules that take most time, and every one that was cut off."""
    costs = health.costs if health else []
    return _spoken([c for place, c in enumerate(costs) if place < COSTS_SHOWN or c.cut_off])


def _spoken(named: list[Named]) -> list[Named]:
    """With the rules' titles in the page's language, where they are still loaded."""
    rules = [explained(one.uid) for one in named]
    return [
        replace(one, title=rule.title) if rule.rule else one
        for one, rule in zip(named, rules, strict=True)
    ]


def _records_bytes() -> int:
    """Of the database in the home directory; PostgreSQL's is its administrator's."""
    files = Path(settings.HOME).glob("records.sqlite3*")
    return sum(file.stat().st_size for file in files)
