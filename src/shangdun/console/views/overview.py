"""The overview: what is happening, what needs me now, is everything being watched."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from shangdun.console.charts import rate_chart, severity_chart
from shangdun.console.findings import some_findings
from shangdun.console.incidents import told, waiting_for
from shangdun.console.owed import owed_by_person
from shangdun.console.reduction import spans
from shangdun.console.response.clocks import urgent_everywhere
from shangdun.console.response.tasks import mine_for
from shangdun.console.views.entities import risky_rows
from shangdun.console.views.fragment import Fragment, answer, answer_json, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.watching import read_watch
from shangdun.records.decisions import number_waiting
from shangdun.records.entities import riskiest
from shangdun.records.models import Drill, DrillState
from shangdun.records.roles import Capability
from shangdun.records.sale_events import running_sales

NEWEST = 6
RISKIEST = 5
SALES = 5
DRILL_ON = (DrillState.RUNNING, DrillState.PAUSED)


@page("overview")
def overview(request: Request) -> HttpResponseBase:
    """The start page; who only reports starts with his reports."""
    if not request.user.can(Capability.VIEW_OVERVIEW):
        return redirect("incidents")
    return render(
        request,
        "overview/page.html",
        {
            "now": _now(request),
            "urgent_clocks": urgent_everywhere(request.user),
            "drill_on": Drill.objects.filter(state__in=DRILL_ON).first(),
            **(mine_for(request.user, timezone.now()) or {}),
            "findings": _findings(request),
            "reduction": _reduction(request),
            "risk": _risk(request),
            "watching": _watching(request),
            "severity": _severity(request),
        },
    )


@page("overview", Capability.VIEW_OVERVIEW)
def now(request: Request) -> HttpResponse:
    return answer(request, _now(request))


@page("overview", Capability.VIEW_FINDINGS)
def findings(request: Request) -> HttpResponse:
    part = _findings(request)
    return answer(request, part) if part else HttpResponse(status=204)


@page("overview", Capability.VIEW_SOURCES)
def watching(request: Request) -> HttpResponse:
    part = _watching(request)
    return answer(request, part) if part else HttpResponse(status=204)


@page("overview", Capability.VIEW_SOURCES)
def rate(request: Request) -> HttpResponse:
    return answer_json(request, rate_chart(read_watch(request.user)))


@page("overview", Capability.VIEW_FINDINGS)
def severity(request: Request) -> HttpResponse:
    return answer_json(request, severity_chart(request.user))


@page("overview", Capability.VIEW_FINDINGS)
def reduction(request: Request) -> HttpResponse:
    part = _reduction(request)
    return answer(request, part) if part else HttpResponse(status=204)


@page("overview", Capability.VIEW_FINDINGS)
def risk(request: Request) -> HttpResponse:
    part = _risk(request)
    return answer(request, part) if part else HttpResponse(status=204)


def _reduction(request: Request) -> Fragment | None:
    """From events to incidents."""
    if not request.user.can(Capability.VIEW_FINDINGS):
        return None
    return render_fragment(request, "overview/reduction.html", {"spans": spans(request.user)})


def _risk(request: Request) -> Fragment | None:
    """The riskiest few."""
    if not request.user.can(Capability.VIEW_FINDINGS):
        return None
    rows = risky_rows(riskiest(request.user, timezone.now(), size=RISKIEST))
    return render_fragment(request, "overview/risk.html", {"rows": rows})


def _now(request: Request) -> Fragment:
    mine, unassigned = waiting_for(request.user)
    sales = running_sales(timezone.now())[:SALES] if request.user.can(Capability.VIEW_RULES) else []
    proposed = number_waiting() if request.user.can(Capability.DECIDE) else 0
    context = {
        "mine": told(mine),
        "unassigned": told(unassigned),
        "owed": owed_by_person(request.user, timezone.localdate()),
        "sales": sales,
        "proposed": proposed,
    }
    return render_fragment(request, "overview/now.html", context)


def _findings(request: Request) -> Fragment | None:
    if not request.user.can(Capability.VIEW_FINDINGS):
        return None
    context = {"findings": some_findings(request.user, NEWEST)}
    return render_fragment(request, "overview/findings.html", context)


def _watching(request: Request) -> Fragment | None:
    if not request.user.can(Capability.VIEW_SOURCES):
        return None
    context = {"watch": read_watch(request.user)}
    return render_fragment(request, "overview/watching.html", context)


def _severity(request: Request) -> dict[str, Any] | None:
    """The numbers behind the chart, for its table."""
    if not request.user.can(Capability.VIEW_FINDINGS):
        return None
    chart = severity_chart(request.user)
    rows = zip(chart["labels"], *(series["values"] for series in chart["series"]), strict=True)
    return {"heads": [series["name"] for series in chart["series"]], "rows": list(rows)}
