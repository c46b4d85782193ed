"""What the inspector says of a request, asked by rules and told to people."""

from __future__ import annotations

import orjson
import polars as pl
import pytest
from tests.detect.decode.test_columns import engine, frame, rows_of

from shangdun.detect.decode.columns import COLUMNS, INSPECTED
from shangdun.lake.block import Block
from shangdun.lake.parse import get_parser

UNION = "1' UNION SELECT password FROM users-- "


def test_a_rule_asks_for_a_class_in_any_part(tmp_path):
    one = engine(f"{INSPECTED}|contains: class:sql", tmp_path)
    events = frame(
        *["/?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20", *["/"] * 5, "/?q=size+42"],
        body=[None, "q=" + UNION, *[None] * 5],
        cookies=[None, None, "c=1'%20UNION%20SELECT%20password%20FROM%20users--%20", *[None] * 4],
        referrer=[
            *[None] * 3,
            "https://a.example/?x=1'%20UNION%20SELECT%20a%20FROM%20b--",
            *[None] * 3,
        ],
        user_agent=[*[None] * 4, f"Mozilla {UNION}", *[None] * 2],
        headers=[*[None] * 5, f'[["X-Own","{UNION}"]]', None],
    )
    assert rows_of(one, events) == [0, 1, 2, 3, 4, 5]
    assert rows_of(one, events) == [0, 1, 2, 3, 4, 5], "what is remembered is the same"


@pytest.mark.parametrize("text", ["/?q=class:sql", "/?q=class%3Asql", "/class:sql;class:xss"])
def test_a_visitor_cannot_write_himself_into_a_class(tmp_path, text):
    assert rows_of(engine(f"{INSPECTED}|contains: class:sql", tmp_path), frame(text)) == []


def test_what_people_are_told_names_no_class_that_was_typed(tmp_path):
    words = COLUMNS[f"{INSPECTED}.target"].words
    assert words is not None
    told = words("/?q=1%27%20UNION%20SELECT%20%27class:xss%27%20FROM%20users--%20")
    assert "class:sql" in told
    assert "class:xss" not in told


def test_what_a_firewall_quotes_of_a_body_it_does_not_log_is_judged_too(tmp_path):
    one = engine(f"{INSPECTED}|contains: class:sql", tmp_path)
    data = f"Matched Data: x found within ARGS:q: {UNION}\\u002d"
    told = [{"details": {"ruleId": "942100", "data": data}}]
    honest = [{"details": {"data": "Matched Data: y found within ARGS:name: O'Brien & Sons"}}]
    quoted = [orjson.dumps(one).decode() for one in (told, honest)]
    events = pl.DataFrame(
        {"firewall_rule.match_details": [*quoted, None, "[", '"found within X: "']}
    )
    assert rows_of(one, events) == [0]


GUARD = {
    "class": "sql",
    "score": 0.99,
    "place": "form",
    "name": "q",
    "layers": ["url"],
    "form": "1' or\n1=1 class:xss",
    "code": "sql.tautology",
    "reason": "Adds a comparison.",
}


def guarded(*hits: dict[str, object]) -> dict[str, object]:
    return {
        "shangdun_guard.verdict.hits": orjson.dumps(list(hits)).decode(),
        "shangdun_guard.action": "block",
    }


def test_what_the_guard_saw_in_a_body_is_found_with_what_it_did(tmp_path):
    one = engine(f"{INSPECTED}|contains: class:sql", tmp_path)
    doubtful = {**GUARD, "score": 0.2}
    events = pl.DataFrame([guarded(GUARD), guarded(doubtful), guarded({"class": "xss sql"})])
    assert rows_of(one, events) == [0]
    (reason,) = one.explain(one.plan.rules[0], events.row(0, named=True))
    assert reason.value.split("\n") == [
        "class:sql sql.tautology",
        "= block",
        "form q (url): 1' or␊1=1 class :xss",
        "- Adds a comparison.",
    ]


@pytest.mark.parametrize("text", ["[]", "{", "[1]", '[{"class":1}]', "null", ""])
def test_what_is_no_verdict_of_the_guard_finds_nothing(text):
    assert COLUMNS[f"{INSPECTED}.guard"].read(text) == ""


def test_what_customers_typed_is_judged_as_a_field_of_a_form(tmp_path):
    one = engine(f"{INSPECTED}.text|contains: class:xss", tmp_path)
    texts = ["<script src=//evil.example/x.js></script>", "5 < 6 & it's great; cat toys", None]
    assert rows_of(one, pl.DataFrame({"content.text": texts})) == [0]


def test_clean_and_missing_parts_are_told_apart(tmp_path):
    empty = engine(f"{INSPECTED}.target: ''", tmp_path)
    assert rows_of(empty, frame("/a?b=1", None)) == [0]


def test_a_finding_shows_the_value_the_decoded_form_and_the_reason(tmp_path):
    one = engine(f"{INSPECTED}|contains: class:sql", tmp_path)
    target = b"/?q=1%2527%2520UNION%2520SELECT%2520password%2520FROM%2520users--%2520"
    raw = b"GET " + target + b" HTTP/1.1\r\n\r\n"
    events = get_parser("http").parse(Block(raw)).events
    assert rows_of(one, events) == [0]
    (reason,) = one.explain(one.plan.rules[0], events.row(0, named=True))
    assert reason.field == INSPECTED
    assert "query q" in reason.value
    assert UNION.strip() in reason.value
