"""Findings for pages: what the address asks for, titles in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import ENTITY_LABELS, severity_key
from shangdun.detect.finding import Entity
from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity
from shangdun.records import finding_list
from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor
from shangdun.records.finding_list import FindingFilter, FindingPage
from shangdun.records.models import Finding, FindingEntity, FindingState
from shangdun.respond.storm import RULE

RULES_FOUND = 8
LONGEST = 200


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the list's address asks for: the filter, the words that were looked for, the place."""

    filter: FindingFilter
    severity: str = ""
    q: str = ""
    after: str = ""

    @property
    def active(self) -> bool:
        return bool(self.q) or self.filter != FindingFilter()

    @property
    def state(self) -> str:
        return next(iter(self.filter.states), "")


def read_wanted(actor: Actor, query: Any) -> Wanted:  # noqa: ANN401 - a QueryDict, or anything with get
    """What an address asks for; a value that makes no sense filters nothing."""
    severities = {severity_key(level): int(level) for level in Severity}
    severity = query.get("severity", "")
    state = query.get("state", "")
    kind, _, value = query.get("entity", "").partition(":")
    entity = Entity(kind, value[:LONGEST]) if value and kind in ENTITY_LABELS else None
    q = query.get("q", "").strip()[:LONGEST]
    if q and entity is None:
        entity = next(iter(known_as(actor, q)), Entity("address", q))
    return Wanted(
        filter=FindingFilter(
            severities=frozenset({severities[severity]} if severity in severities else ()),
            states=frozenset({state} if state in FindingState.values else ()),
            rule_uid=query.get("rule", "")[:LONGEST],
            entity=entity,
            incident=_number(query.get("incident", "")),
            suppression=_number(query.get("suppression", "")),
        ),
        severity=severity if severity in severities else "",
        q=q,
        after=query.get("after", ""),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def list_findings(actor: Actor, wanted: Wanted) -> FindingPage:
    """A page of the list with titles and entities; a broken cursor starts at the top."""
    try:
        page = finding_list.list_findings(actor, wanted.filter, after=wanted.after)
    except UsageError:
        page = finding_list.list_findings(actor, wanted.filter)
    entitle(page.findings)
    return page


def some_findings(actor: Actor, number: int, **fields: Any) -> list[Finding]:  # noqa: ANN401 - a filter's own fields
    """The newest few that a filter lets through."""
    page = finding_list.list_findings(actor, FindingFilter(**fields), size=number)
    entitle(page.findings)
    return page.findings


def known_as(actor: Actor, value: str) -> list[Entity]:
    """What a value is known as, the newest first: an account, an address, an order."""
    visible_findings(actor)
    rows = FindingEntity.objects.filter(kind__in=list(ENTITY_LABELS), value=value)
    newest: dict[str, None] = {}
    for kind in rows.order_by("-time").values_list("kind", flat=True)[:LONGEST]:
        newest[kind] = None
    return [Entity(kind, value) for kind in newest]


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


def entitle(findings: Iterable[Finding]) -> None:
    """Give each finding the title of its rule in the page's language, and its entities."""
    for finding in findings:
        title = RULEBOOK.title(finding.rule_uid, finding.title)
        finding.shown_title = title  # type: ignore[attr-defined]  # for templates
        named = [entity for entity in finding.entities.all() if entity.kind != RULE]
        finding.shown_entities = named  # type: ignore[attr-defined]  # for templates
