"""A rule as people read it: in their language, with its source and its tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import get_language

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import severity_key, spoken, spoken_list
from shangdun.detect import ir
from shangdun.detect.rule import AnyRule, BaselineRule, CorrelationRule, Rule, RuleSet

LONGEST_SOURCE = 200_000


@dataclass
class Explained:
    """What a page says about a rule; empty where the rule says nothing."""

    uid: str
    title: str
    rule: AnyRule | None = None
    meaning: str = ""
    response: list[str] = field(default_factory=list)
    severity: int = 0
    severity_key: str = "unknown"
    logsource: str = ""
    kind: str = "single"


def explained(uid: str) -> Explained:
    """A rule by its identifier; one that is no longer loaded explains nothing."""
    rule = RULEBOOK.get(uid)
    return explain(rule) if rule else Explained(uid, uid)


def explain(rule: AnyRule) -> Explained:
    return Explained(
        uid=rule.uid,
        title=spoken(rule.content.title, rule.title),
        rule=rule,
        meaning=spoken(rule.content.meaning, rule.description),
        response=spoken_list(rule.content.response),
        severity=rule.severity_id,
        severity_key=severity_key(rule.severity_id),
        logsource=_logsource(rule),
        kind=KINDS[type(rule)],
    )


class Listed(NamedTuple):
    """A rule in the list, and the text in which words are looked for."""

    rule: Explained
    text: str


_LISTINGS: dict[str, tuple[RuleSet, list[Listed]]] = {}
"""By language, with the set they were made from: thousands of rules are explained once."""


def all_explained() -> list[Listed]:
    """Every rule, the worst first."""
    ruleset, language = RULEBOOK.ruleset(), get_language() or ""
    known = _LISTINGS.get(language)
    if known is None or known[0] is not ruleset:
        rules = sorted(map(explain, ruleset.every()), key=_by_severity)
        known = _LISTINGS[language] = ruleset, [Listed(rule, _searched(rule)) for rule in rules]
    return known[1]


def _by_severity(rule: Explained) -> tuple[int, str]:
    return -rule.severity, rule.title.casefold()


def _searched(rule: Explained) -> str:
    head = (rule.rule.title, *rule.rule.tags) if rule.rule else ()
    return " ".join([rule.title, rule.uid, *head]).casefold()


KINDS: dict[type[AnyRule], str] = {
    Rule: "single",
    CorrelationRule: "correlation",
    BaselineRule: "baseline",
}


def parts_of(rule: CorrelationRule | BaselineRule) -> tuple[str, ...]:
    """The rules whose matches a rule counts."""
    return rule.spec.references if isinstance(rule, BaselineRule) else rule.spec.rules


def tests_of(rule: AnyRule) -> str:
    """The tests that stand beside the rule; empty when there are none."""
    path = Path(rule.path)
    return _text(path.with_name(f"{path.stem}.tests.yml"))


def whole_pattern(rule: AnyRule | None, pattern: str) -> str:
    """An expression that a reason cut short, as the rule has it; else the pattern as it is."""
    if not pattern.endswith("…") or rule is None:
        return pattern
    return next((text for text in _expressions(rule) if text.startswith(pattern[:-1])), "")


def _expressions(rule: AnyRule) -> Iterator[str]:
    """Every regular expression of a rule, or of those that it counts."""
    if not isinstance(rule, Rule):
        for part in parts_of(rule):
            if (found := RULEBOOK.get(part)) and found is not rule:
                yield from _expressions(found)
        return
    nodes: list[ir.Node] = [rule.condition]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ir.Regex):
            yield node.pattern
        elif isinstance(node, ir.Not):
            nodes.append(node.arg)
        elif isinstance(node, ir.And | ir.Or):
            nodes.extend(node.args)


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST_SOURCE)
    except OSError:
        return ""


def _logsource(rule: AnyRule) -> str:
    if not isinstance(rule, Rule):
        return ""
    parts = (rule.logsource.product, rule.logsource.category, rule.logsource.service)
    return " / ".join(part for part in parts if part)
