"""Findings: the list, and one of them with everything that explains it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from shangdun.console.decisions import all_about, decide_link
from shangdun.console.evidence import evidences_for, reads_lines, reasons_for, with_lines
from shangdun.console.findings import (
    Wanted,
    entitle,
    known_as,
    list_findings,
    matching_rules,
    read_wanted,
)
from shangdun.console.inspected import inspected_of
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import explained, whole_pattern
from shangdun.console.searchpage import around, everything_of
from shangdun.console.usual import usual_of
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.words import entity_label, severity_label
from shangdun.detect.finding import Entity
from shangdun.kernel.severity import Severity
from shangdun.records.access import get_finding
from shangdun.records.models import Finding, FindingEntity, FindingState, Suppression, Verdict
from shangdun.records.roles import Capability
from shangdun.records.suppressions import visible_suppressions

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
        "suppression": _suppression(request, chosen.suppression),
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
    for about in found.shown_entities:  # type: ignore[attr-defined]  # entitle has put them there
        about.events = everything_of(about.kind, about.value)
    rule = explained(found.rule_uid)
    concerned = [Entity(about.kind, about.value) for about in found.shown_entities]  # type: ignore[attr-defined]  # as above
    reads = reads_lines(request.user)
    context = {
        "finding": found,
        "rule": rule,
        "reasons": [
            {
                **reason,
                "whole": whole_pattern(rule.rule, reason["pattern"]),
                "usual": usual_of(reason),
                "inspected": inspected_of(reason),
            }
            for reason in reasons_for(request.user, found)
        ],
        "events": with_lines(found.evidences) if reads else evidences_for(request.user, found),
        "reads_lines": reads,
        "verdicts": Verdict.choices,
        "suppress": _suppress(found),
        "decisions": all_about(request.user, concerned) if concerned else [],
        "decide": decide_link(request.user, concerned, finding=found.pk, reason=rule.title),
        "around": around(found.first_time, found.time),
        "more": found.count - len(found.evidences),
    }
    return render(request, "findings/page.html", context)


def _suppress(found: Finding) -> str:
    """The form for suppressing what this finding is: its rule, and whom it is mainly about."""
    asked = {"rule": found.rule_uid}
    named: list[FindingEntity] = getattr(found, "shown_entities", [])
    if named:
        asked |= {"kind": named[0].kind, "value": named[0].value}
    return f"{reverse('suppression_add')}?{urlencode(asked)}"


def _suppression(request: Request, number: int) -> Suppression | None:
    return visible_suppressions(request.user).filter(pk=number).first() if number else None
