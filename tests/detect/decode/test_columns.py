"""The columns as rules see them, through the whole engine."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.decode.columns import COLUMNS, DECODED
from shangdun.detect.engine import Engine
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import load_rules
from shangdun.lake.block import Block, Logsource, Parsed
from shangdun.lake.parse import get_parser
from shangdun_guard.inspector.sinks.exploit import files, values
from shangdun_guard.inspector.sinks.exploit.table import BY_SEGMENT
from shangdun_guard.inspector.sinks.path import ENDS as PATH_ENDS

RULE = """\
title: Sample
id: 0f6a7f0e-58f7-4c0f-8a0e-3a3f6a1c5d12
logsource: {category: webserver}
detection:
    sel: {%s}
    condition: %s
"""


def engine(selection: str, tmp_path, condition: str = "sel") -> Engine:
    texts = [RuleText("sample.yml", RULE % (selection, condition))]
    ruleset = load_rules(builtin=False, cache_dir=tmp_path, texts=texts)
    assert not ruleset.errors
    return Engine(ruleset)


def rows_of(one: Engine, events: pl.DataFrame) -> list[int]:
    found = one.evaluate(Parsed(events, logsource=Logsource(category="webserver")))
    return [row for match in found for row in match.rows.tolist()]


def frame(*targets: str | None, **columns: list[str | None]) -> pl.DataFrame:
    named = {f"http_request.{name}": values for name, values in columns.items()}
    return pl.DataFrame({"http_request.url.url_string": targets, **named})


KNOWN = [f"/{segment}" for segment in BY_SEGMENT]
KNOWN += [f".{end}" for end in files.ENDS] + list(values.PLAIN_FRAGMENTS) + list(PATH_ENDS)
KNOWN += ["/etc/passwd", "/WEB-INF/web.xml", "file:///etc/hosts", "127.0.0.1", "localhost:6379"]
KNOWN += [
    "' or 1=1",
    " union select a from b",
    "<svg onload=",
    "${jndi:",
    "../",
    "; cat ",
    "sleep(5)",
]
KNOWN += [
    "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg",
    "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA",
    "document.cookie",
]
KNOWN += [
    "/?a=",
    "/x?file=",
    "?url=",
    "?q=",
    "=",
    "&u=",
    "/shop/",
    ".php",
    ".jsp/",
    "/c99.php",
    "q=1",
]
ATOMS = [
    st.sampled_from(KNOWN),
    st.sampled_from(list("%+\\&#;<>=?/ *'\"u0127aAbZ{}[]\t\x0b\xa0＜　é")),
    st.characters(),
]


@pytest.mark.parametrize("name", [name for name, one in COLUMNS.items() if one.marks])
@given(st.lists(st.one_of(ATOMS), max_size=60).map("".join))
def test_what_is_passed_over_unread_has_nothing_to_read(name, text):
    text = text.encode("utf-8", "ignore").decode()
    one = COLUMNS[name]
    assert one.of(pl.Series([text, None])).to_list() == [one.read(text), None]


def test_a_rule_that_names_all_values_sees_every_part(tmp_path):
    one = engine(f"{DECODED}|contains: '<x>'", tmp_path)
    events = frame(
        *["/?q=%253Cx%253E", "/", "/", "/", "/", "/", None, "/<y>"],
        body=[None, '{"a":"\\u003cx\\u003e"}', *[None] * 6],
        cookies=[None, None, "c=&lt;x&gt;", *[None] * 5],
        referrer=[*[None] * 3, "https://a.example/?%3Cx%3E", *[None] * 4],
        user_agent=[*[None] * 4, "\uff1cx\uff1e", *[None] * 3],
        headers=[*[None] * 5, '[["X-Own","%3Cx%3E"]]', *[None] * 2],
    )
    assert rows_of(one, events) == [0, 1, 2, 3, 4, 5]
    assert rows_of(one, events) == [0, 1, 2, 3, 4, 5], "what is remembered is the same"


def test_a_rule_may_name_one_part(tmp_path):
    one = engine(f"{DECODED}.body|re: '^a=<x>$'", tmp_path)
    assert rows_of(one, frame("/?a=<x>", "/", body=[None, "a=%3Cx%3E"])) == [1]


def test_negation_and_absence_are_of_all_parts(tmp_path):
    not_x = engine(f"{DECODED}|contains: '<x>'", tmp_path, "not sel")
    events = frame("/?%3Cx%3E", "/", body=[None, None])
    assert rows_of(not_x, events) == [1]
    assert rows_of(engine(f"{DECODED}.body|exists: true", tmp_path), events) == []
    assert rows_of(engine(f"{DECODED}: null", tmp_path), frame("/", None)) == [1]


def test_values_that_seldom_repeat_are_read_too(tmp_path):
    one = engine(f'{DECODED}|contains: "\' or 1=1"', tmp_path)
    targets = [f"/p/{n}?q=%27+or+1%3D1" if n % 100 == 0 else f"/p/{n}" for n in range(5_000)]
    for _ in range(2):
        assert rows_of(one, frame(*targets)) == list(range(0, 5_000, 100))


def test_a_parser_is_asked_for_what_the_columns_are_made_of(tmp_path):
    one = engine(f"{DECODED}|contains: x", tmp_path)
    asked = one.fields_for(Logsource(category="webserver"))
    assert asked is not None
    assert {one.source for one in COLUMNS.values() if one.whole == DECODED} <= asked
    assert not asked & {DECODED, *COLUMNS}


def test_a_finding_says_what_was_read(tmp_path):
    one = engine(f"{DECODED}|contains: '<x>'", tmp_path)
    raw = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 13\r\n\r\nq=%253Cx%253E"
    events = get_parser("http").parse(Block(raw)).events
    assert rows_of(one, events) == [0]
    (reason,) = one.explain(one.plan.rules[0], events.row(0, named=True))
    assert (reason.field, reason.value) == (DECODED, "q=<x>")
