"""Findings for pages: filtered lists that stay quick with millions, and titles in two languages.

Each query walks one index in its order and stops after a page; nothing counts all rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import ENTITY_LABELS, severity_key
from shangdun.kernel.severity import Severity
from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, FindingEntity, FindingState, Incident

PAGE = 50
RULES_FOUND = 8

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """A place in the list: a finding's time and number."""

    time: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        moment, _, number = text.rpartition("_")
        try:
            time = parse_datetime(moment)
        except ValueError:
            return None
        if time is None or time.tzinfo is None or not number.isdigit() or len(number) > 18:
            return None
        return cls(time, int(number))

    @classmethod
    def of(cls, finding: Finding) -> str:
        return f"{finding.time.isoformat()}_{finding.pk}"


@dataclass(frozen=True)
class Filters:
    """What the list shows: empty means all."""

    severity: int = 0
    state: str = ""
    rule: str = ""
    entity: tuple[str, str] | None = None
    q: str = ""
    incident: int = 0
    after: Cursor | None = None
    before: Cursor | None = None

    @classmethod
    def read(cls, query: Any) -> Filters:  # noqa: ANN401 - a QueryDict, or anything with get
        names = {severity_key(s): int(s) for s in Severity}
        kind, _, value = query.get("entity", "").partition(":")
        number = query.get("incident", "")
        return cls(
            severity=names.get(query.get("severity", ""), 0),
            state=query.get("state", "") if query.get("state") in FindingState.values else "",
            rule=query.get("rule", "")[:200],
            entity=(kind, value[:200]) if value and kind in ENTITY_LABELS else None,
            q=query.get("q", "").strip()[:200],
            incident=int(number) if number.isdigit() and len(number) < 10 else 0,
            after=Cursor.read(query.get("after", "")),
            before=Cursor.read(query.get("before", "")),
        )

    @property
    def active(self) -> bool:
        return replace(self, after=None, before=None) != Filters()


@dataclass
class Page:
    """One page of the list; ``after`` and ``before`` are cursors where there is more."""

    findings: list[Finding]
    after: str = ""
    before: str = ""


def list_findings(actor: Actor, filters: Filters) -> Page:
    """The page that the filters and cursors ask for, newest first, with titles and entities."""
    backwards = filters.before is not None and filters.after is None
    found = _newest(actor, filters, backwards=backwards)
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    entitle(found)
    has_newer = more if backwards else filters.after is not None
    has_older = True if backwards else more
    return Page(
        found,
        after=Cursor.of(found[-1]) if found and has_older else "",
        before=Cursor.of(found[0]) if found and has_newer else "",
    )


def newest_findings(actor: Actor, number: int) -> list[Finding]:
    """The newest, whatever they are."""
    found = list(_shown(visible_findings(actor)).order_by("-time", "-id")[:number])
    entitle(found)
    return found


def entitle(findings: Iterable[Finding]) -> None:
    """Give each finding the title of its rule in the page's language, and its entities."""
    findings = list(findings)
    by_id: dict[int, list[FindingEntity]] = {finding.pk: [] for finding in findings}
    for entity in FindingEntity.objects.filter(finding__in=list(by_id)).order_by("id"):
        by_id[entity.finding_id].append(entity)
    for finding in findings:
        finding.shown_title = RULEBOOK.title(finding.rule_uid, finding.title)  # type: ignore[attr-defined]  # for templates
        finding.shown_entities = by_id[finding.pk]  # type: ignore[attr-defined]  # for templates


def _shown(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    return findings.select_related("incident").defer("evidences", "reasons", "tags")


def matching_rules(text: str) -> list[tuple[str, str]]:
    """Rules whose title has the words, as (identifier, title): a way on from the search box."""
    folded = text.casefold()
    found = [
        (uid, RULEBOOK.title(uid, rule.title))
        for uid, rule in RULEBOOK.rules().items()
        if folded in rule.title.casefold()
        or any(folded in title.casefold() for title in rule.content.title.values())
    ]
    return found[:RULES_FOUND]


def _newest(actor: Actor, filters: Filters, *, backwards: bool) -> list[Finding]:
    findings = _shown(visible_findings(actor))
    if filters.q or filters.entity:
        numbers = _numbers_about(filters, backwards=backwards)
        found = findings.filter(pk__in=numbers)
        return sorted(found, key=lambda finding: numbers.index(finding.pk))
    lists = []
    for way in _ways(filters):
        walk = _from(findings.filter(way), filters, "id", backwards=backwards)
        lists.append(list(walk[: PAGE + 1]))
    merged = heapq.merge(*lists, key=lambda f: (f.time, f.pk), reverse=not backwards)
    return list(merged)[: PAGE + 1]


def _numbers_about(filters: Filters, *, backwards: bool) -> list[int]:
    """Findings about somebody or something, walked in the entities' own index."""
    kinds, value = list(ENTITY_LABELS), filters.q
    if filters.entity:
        kinds, value = [filters.entity[0]], filters.entity[1]
    rows = FindingEntity.objects.filter(kind__in=kinds, value=value)
    for name in ("severity", "state", "rule"):
        if wanted := getattr(filters, name):
            column = "rule_uid" if name == "rule" else name
            rows = rows.filter(**{f"finding__{column}": wanted})
    walk = _from(rows, filters, "finding_id", backwards=backwards)
    # A finding can name one value twice, as account and as staff.
    return list(dict.fromkeys(walk.values_list("finding_id", flat=True)[: 2 * PAGE]))[: PAGE + 1]


def _from(rows: QuerySet[M], filters: Filters, number: str, *, backwards: bool) -> QuerySet[M]:
    """Rows on the far side of the cursor, in the order in which the page walks."""
    at = filters.before if backwards else filters.after
    if at is not None:
        side = "gt" if backwards else "lt"
        beyond = Q(**{f"time__{side}": at.time}) | Q(
            **{"time": at.time, f"{number}__{side}": at.id}
        )
        rows = rows.filter(beyond, **{f"time__{side}e": at.time})
    sign = "" if backwards else "-"
    return rows.order_by(f"{sign}time", f"{sign}{number}")


def _ways(filters: Filters) -> list[Q]:
    """Conditions that each walk one index; their results are merged.

    The indexes are (severity, state, time), (rule, state, time) and (state, time), so a filter
    that leaves the state open asks once for each state.
    """
    fixed = Q()
    if filters.incident:
        fixed &= Q(incident_id__in=Incident.objects.filter(number=filters.incident).values("pk"))
    if filters.rule:
        fixed &= Q(rule_uid=filters.rule)
    if filters.severity:
        fixed &= Q(severity=filters.severity)
    if filters.state:
        return [fixed & Q(state=filters.state)]
    if (filters.severity or filters.rule) and not filters.incident:
        return [fixed & Q(state=state) for state in FindingState.values]
    return [fixed]
