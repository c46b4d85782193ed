"""Judged findings as ``respond.filter_proposal`` reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shangdun.records.models import Finding, FindingState, Verdict
from shangdun.respond.filter_proposal import Case

FALSE_SEEN = 100
CONFIRMED_SEEN = 500
RECENT_SEEN = 200


def false_alarms(rules: Collection[str]) -> list[Case]:
    """The newest false alarms of these rules that had not been filtered away."""
    return _cases(rules, FALSE_SEEN, verdict=Verdict.FALSE_POSITIVE)


def confirmed(rules: Collection[str]) -> list[Case]:
    """The newest confirmed findings of these rules."""
    return _cases(rules, CONFIRMED_SEEN, state=FindingState.CONFIRMED)


def recent(rules: Collection[str]) -> list[Case]:
    """The newest findings of these rules, whatever was said of them."""
    return _cases(rules, RECENT_SEEN)


def _cases(rules: Collection[str], most: int, **wanted: str) -> list[Case]:
    rows = Finding.objects.filter(rule_uid__in=rules, **wanted).order_by("-time", "-id")
    return [_case(*row) for row in rows.values_list("pk", "evidences")[:most]]


def _case(number: int, evidences: Iterable[dict[str, object]]) -> Case:
    """An event of which only the place was kept tells nothing."""
    fields = (evidence.get("fields") for evidence in evidences)
    return Case(number, tuple(event for event in fields if event and isinstance(event, dict)))
