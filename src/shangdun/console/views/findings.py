"""Findings: the list, and one of them with everything that explains it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from shangdun.console.evidence import with_lines
from shangdun.console.findings import (
    Filters,
    entitle,
    list_findings,
    matching_rules,
)
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import explained, whole_pattern
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.words import SEVERITY_BARS, entity_label, severity_label
from shangdun.kernel.severity import Severity
from shangdun.records.access import get_finding
from shangdun.records.models import FindingState
from shangdun.records.roles import Capability


@page("findings", Capability.VIEW_FINDINGS)
def findings(request: Request) -> HttpResponseBase:
    """The list with its filters; its first page renews itself."""
    filters = Filters.read(request.GET)
    rows = render_fragment(request, "findings/rows.html", _rows(request, filters))
    context = {
        "rows": rows,
        "filters": filters,
        "live": filters.after is None and filters.before is None,
        "severities": [
            (severity.name.lower(), severity_label(severity))
            for severity in reversed(Severity)
            if severity.name.lower() in SEVERITY_BARS and severity not in {0, 6}
        ],
        "severity_name": request.GET.get("severity", ""),
        "states": FindingState.choices,
        "rule_title": RULEBOOK.title(filters.rule, filters.rule) if filters.rule else "",
        "entity_kind": entity_label(filters.entity[0]) if filters.entity else "",
        "matching_rules": matching_rules(filters.q) if filters.q else [],
    }
    return render(request, "findings/list.html", context)


@page("findings", Capability.VIEW_FINDINGS)
def rows(request: Request) -> HttpResponse:
    """The list's rows alone."""
    filters = Filters.read(request.GET)
    return answer(request, render_fragment(request, "findings/rows.html", _rows(request, filters)))


def _rows(request: Request, filters: Filters) -> dict[str, Any]:
    page = list_findings(request.user, filters)
    return {"page": page, "findings": page.findings, "filters": filters}


@page("findings", Capability.VIEW_FINDINGS)
def finding(request: Request, finding_id: int) -> HttpResponseBase:
    """One finding: rule, reasons, events, who is concerned, what to do."""
    found = get_finding(request.user, finding_id)
    entitle([found])
    rule = explained(found.rule_uid)
    context = {
        "finding": found,
        "rule": rule,
        "reasons": [
            {**reason, "whole": whole_pattern(rule.rule, reason["pattern"])}
            for reason in found.reasons
        ],
        "events": with_lines(found.evidences),
        "more": found.count - len(found.evidences),
    }
    return render(request, "findings/page.html", context)
