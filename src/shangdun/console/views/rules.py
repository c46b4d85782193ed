"""Rules: the list with search and switches, and one of them in words and in source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.entity_risk import records_of
from shangdun.actions.switch_rule import do_disable_rule, do_enable_rule
from shangdun.console.coveragepage import arriving
from shangdun.console.findings import some_findings
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import (
    Explained,
    Listed,
    all_explained,
    explain,
    parts_of,
    tests_of,
)
from shangdun.console.ruletext import text_of
from shangdun.console.views.page import Request, page, way_back
from shangdun.console.words import severity_label
from shangdun.detect.coverage import cover_of
from shangdun.detect.rule import AnyRule, BaselineRule, CorrelationRule
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.kernel.severity import Severity
from shangdun.lake.health import RuleMemory, read_health
from shangdun.records.access import visible_findings, visible_rule_settings
from shangdun.records.models import RuleSetting
from shangdun.records.roles import Capability
from shangdun.records.rule_history import document_of

PAGE = 50
DAYS = 7
FINDINGS_SHOWN = 8
COUNTS_KEPT_SECONDS = 60
LEVELS = [(s.name.lower(), severity_label(s)) for s in reversed(Severity) if 0 < s < 6]


@page("rules", Capability.VIEW_RULES)
def rules(request: Request) -> HttpResponseBase:
    switched = {row.rule_uid: row for row in visible_rule_settings(request.user)}
    listing = all_explained()
    shown = [one.rule for one in listing if _wanted(one, request.GET, switched)]
    pages = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    counts = _counts(request) if request.user.can(Capability.VIEW_FINDINGS) else {}
    ruleset = RULEBOOK.ruleset()
    context = {
        "pages": pages,
        "rows": [(rule, switched.get(rule.uid), counts.get(rule.uid, 0)) for rule in pages],
        "levels": LEVELS,
        "logsources": sorted({one.rule.logsource for one in listing if one.rule.logsource}),
        "query": request.GET,
        "total": len(listing),
        "off": sum(not row.enabled for row in switched.values()),
        "errors": ruleset.errors,
        "skipped": ruleset.skipped,
    }
    return render(request, "rules/list.html", context)


@page("rules", Capability.VIEW_RULES)
def rule(request: Request, uid: str) -> HttpResponseBase:
    found = _get(uid)
    rule = explain(found)
    context: dict[str, Any] = {
        "rule": rule,
        "setting": visible_rule_settings(request.user).filter(pk=uid).first(),
        "source": text_of(found),
        "tests": tests_of(found),
        "feeds": _fed_by(found),
        "document": document_of(request.user, uid),
        "cover": cover_of(found, RULEBOOK.ruleset().every(), arriving()),
        "cost": _cost(uid),
        "memory": _memory(uid),
    }
    record = records_of([uid]).get(uid)
    if record is not None and record.precision is not None:
        context["precision"] = round(100 * record.precision)
    if request.user.can(Capability.VIEW_FINDINGS):
        context["findings"] = some_findings(request.user, FINDINGS_SHOWN, rule_uid=uid)
    return render(request, "rules/page.html", context)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def switch(request: Request, uid: str) -> HttpResponseBase:
    """Switch a rule on, or off with a reason."""
    _get(uid)
    back = way_back(request, "")
    try:
        if request.POST.get("enabled") == "on":
            do_enable_rule(request.user, rule_uid=uid)
            messages.success(request, _("The rule is on."))
        else:
            do_disable_rule(request.user, rule_uid=uid, reason=request.POST.get("reason", ""))
            messages.success(request, _("The rule is off. Nothing is found by it from now on."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect(back) if back else redirect("rule", uid)


def _fed_by(rule: AnyRule) -> list[Explained]:
    """The rules whose matches a correlation or a baseline counts."""
    if not isinstance(rule, CorrelationRule | BaselineRule):
        return []
    every = RULEBOOK.rules()
    return [explain(every[part]) for part in parts_of(rule) if part in every]


def _get(uid: str) -> AnyRule:
    found = RULEBOOK.get(uid)
    if found is None:
        raise NotFound("there is no such rule", where=uid, fix="look at the list")
    return found


def _cost(uid: str) -> str:
    """Processor time per hour of watching, since the watch started."""
    health = read_health(settings.HOME)
    cost = next((one for one in health.costs if one.uid == uid), None) if health else None
    if health is None or cost is None or health.written <= health.started:
        return ""
    hours = (health.written - health.started) / 3_600_000
    return _("%(seconds)s s an hour") % {"seconds": f"{cost.seconds / hours:.2g}"}


def _memory(uid: str) -> RuleMemory | None:
    """What a baseline or a correlation holds and left out."""
    health = read_health(settings.HOME)
    return next((one for one in health.memories if one.uid == uid), None) if health else None


def _wanted(one: Listed, query: Any, switched: dict[str, RuleSetting]) -> bool:  # noqa: ANN401 - a QueryDict
    words = query.get("q", "").casefold().split()
    rule, text = one
    level, logsource, state = query.get("level"), query.get("logsource"), query.get("state")
    on = switched[rule.uid].enabled if rule.uid in switched else True
    return (
        all(word in text for word in words)
        and level in {None, "", rule.severity_key}
        and logsource in {None, "", rule.logsource}
        and state in {None, "", "on" if on else "off"}
    )


def _counts(request: Request) -> dict[str, int]:
    """Findings of the last seven days by rule, counted at most once a minute."""
    kept: dict[str, int] | None = cache.get("rules:counts")
    if kept is None:
        since = timezone.now() - timedelta(days=DAYS)
        recent = visible_findings(request.user).filter(time__gte=since).order_by()
        kept = dict(recent.values_list("rule_uid").annotate(number=Count("id")))
        cache.set("rules:counts", kept, COUNTS_KEPT_SECONDS)
    return kept
