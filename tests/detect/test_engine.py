"""The engine on frames as parsers give them."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
import yaml

from shangdun.detect import dictionary, ir
from shangdun.detect.engine import Engine
from shangdun.detect.rules import load_rules
from shangdun.lake.block import LINE, OFFSET, Logsource, Parsed

from . import reference
from .conftest import LoadDocuments, found, frame_of, parsed_of, rule_text


def engine_of(load: LoadDocuments, *detections: dict[str, Any], **more: Any) -> Engine:
    texts = [rule_text(one, title=f"r{n}", **more) for n, one in enumerate(detections)]
    ruleset = load(*texts)
    assert not ruleset.errors
    return Engine(ruleset)


def test_numbers_and_texts(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {"a": {"id": 1}, "condition": "a"},
        {"a": {"id": "1"}, "condition": "a"},
        {"a": {"id|startswith": "46"}, "condition": "a"},
    )
    for values in ([1, 2, 4624], ["1", "2", "4624"], [1.0, 2.0, 4624.0]):
        seen = found(engine, parsed_of([{"id": value} for value in values]))
        assert seen == {"r0": [0], "r1": [0], "r2": [2]}


def test_a_field_that_is_missing(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {"a": {"f": "x"}, "condition": "a"},
        {"a": {"f": "x"}, "condition": "not a"},
        {"a": {"f": None}, "condition": "a"},
        {"a": {"f|exists": True}, "condition": "a"},
        {"a": {"f|exists": False}, "condition": "a"},
    )
    here = found(engine, parsed_of([{"f": "x"}, {"f": None}, {"f": "y"}]))
    assert here == {"r0": [0], "r1": [1, 2], "r2": [1], "r3": [0, 2], "r4": [1]}
    gone = found(engine, parsed_of([{"g": "x"}]))
    assert gone == {"r1": [0], "r2": [0], "r4": [0]}


def test_lists_hold_when_any_element_does(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {"a": {"f": "x"}, "condition": "a"},
        {"a": {"f|contains|all": ["x", "y"]}, "condition": "a"},
        {"a": {"f": "x"}, "condition": "not a"},
        {"k": ["deep"], "condition": "k"},
    )
    events: list[dict[str, Any]] = [{"f": ["x", "y"]}, {"f": ["z"]}, {"f": []}, {"f": ["deep"]}]
    seen = found(engine, parsed_of(events))
    assert seen == {"r0": [0], "r1": [0], "r2": [1, 2, 3], "r3": [3]}


def test_keywords_look_at_every_text(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {"k": ["needle", "pin"], "condition": "k"},
        {"k": {"|all": ["one", "two"]}, "condition": "k"},
        {"k": {"|re": "n[e]{2}d"}, "condition": "k"},
    )
    seen = found(
        engine, parsed_of([{"a": "a NEEDLE", "b": 5}, {"a": "one", "b": 5}, {"a": "two one"}])
    )
    assert seen == {"r0": [0], "r1": [2]}


def test_an_empty_frame_and_one_without_columns(load: LoadDocuments) -> None:
    engine = engine_of(load, {"a": {"f": "x"}, "condition": "not a"})
    assert found(engine, parsed_of([])) == {}
    places = pl.DataFrame(
        {LINE: pl.Series([1], dtype=pl.UInt32), OFFSET: pl.Series([0], dtype=pl.UInt64)}
    )
    assert found(engine, Parsed(places)) == {"r0": [0]}


def test_odd_types_do_not_stop_a_batch(load: LoadDocuments) -> None:
    engine = engine_of(
        load, {"a": {"f": "x"}, "condition": "not a"}, {"k": ["x"], "condition": "k"}
    )
    frames = [
        pl.DataFrame({"f": [{"a": "x"}]}),
        pl.DataFrame({"f": [None]}),
        pl.DataFrame({"f": [[["x"]]]}),
        pl.DataFrame({"f": [b"x"]}),
        pl.DataFrame({"f": [[]]}),
        pl.DataFrame({"f": ["x"]}).cast(pl.Categorical),
        pl.DataFrame({"f": ["2026-01-01"]}).select(pl.col("f").str.to_date()),
    ]
    for frame in frames:
        engine.evaluate(Parsed(frame))


def test_columns_that_change_from_batch_to_batch(load: LoadDocuments) -> None:
    engine = engine_of(load, {"a": {"f": 7}, "condition": "a"})
    for value in (7, "7", 7.0, ["7"], [7], None, "x"):
        expected = {} if value in (None, "x") else {"r0": [0]}
        assert found(engine, parsed_of([{"f": value, "g": 1}])) == expected


def test_memory_stays_bounded_when_nothing_repeats(
    load: LoadDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "MOST_VALUES", 3000)
    engine = engine_of(load, {"a": {"f|contains": "99"}, "condition": "a"})
    for batch in range(20):
        events = [{"f": f"{batch}-{n // 3}"} for n in range(2000)]
        expected = [n for n in range(2000) if "99" in events[n]["f"]]
        assert found(engine, parsed_of(events)).get("r0", []) == expected
        for one in engine._dictionaries.values():
            assert one._size <= 3000
            assert len(one._slot_of) < 20_000


def test_attackers_choose_names_and_cannot_fill_the_memory(load: LoadDocuments) -> None:
    engine = engine_of(load, {"k": ["x"], "condition": "k"})
    for number in range(700):
        engine.evaluate(parsed_of([{f"name{number}": "x", "category": f"test{number}"}]))
    assert len(engine._dictionaries) <= 512
    assert len(engine._lanes) <= 2


def test_what_a_parser_is_asked_for(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {"a": {"cs-uri-query|contains": "x"}, "condition": "a"},
        logsource={"category": "webserver"},
    )
    fields = engine.fields_for(Logsource(category="webserver"))
    assert fields is not None
    assert {"cs-uri-query", "http_request.url.url_string", "class_uid"} <= fields
    other = engine.fields_for(Logsource(category="dns"))
    assert other is not None
    assert "cs-uri-query" not in other
    words = engine_of(load, {"k": ["x"], "condition": "k"})
    assert words.fields is None


def test_reasons_name_field_pattern_and_value(load: LoadDocuments) -> None:
    engine = engine_of(
        load,
        {
            "a": {"f|contains": ["no", "need"], "n|gte": 3},
            "b": {"g": "x"},
            "condition": "a and not b",
        },
    )
    event = {"f": "a NEEDLE", "n": 5, "g": "y"}
    (match,) = engine.evaluate(parsed_of([event]))
    reasons = engine.explain(match.rule, event)
    assert [(r.field, r.operator, r.pattern, r.value) for r in reasons] == [
        ("f", "contains", "need", "a NEEDLE"),
        ("n", "gte", "3", "5"),
    ]


@pytest.fixture(scope="session")
def documents(sigmahq: Path) -> dict[str, dict[str, Any]]:
    """The SigmaHQ rules as they are written, by id."""
    found = {}
    for path in sorted((sigmahq / "rules").rglob("*.yml")):
        for document in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader):
            found[document["id"]] = document
    return found


LANES = ("structured_windows", "sysmon_file_event", "raw_windows", "cisco_syslog")


@pytest.mark.slow
@pytest.mark.parametrize("lane", LANES)
def test_the_corpus_on_a_lane_gives_what_the_specification_says(
    lane: str,
    sigmahq: Path,
    documents: dict[str, dict[str, Any]],
    shared_data: Path,
    tmp_path: Path,
) -> None:
    """Every SigmaHQ rule on real-looking events, but for routing, which is tested by itself."""
    data = gzip.decompress((shared_data / f"sigma_lane_{lane}.ndjson.gz").read_bytes())
    lines = b"".join(data.splitlines(keepends=True)[::2000])
    routing = ("product", "category", "service", "Channel")
    events = pl.read_ndjson(io.BytesIO(lines)).drop(routing, strict=False)
    ruleset = load_rules([sigmahq / "rules"], builtin=False, cache_dir=tmp_path)
    seen = {m.rule.uid: m.rows.tolist() for m in Engine(ruleset).evaluate(Parsed(events))}
    rows = [{k: v for k, v in row.items() if v is not None} for row in events.to_dicts()]
    matched = 0
    for rule in ruleset.rules:
        document = documents[rule.uid]
        expected = [n for n, row in enumerate(rows) if reference.matches(document, row)]
        assert seen.get(rule.uid, []) == expected, rule.path
        matched += len(expected)
    print(f"{lane}: {len(rows)} events, {matched} matches")


def test_frames_are_left_as_they_were(load: LoadDocuments) -> None:
    engine = engine_of(load, {"k": ["x"], "condition": "k"})
    frame = frame_of([{"f": "x"}, {"f": None}])
    before = frame.clone()
    engine.evaluate(Parsed(frame))
    assert frame.equals(before)


def test_a_runaway_expression_is_counted_under_its_name_and_the_rest_goes_on(
    load: LoadDocuments,
) -> None:
    texts = [
        rule_text({"a": {"f|endswith": "b"}, "condition": "a"}, title=f"r{n}") for n in range(3)
    ]
    ruleset = load(*texts)
    # a strict reader refuses such expressions; the engine must withstand them all the same
    for number, pattern in ((0, "(?=a)(?:a|a|aa)+(?<!y)$"), (2, "(?<!c)7b$")):
        expression = ir.Regex("f", "", pattern, "")
        ruleset.rules[number] = msgspec.structs.replace(ruleset.rules[number], condition=expression)
    engine = Engine(ruleset)
    values = ["a" * 60 + f"{n}b" for n in range(3000)]
    started = time.process_time()
    seen = found(engine, parsed_of([{"f": value} for value in values]))
    assert time.process_time() - started < 3
    assert seen["r1"] == list(range(3000))
    assert seen["r2"] == [row for row in range(3000) if row % 10 == 7]
    costs = {cost.title: cost for cost in engine.costs()}
    assert costs["r0"].cut_off == 3000
    assert costs["r0"].seconds > 10 * (costs["r1"].seconds + costs["r2"].seconds)
    assert engine.costs()[0].title == "r0"
    assert [costs[name].matches for name in ("r0", "r1", "r2")] == [0, 3000, 300]
    assert [costs[name].cut_off for name in ("r1", "r2")] == [0, 0]


def test_columns_tell_what_they_cost(load: LoadDocuments) -> None:
    engine = engine_of(load, {"a": {"f|contains": "x"}, "condition": "a"})
    for _ in range(2):
        found(engine, parsed_of([{"f": "axb", "g": "x"}] * 500))
    (cost,) = engine.column_costs()
    assert (cost.column, cost.elements) == ("f", 1000)
    assert cost.seconds > 0
