"""Findings: the list, and one of them with everything that explains it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from shangdun.console.evidence import with_lines
from shangdun.console.findings import (
    Wanted,
    entitle,
    known_as,
    list_findings,
    matching_rules,
    read_wanted,
)
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import explained, whole_pattern
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.words import entity_label, severity_label
from shangdun.kernel.severity import Severity
from shangdun.records.access import get_finding
from shangdun.records.models import FindingState
from shangdun.records.roles import Capability

OFFERED = (
    Severity.CRITICAL,
    Severity.HIGH,
    Severity.MEDIUM,
    Severity.LOW,
    Severity.INFORMATIONAL,
)


@page("findings", Capability.VIEW_FINDINGS)
def findings(request: Request) -> HttpResponseBase:
    """The list with its filters; its first page renews itself."""
    wanted = read_wanted(request.user, request.GET)
    chosen = wanted.filter
    context = {
        "rows": render_fragment(request, "findings/rows.html", _rows(request, wanted)),
        "wanted": wanted,
        "severities": [(level.name.lower(), severity_label(level)) for level in OFFERED],
        "states": FindingState.choices,
        "rule_title": RULEBOOK.title(chosen.rule_uid, chosen.rule_uid),
        "entity_kind": entity_label(chosen.entity.kind) if chosen.entity else "",
        "also": known_as(request.user, wanted.q)[1:] if wanted.q else [],
        "matching_rules": matching_rules(wanted.q) if wanted.q else [],
    }
    return render(request, "findings/list.html", context)


@page("findings", Capability.VIEW_FINDINGS)
def rows(request: Request) -> HttpResponse:
    """The list's rows alone."""
    wanted = read_wanted(request.user, request.GET)
    return answer(request, render_fragment(request, "findings/rows.html", _rows(request, wanted)))


def _rows(request: Request, wanted: Wanted) -> dict[str, Any]:
    return {"page": list_findings(request.user, wanted), "wanted": wanted}


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
