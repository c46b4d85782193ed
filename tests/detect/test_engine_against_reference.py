"""The engine gives what the specification says, on rules and events nobody would think of."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shangdun.detect import dictionary
from shangdun.detect.engine import Engine
from shangdun.detect.rules import load_rules

from . import reference
from .conftest import found, parsed_of, rule_text

LETTERS = "aAbBkKsS1-/\\*?.\n éÉжЖK中%"
TEXT = st.text(LETTERS, max_size=6)
FIELDS = st.sampled_from(["f", "g", "h", "missing"])
SCALARS = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "1",
            "10.0.0.7",
            "10.0.1.7",
            "::1",
            "true",
            "foobar",
            "c2VjcmV0",
            "xfoo bar",
            "//4tTmsA",
            "LU5rAA==",
            "-foo",
            "\x001\x002",
        ]
    ),
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "f": st.none() | SCALARS,
            "g": st.none() | SCALARS,
            "h": st.none() | st.lists(SCALARS, max_size=3),
            "number": st.none() | st.integers(-3, 12),
            "float": st.none() | st.sampled_from([0.0, 1.0, 2.5, -1.0, 10.0]),
            "flag": st.none() | st.booleans(),
        },
    ),
    min_size=1,
    max_size=12,
)

_REGEXES = st.sampled_from(
    [
        "foo", "^foo", "bar$", "fo+b?a", "(?:foo|xfoo) bar", "f.o", "foo\\s?bar", "^1$", "[a-f]oo",
        "foo(?!bar)", "(?<=x)foo", "(o)\\1ba", "k{1,3}", "\\bfoo", "[^a]oobar", "^$", "(?i)FOO",
        "fo{2}.*r", "\\w+bar", "foo[\\W]", "(a|A)+b", "^.oo", "o{2,60}", "ж", "[а-я]oo|foo",
    ]
)  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Any]:
    field = draw(FIELDS)
    kind = draw(st.integers(0, 11))
    if kind <= 3:
        shape = draw(st.sampled_from(["", "|contains", "|startswith", "|endswith"]))
        cased = draw(st.sampled_from(["", "", "|cased"])) if shape else ""
        every = draw(st.sampled_from(["", "|all"])) if shape else ""
        return f"{field}{shape}{cased}{every}", draw(st.lists(TEXT, min_size=1, max_size=3))
    if kind == 4:
        flags = "".join(f"|{flag}" for flag in draw(st.lists(st.sampled_from("ims"), unique=True)))
        return f"{field}|re{flags}", draw(_REGEXES)
    if kind == 5:
        return draw(
            st.sampled_from(
                [("number", 1), ("number", [1, 2]), ("f", 1), ("float", 2.5), ("float", 1),
                 ("flag", True), ("flag", False), ("g", True), ("number", "1*")]
            )
        )  # fmt: skip
    if kind == 6:
        operator = draw(st.sampled_from(["lt", "lte", "gt", "gte"]))
        name = draw(st.sampled_from(["number", "float", "f"]))
        return f"{name}|{operator}", draw(st.sampled_from([0, 1, 2.5, 10]))
    return draw(
        st.sampled_from(
            [
                (f"{field}|exists", True),
                (f"{field}|exists", False),
                (field, None),
                (field, [None, "foobar"]),
                (field, ""),
                (field, "*"),
                (f"{field}|cidr", "10.0.0.0/24"),
                (f"{field}|cidr", ["::/64", "10.0.1.0/28"]),
                (f"{field}|fieldref", "g"),
                (f"{field}|fieldref|startswith", "g"),
                (f"{field}|fieldref|contains", "h"),
                (f"{field}|base64offset|contains", "foo"),
                (f"{field}|base64", "secret"),
                (f"{field}|windash|contains", "-a"),
                (f"{field}|windash|contains|all", ["-a", "b"]),
                (f"{field}|neq", "foobar"),
                (f"{field}|wide|contains", "a"),
                (f"{field}|utf16be|contains", "1"),
                (f"{field}|utf16le|base64offset|contains", "中k"),
                (f"{field}|utf16|base64", "中k"),
                (f"{field}|expand", "%words%"),
                (f"{field}|expand|contains", ["-%words%", "K"]),
                (f"{field}|expand|startswith", "%none%"),
                (f"{field}|expand|cidr", "%nets%"),
                (f"{field}|re|expand", "^%words%$"),
            ]
        )
    )


MAPS = st.dictionaries(st.just(""), st.just(0)).flatmap(
    lambda _: st.lists(items(), min_size=1, max_size=3).map(dict)
)
KEYWORDS = st.lists(TEXT.filter(bool), min_size=1, max_size=3)
SELECTIONS = st.one_of(
    MAPS,
    MAPS,
    st.lists(MAPS, min_size=1, max_size=3),
    KEYWORDS,
    KEYWORDS.map(lambda words: {"|all": words}),
)
CONDITIONS = st.recursive(
    st.sampled_from(
        ["sel_a", "sel_b", "other", "1 of sel_*", "all of sel_*", "1 of them", "all of them"]
    ),
    lambda inner: st.one_of(
        inner.map(lambda c: f"not {c}" if " " not in c or c.startswith("(") else f"not ({c})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
    ),
    max_leaves=4,
)
DETECTIONS = st.fixed_dictionaries(
    {"sel_a": SELECTIONS, "sel_b": SELECTIONS, "other": SELECTIONS, "condition": CONDITIONS}
)


def check(detections: list[dict[str, Any]], batches: list[list[dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder:
        for number, detection in enumerate(detections):
            text = rule_text(detection, title=str(number))
            (Path(folder) / f"{number}.yml").write_text(text, "utf-8")
        ruleset = load_rules(
            [folder], builtin=False, cache_dir=Path(folder) / "cache", lists=reference.LISTS
        )
        assert not ruleset.errors
        assert len(ruleset.rules) == len(detections)
        engine = Engine(ruleset)
        documents = {rule.title: json.loads(Path(rule.path).read_text()) for rule in ruleset.rules}
        for events in batches:
            parsed = parsed_of(events)
            seen = found(engine, parsed)
            rows = parsed.events.drop("_line", "_offset").to_dicts() or [{}] * len(events)
            for title, document in documents.items():
                expected = [n for n, row in enumerate(rows) if reference.matches(document, row)]
                assert seen.get(title, []) == expected, (document["detection"], rows)
            for match in engine.evaluate(parsed):
                reasons = engine.explain(match.rule, rows[match.rows[0]])
                assert isinstance(reasons, list)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(DETECTIONS, min_size=1, max_size=4), st.lists(EVENTS, min_size=1, max_size=3))
def test_any_rule_on_any_event(
    detections: list[dict[str, Any]], batches: list[list[dict[str, Any]]]
) -> None:
    check(detections, batches)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(DETECTIONS, min_size=1, max_size=3), st.lists(EVENTS, min_size=2, max_size=3))
def test_values_that_do_not_repeat_give_the_same(
    detections: list[dict[str, Any]], batches: list[list[dict[str, Any]]]
) -> None:
    """The lane of columns that are scanned as they come, with frequent matchers left out."""
    before = dictionary.LEAST_ROWS, dictionary.NEW_SHARE, dictionary.SAMPLE, dictionary.FREQUENT
    dictionary.LEAST_ROWS, dictionary.NEW_SHARE, dictionary.SAMPLE = 0, -1.0, 1
    dictionary.FREQUENT = 0.1
    try:
        check(detections, batches)
    finally:
        (dictionary.LEAST_ROWS, dictionary.NEW_SHARE, dictionary.SAMPLE, dictionary.FREQUENT) = (
            before
        )
