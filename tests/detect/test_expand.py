"""Placeholders and the lists behind them, encodings beyond ASCII, and collections of rules."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from shangdun.detect.engine import Engine
from shangdun.detect.rule_text import RuleText

from .conftest import LoadDocuments, found, parsed_of, rule_text

EXPANDED: list[tuple[dict[str, Any], list[str], list[Any]]] = [
    ({"f|expand": "%names%"}, ["alice", "b*b"], ["alice", "ALICE", "bob", "carol"]),
    ({"f|expand|contains": "-%names%-"}, ["a", "b"], ["x-a-x", "-B-", "ab"]),
    ({"f|contains|expand|all": ["%names%", "z"]}, ["a", "b"], ["az", "zB", "ab", "z"]),
    ({"f|expand|cased": "%names%"}, ["A"], ["A", "a"]),
    ({"f|re|expand": "^%names%[0-9]$"}, ["a.b", "c"], ["a.b1", "axb1", "c9", "cc"]),
    (
        {"f|expand|cidr": "%names%"},
        ["10.0.0.0/8", "2001:db8::/32"],
        ["10.1.2.3", "2001:db8::5", "11.0.0.1", "x"],
    ),
    ({"f|expand|neq": "%names%"}, ["a"], ["b", None, "a"]),
    ({"f|expand": "%names% %names%"}, ["a", "b"], ["a b", "b a", "a a", "a", "b"]),
]
HOLDING = [
    {"alice", "ALICE", "bob"},
    {"x-a-x", "-B-"},
    {"az", "zB"},
    {"A"},
    {"a.b1", "c9"},
    {"10.1.2.3", "2001:db8::5"},
    {"b", None},
    {"a b", "b a", "a a"},
]


@pytest.mark.parametrize(
    ("selection", "names", "values", "holding"),
    [(*case, held) for case, held in zip(EXPANDED, HOLDING, strict=True)],
)
def test_a_placeholder_stands_for_each_value_of_its_list(
    load: LoadDocuments,
    selection: dict[str, Any],
    names: list[str],
    values: list[Any],
    holding: set[Any],
) -> None:
    text = rule_text({"sel": selection, "condition": "sel"})
    ruleset = load(text, lists={"names": names})
    assert not ruleset.errors
    rows = found(Engine(ruleset), parsed_of([{"f": value, "g": 1} for value in values]))
    assert {values[row] for row in rows["rule"]} == holding


def test_an_empty_list_selects_nothing_and_its_negation_everything(load: LoadDocuments) -> None:
    def rule(condition: str) -> str:
        selections = {"all": {"g": 1}, "ours": {"f|expand": "%ours%"}, "condition": condition}
        return rule_text(selections, title=condition)

    ruleset = load(rule("ours"), rule("all and not ours"), lists={"ours": []})
    rows = found(Engine(ruleset), parsed_of([{"f": "x", "g": 1}, {"f": "", "g": 1}, {"g": 1}]))
    assert rows == {"all and not ours": [0, 1, 2]}


def test_a_placeholder_without_a_list_skips_the_rule_and_says_what_to_do(
    load: LoadDocuments,
) -> None:
    ruleset = load(rule_text({"sel": {"f|expand": "%hosts%"}, "condition": "sel"}))
    assert not ruleset.rules
    assert "make a list called hosts" in ruleset.skipped[0].message


def test_a_list_may_be_a_document_and_is_added_to(load: LoadDocuments) -> None:
    rule = rule_text({"sel": {"f|expand": "%hosts%"}, "condition": "sel"})
    listed = json.dumps({"title": "Hosts", "list": "hosts", "values": ["a", 7]})
    text = RuleText("stored:x", json.dumps({"list": "hosts", "values": ["c"]}))
    ruleset = load(rule, listed, texts=[text], lists={"hosts": ["b"]})
    assert not ruleset.errors
    rows = found(Engine(ruleset), parsed_of([{"f": one} for one in ["a", "b", "c", "d", "7"]]))
    assert rows == {"rule": [0, 1, 2, 4]}


@pytest.mark.parametrize(
    "wrong", [{"list": "a b", "values": []}, {"list": "a", "values": "x"}, {"list": 5}]
)
def test_a_wrong_list_is_an_error(load: LoadDocuments, wrong: dict[str, Any]) -> None:
    assert "list" in load(json.dumps(wrong)).errors[0].message


ENCODED = [
    ("utf16le", "utf-16-le", b""),
    ("wide", "utf-16-le", b""),
    ("utf16be", "utf-16-be", b""),
    ("utf16", "utf-16-le", b"\xff\xfe"),
]


@pytest.mark.parametrize(("modifier", "codec", "mark"), ENCODED)
@pytest.mark.parametrize("wanted", ["cmd", "下载 payload", "ｗｉｄｅ"])
def test_text_in_utf16_is_found_behind_base64(
    load: LoadDocuments, modifier: str, codec: str, mark: bytes, wanted: str
) -> None:
    whole = rule_text({"sel": {f"f|{modifier}|base64": wanted}, "condition": "sel"}, title="whole")
    inside = rule_text(
        {"sel": {f"f|{modifier}|base64offset|contains": wanted}, "condition": "sel"}, title="inside"
    )
    data = mark + wanted.encode(codec)
    values = [base64.b64encode(data).decode()]
    values += [base64.b64encode(b"\x01" * n + data + b"\x02\x03").decode() for n in range(3)]
    rows = found(Engine(load(whole, inside)), parsed_of([{"f": one} for one in values]))
    assert rows == {"whole": [0], "inside": [0, 1, 2, 3]}


def test_utf16_without_base64_is_found_byte_by_byte(load: LoadDocuments) -> None:
    text = rule_text({"sel": {"f|utf16le|contains": "cmd"}, "condition": "sel"})
    events = [{"f": "x" + "cmd".encode("utf-16-le").decode()}, {"f": "cmd"}]
    assert found(Engine(load(text)), parsed_of(events)) == {"rule": [0]}


COLLECTION = """
action: global
title: shared
logsource: {category: test}
detection: {condition: sel}
---
detection: {sel: {f: a}}
level: high
---
action: repeat
title: repeated
detection: {sel: {f: b}}
---
action: reset
---
title: alone
logsource: {category: test}
detection: {sel: {f: c}, condition: sel}
"""


def test_documents_of_a_collection_share_what_its_actions_say(load: LoadDocuments) -> None:
    ruleset = load(COLLECTION)
    assert not ruleset.errors
    assert {rule.title: rule.level for rule in ruleset.rules} == {
        "shared": "high",
        "repeated": "high",
        "alone": "",
    }
    rows = found(Engine(ruleset), parsed_of([{"f": one} for one in "abc"]))
    assert rows == {"shared": [0], "repeated": [1], "alone": [2]}


def test_an_unknown_action_is_an_error_with_its_line(load: LoadDocuments) -> None:
    error = load("title: a\n---\naction: merge\ntitle: b\n").errors[-1]
    assert "merge" in error.message
    assert error.line == 3
