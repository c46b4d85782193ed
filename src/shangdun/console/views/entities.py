"""Entities: who is riskiest now, and everything that one of them did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shangdun.console.decisions import all_about, decide_link
from shangdun.console.findings import known_as, some_findings
from shangdun.console.incidents import told
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.steps import entity_page
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.console.words import ENTITY_LABELS, entity_label
from shangdun.detect.entities import DEFAULTS
from shangdun.detect.finding import Entity
from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import NotFound
from shangdun.records.entities import (
    given_by,
    incidents_about,
    risk_of,
    riskiest,
    spells_of,
)
from shangdun.records.roles import Capability
from shangdun.respond.risk import THRESHOLD, course

LISTED = 100
FINDINGS_SHOWN = 10
INCIDENTS_SHOWN = 10
RULES_SHOWN = 8
DRAWN_HOURS = 7 * 24
DRAWN_EVERY = 2


@page("entities", Capability.VIEW_FINDINGS)
def entities(request: Request) -> HttpResponseBase:
    """Riskiest now."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in ENTITY_LABELS else ""
    found = riskiest(request.user, timezone.now(), kind=kind, size=LISTED)
    context = {
        "rows": risky_rows(found),
        "kinds": ENTITY_LABELS.items(),
        "kind": kind,
        "threshold": THRESHOLD,
    }
    return render(request, "entities/list.html", context)


@page("entities", Capability.VIEW_FINDINGS)
def entity(request: Request) -> HttpResponseBase:
    """One of them: how risky and why, what was found, which incidents, where to look on."""
    about = _asked(request)
    now = timezone.now()
    spells = spells_of(request.user, about, now)
    context = {
        "entity": about,
        "label": entity_label(about.kind),
        "risk": risk_of(request.user, about, now),
        "given": [
            (RULEBOOK.title(part.rule_uid, part.rule_uid), part)
            for part in given_by(spells, now)[:RULES_SHOWN]
        ],
        "threshold": THRESHOLD,
        "findings": some_findings(request.user, FINDINGS_SHOWN, entity=about),
        "incidents": told(incidents_about(request.user, about)[:INCIDENTS_SHOWN]),
        "also": [one for one in known_as(request.user, about.value) if one != about],
        "search": _search(about),
        "chart": f"{reverse('entity_risk')}?{_query(about)}",
        "decisions": all_about(request.user, [about]),
        "decide": decide_link(request.user, [about]),
        "suppress": f"{reverse('suppression_add')}?{_query(about)}",
        "list": f"{reverse('findings')}?{urlencode({'entity': f'{about.kind}:{about.value}'})}",
    }
    return render(request, "entities/page.html", context)


@page("entities", Capability.VIEW_FINDINGS)
def risk(request: Request) -> HttpResponse:
    """The score over the last seven days, for drawing."""
    about = _asked(request)
    now = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    moments = [
        now - timedelta(hours=back) for back in range(DRAWN_HOURS, -DRAWN_EVERY, -DRAWN_EVERY)
    ]  # the last one is the minute that has just begun
    spells = [spell for _rule, spell in spells_of(request.user, about, moments[-1])]
    scores = course(spells, [to_millis(moment) for moment in moments])
    data = {
        "name": _("Risk"),
        "labels": [f"{timezone.localtime(moment):%m-%d %H:%M}" for moment in moments],
        "values": [round(score, 1) for score in scores],
        "threshold": THRESHOLD,
        "threshold_name": _("A person should look"),
    }
    return answer_json(request, data)


def risky_rows(found: list[Any]) -> list[dict[str, Any]]:
    """Entities with their bars and the rules that speak of them."""
    highest = max((one.score for one in found), default=0.0)
    scale = max(highest, THRESHOLD)
    return [
        {
            "risk": one,
            "page": entity_page(one.entity),
            "share": round(100 * one.score / scale),
            "high": one.score >= THRESHOLD,
            "rules": [RULEBOOK.title(uid, uid) for uid in one.rules[:3]],
            "more": max(0, len(one.rules) - 3),
        }
        for one in found
    ]


def _asked(request: Request) -> Entity:
    kind, value = request.GET.get("kind", ""), request.GET.get("value", "")
    if kind not in ENTITY_LABELS or not 0 < len(value) <= 200:
        raise NotFound("there is no such entity", fix="follow a link from a finding")
    return Entity(kind, value)


def _query(about: Entity) -> str:
    return urlencode({"kind": about.kind, "value": about.value})


def _search(about: Entity) -> str:
    """The events about it, where a search page is there and somebody may use it."""
    columns = DEFAULTS.get(about.kind, ())
    try:
        page_of_search = reverse("search")
    except NoReverseMatch:
        return ""
    if not columns:
        return ""
    escaped = about.value.replace("\\", "\\\\").replace('"', '\\"')
    asked = urlencode({"q": f'{columns[0]}:"{escaped}"'})
    return f"{page_of_search}?{asked}"
