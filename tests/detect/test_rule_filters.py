"""Sigma filters: which rules they reach, and what they take away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shangdun.detect.engine import Engine
from shangdun.detect.rule import RuleSet

from .conftest import LoadDocuments, found, parsed_of, rule_text

ONE, TWO = (f"00000000-0000-4000-8000-00000000000{n}" for n in "12")
FILTER, SECOND = (f"00000000-0000-4000-8000-00000000000{n}" for n in "ab")

RULE = rule_text({"sel": {"f|contains": "scan"}, "condition": "sel"}, id=ONE, name="scan")
OTHER = rule_text({"sel": {"g": "x"}, "condition": "sel"}, id=TWO, title="other")
EVENTS: list[dict[str, Any]] = [
    {"f": "scan", "user": "audit"},
    {"f": "scan", "user": "eve"},
    {"f": "scan"},
    {"g": "x", "user": "audit"},
]


def filter_text(rules: object, **more: Any) -> str:
    section = {"rules": rules, "own": {"user": "audit"}, "condition": "not own"}
    document = {"title": "Our scanner", "id": FILTER, "logsource": {"category": "test"}}
    return json.dumps(document | {"filter": section | more})


def rows(ruleset: RuleSet) -> dict[str, list[int]]:
    assert not ruleset.errors
    return found(Engine(ruleset), parsed_of(EVENTS))


@pytest.mark.parametrize("rules", [ONE, [ONE], ["scan", "unknown"]])
def test_a_filter_takes_away_from_the_rules_it_names(load: LoadDocuments, rules: object) -> None:
    ruleset = load(RULE, OTHER, filter_text(rules))
    assert rows(ruleset) == {"rule": [1, 2], "other": [3]}
    assert {rule.uid: rule.filters for rule in ruleset.rules} == {
        ONE: (FILTER,),
        TWO: (),
    }


@pytest.mark.parametrize("rules", ["any", []])
def test_a_filter_for_any_rule_reaches_all_of_its_log_source(
    load: LoadDocuments, rules: object
) -> None:
    elsewhere = rule_text(
        {"sel": {"g": "x"}, "condition": "sel"},
        id=SECOND,
        title="else",
        logsource={"product": "os"},
    )
    ruleset = load(RULE, OTHER, elsewhere, filter_text(rules))
    assert rows(ruleset) == {"rule": [1, 2], "else": [3]}


def test_several_filters_add_up(load: LoadDocuments) -> None:
    more = filter_text("scan", own={"user": "eve"}).replace(FILTER, SECOND)
    ruleset = load(RULE, filter_text("scan"), more)
    assert rows(ruleset) == {"rule": [2]}
    assert ruleset.rules[0].filters == (FILTER, SECOND)


def test_a_filter_may_name_lists(load: LoadDocuments) -> None:
    own = {"user|expand": "%scanners%"}
    ruleset = load(RULE, filter_text("scan", own=own), lists={"scanners": ["audit", "e*"]})
    assert rows(ruleset) == {"rule": [2]}


@pytest.mark.parametrize(
    ("filtered", "reason"),
    [
        (filter_text("nobody"), "none of the rules"),
        (filter_text("any").replace('"test"', '"elsewhere"'), "no rule is of its log source"),
    ],
)
def test_a_filter_without_a_rule_is_told_and_changes_nothing(
    load: LoadDocuments, filtered: str, reason: str
) -> None:
    ruleset = load(RULE, filtered)
    assert rows(ruleset) == {"rule": [0, 1, 2]}
    assert reason in ruleset.skipped[0].message


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"condition": "not other"}, "other"),
        ({"condition": ["not own"]}, "string"),
        ({"own": {"user|soon": "x"}}, "soon"),
        ({"rules": 5}, "rules"),
    ],
)
def test_a_wrong_filter_is_an_error_with_its_place(
    load: LoadDocuments, section: dict[str, Any], message: str
) -> None:
    ruleset = load(RULE, filter_text(**{"rules": "any"} | section))
    assert len(ruleset.rules) == 1
    assert message in ruleset.errors[0].message
    assert ruleset.errors[0].path.endswith("rule1.yml")


def test_filters_survive_the_cache(load: LoadDocuments) -> None:
    first = load(RULE, filter_text("scan"))
    again = load(RULE, filter_text("scan"))
    assert again.cached
    assert again.filters == first.filters
    assert rows(again) == {"rule": [1, 2]}
