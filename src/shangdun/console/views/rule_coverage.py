"""What is watched and what is blind, and how each log source is recognised."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render

from shangdun.console.coveragepage import matrices
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.page import Request, page
from shangdun.detect.log_sources import recognised
from shangdun.records.roles import Capability

RULES_SHOWN = 60


@page("rules", Capability.VIEW_RULES)
def coverage(request: Request) -> HttpResponseBase:
    """OWASP's automated threats, and ATT&CK's techniques by tactic."""
    found = matrices(request.user)
    chosen = found.by_key.get(request.GET.get("of", ""))
    shown = request.GET.get("show", "threats")
    if chosen is not None:
        shown = "threats" if chosen.covered.kind == "threat" else "attack"
    rules = sorted(
        chosen.covered.rules if chosen else (),
        key=lambda rule: (not rule.on, not rule.sources, rule.title),
    )
    kind = "threat" if shown != "attack" else "technique"
    context = {
        "matrices": found,
        "show": "attack" if shown == "attack" else "threats",
        "chosen": chosen,
        "rules": [(RULEBOOK.title(one.uid, one.title), one) for one in rules[:RULES_SHOWN]],
        "more": max(0, len(rules) - RULES_SHOWN),
        "counts": found.counts(kind),
        "feeds": found.feeds,
        "attack": "ATT&CK",
    }
    return render(request, "rules/coverage.html", context)


@page("rules", Capability.VIEW_RULES)
def log_sources(request: Request) -> HttpResponseBase:
    """Every log source that routing knows, and how it tells it."""
    words = request.GET.get("q", "").casefold().split()
    shown = [
        one
        for one in recognised()
        if all(word in f"{one.name} {one.detail}".casefold() for word in words)
    ]
    return render(request, "rules/log_sources.html", {"rows": shown, "query": request.GET})
