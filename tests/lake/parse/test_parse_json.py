"""JSON lines: what columns hold, and that reading at once and one by one give the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.lake.block import LINE, Block, Parsed
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import _json_lines, _json_structs, get_parser
from shangdun.lake.parse._json_fast import FastReader, count_members
from shangdun.lake.parse._json_structs import StructReader
from shangdun.lake.parse._values import TOO_DEEP, Flat, Unreadable, flatten, load_object
from shangdun.lake.parse.json import JsonReader


def parse(*lines: bytes, fields: frozenset[str] | None = None) -> Parsed:
    return get_parser("json").parse(Block(b"\n".join(lines)), fields)


def column(name: str, *lines: bytes) -> list[object]:
    return parse(*lines).events[name].to_list()


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([b'{"a":1}', b'{"a":-2}'], [1, -2]),
        ([b'{"a":1}', b'{"a":1.5}'], [1.0, 1.5]),
        ([b'{"a":1.0}', b'{"a":2}'], [1, 2]),
        ([b'{"a":1}', b'{"a":"1"}'], ["1", "1"]),
        ([b'{"a":1.0}', b'{"a":"x"}', b'{"a":2.5}'], ["1", "x", "2.5"]),
        ([b'{"a":true}', b'{"a":false}'], [True, False]),
        ([b'{"a":true}', b'{"a":1}'], ["true", "1"]),
        ([b'{"a":null}', b"{}", b'{"a":"x"}'], [None, None, "x"]),
        ([b'{"a":[1, "x", {"y": null}]}'], ['[1,"x",{"y":null}]']),
        ([b'{"a":1,"a":2}'], [2]),
        ([b'{"a":99999999999999999999999}'], ["99999999999999999999999"]),
        ([b'{"a":9223372036854775808}'], ["9223372036854775808"]),
        ([b'{"a":-9223372036854775808}'], [-9223372036854775808]),
        ([b'{"a":1e400}'], [float("inf")]),
        ([b'{"a":NaN}'], ["NaN"]),
        ([rb'{"a":"\u4e2d\ud83d\ude00\n\"\\"}'], ['中😀\n"\\']),
        ([rb'{"a":"\ud800"}'], [r"\ud800"]),
        ([b'{"a":"\xff\x80"}'], [r"\xff\x80"]),
        ([b'{"a":"tab\there"}'], ["tab\there"]),
        ([rb'{"a":"C:\Windows\notes"}'], ["C:\\Windows\notes"]),
        ([b'  {"a" : 1 , "b" : 2}  \r'], [1]),
        ([b'\xef\xbb\xbf{"a":1}'], [1]),
    ],
)
def test_values_keep_their_type_or_become_text(lines: list[bytes], wanted: list[object]) -> None:
    parsed = parse(*lines)
    assert parsed.dead == ()
    assert parsed.events["a"].to_list() == wanted


def test_nested_names_are_joined_with_dots() -> None:
    events = parse(b'{"a":{"b":{"c":1},"d":"x"},"e.f":2,"g":{}}').events
    assert events.row(0, named=True) == {"a.b.c": 1, "a.d": "x", "e.f": 2} | {
        "time": None,
        LINE: 1,
        "_offset": 0,
    }


def test_of_two_that_flatten_to_one_name_the_last_counts() -> None:
    assert column("a.b", b'{"a":{"b":1},"a.b":2}', b'{"a.b":2,"a":{"b":1}}') == [2, 1]


def test_names_of_ours_are_not_overwritten() -> None:
    assert column(LINE, b'{"_line":77,"_offset":5,"_length":1}') == [1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"nope", "is not JSON"),
        (b'{"a":1', "is not JSON"),
        (b'{"a":01}', "is not JSON"),
        (b'{"a":1}{"a":2}', "is not JSON"),
        (b"[1]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "is not JSON"),
    ],
)
def test_what_is_no_object_becomes_one_dead_letter(line: bytes, reason: str) -> None:
    parsed = parse(b'{"a":1}', line, b"", b"   ", b'{"a":3}')
    assert parsed.events[LINE].to_list() == [1, 5]
    (letter,) = parsed.dead
    assert (letter.line, letter.raw) == (2, line)
    assert reason in letter.reason


def test_a_thousand_levels_are_an_event_that_is_not_taken_apart_to_the_end() -> None:
    events = parse(b'{"x":"y","a":' + b'{"a":' * 999 + b"1" + b"}" * 1000).events
    assert events["x"].to_list() == ["y"]
    assert TOO_DEEP in events.row(0)


def test_made_up_names_do_not_eat_memory() -> None:
    lines = [b'{"n%d":%d}' % (number, number) for number in range(5000)]
    assert parse(*lines).events.width < 1100
    assert parse(*lines, fields=frozenset({"n4999"})).events["n4999"].to_list()[-1] == 4999


def test_only_the_wanted_columns_are_made() -> None:
    lines = [b'{"a":1,"b":{"c":2},"time":1700000000}'] * 100
    events = parse(*lines, fields=frozenset({"b.c", "no"})).events
    assert set(events.columns) == {"b.c", LINE, "_offset"}


@pytest.mark.parametrize(
    "event",
    [
        b'{"time":1700000000123}',
        b'{"time":1700000000.123}',
        b'{"@timestamp":"2023-11-14T22:13:20.123Z"}',
        b'{"timestamp":"2023-11-15T06:13:20,123+08:00"}',
        b'{"ts":"1700000000.123"}',
        b'{"eventTime":1700000000123456}',
        b'{"event_time":1700000000123456789}',
        b'{"UtcTime":"2023-11-14 22:13:20.123"}',
        b'{"time":"soon","date":"2023-11-14T22:13:20.1239999"}',
        b'{"time":true,"_time":1700000000123}',
    ],
)
def test_time_comes_from_the_usual_names(event: bytes) -> None:
    assert column("time", event) == [1700000000123]
    assert column("time", *[event] * 100) == [1700000000123] * 100


def one_by_one(lines: list[bytes], patch: pytest.MonkeyPatch) -> Parsed:
    with patch.context() as context:
        context.setattr(FastReader, "read", lambda *_: None)
        context.setattr(StructReader, "read_run", lambda *_: None)
        context.setattr(StructReader, "read_line", lambda *_: None)
        context.setattr(StructReader, "columns", lambda *_: [])
        return parse(*lines)


def at_once(lines: list[bytes], patch: pytest.MonkeyPatch) -> Parsed:
    """After the keys have been learnt, the whole block by Polars if it can."""
    with patch.context() as context:
        context.setattr(_json_lines, "PAUSE", 0)
        reader = JsonReader()
        reader.parse(Block(b"\n".join(lines)))
        return reader.parse(Block(b"\n".join(lines)))


def in_runs(lines: list[bytes], patch: pytest.MonkeyPatch) -> Parsed:
    """In runs of a few lines, after the keys have been learnt."""
    with patch.context() as context:
        context.setattr(FastReader, "read", lambda *_: None)
        context.setattr(_json_lines, "RUN_BYTES", 30)
        reader = JsonReader()
        reader.parse(Block(b"\n".join(lines)))
        return reader.parse(Block(b"\n".join(lines)))


def assert_all_ways_agree(lines: list[bytes], patch: pytest.MonkeyPatch) -> None:
    slow = one_by_one(lines, patch)
    for fast in (at_once(lines, patch), in_runs(lines, patch)):
        assert slow.dead == fast.dead
        assert set(slow.events.columns) == set(fast.events.columns)
        columns = slow.events.columns
        assert slow.events.schema == fast.events.select(columns).schema
        assert slow.events.equals(fast.events.select(columns))


KEY = st.sampled_from(
    ["a", "b", "a.b", "é", "key", "_line", "time", 'q"', "\\", ":", "a:", 'q":', ""]
)
TEXT = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            '":1',
            '\\":"',
            "\\",
            '"',
            "null",
            '":',
            "\\u0041",
            "a\tb",
            "\u2028",
            "😀",
            "::1",
            ":",
            ": ",
            ":{",
            ":1",
            " :",
        ]
    ),
)
NUMBER = st.one_of(
    st.integers(-5, 5),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1.0, -0.0, 2.0**53, 1e23]),
)
SCALAR = st.one_of(TEXT, NUMBER, st.booleans(), st.none())
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.dictionaries(KEY, inner, max_size=3), st.lists(inner, max_size=2)),
    max_leaves=5,
)
RAW = st.sampled_from(
    [
        b'{"a":1,"a":"x"}',
        b'{"a":{"b":1},"a":{"key":2}}',
        rb'{"a":"\ud800"}',
        rb'{"a":"\ud83d\ude00"}',
        rb'{"a":"\q"}',
        b'{"a":"\xff"}',
        b'{"a":"\0"}',
        b'{"a":01}',
        b'{"a":1}}',
        b'{"a":1} {"b":2}',
        b'{"a" :1}',
        b'{"a":  1}',
        b'{"a":\t"x"}',
        b'{"\\\\":"x","a":"\\\\"}',
        b'{"a":[]}',
        b'{"a":{}}',
        b"",
        b"  ",
        b"[1]",
        b"nul",
        b'{"a":1}\r',
    ]
)


@st.composite
def json_line(draw: st.DrawFn) -> bytes:
    event = draw(st.dictionaries(KEY, VALUE, max_size=4))
    style = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    text = json.dumps(event, ensure_ascii=draw(st.booleans()), separators=style)
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(json_line(), RAW), max_size=6))
def test_all_ways_of_reading_agree(lines: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert_all_ways_agree(lines, patch)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(json_line(), RAW), min_size=1, max_size=4))
def test_a_line_read_at_once_is_what_it_is_by_itself(lines: list[bytes]) -> None:
    fast, structs = FastReader(), StructReader()
    known: dict[bytes, Flat] = {}
    for line in lines:
        try:
            event = load_object(line)
        except Unreadable:
            continue
        fast.learn(event)
        structs.learn(event)
        known[line] = flatten(event)
    for line in lines:
        columns = fast.read(line, 1)
        if columns is not None:
            found = {name: values[0] for name, values in columns.items() if values[0] is not None}
            assert found == known[line]
        read = structs.read_line(line)
        if read is not None:
            assert columns_of(structs, [read]) == [known[line]]


def columns_of(reader: StructReader, events: list[Any]) -> list[dict[str, Any]]:
    """Rows as dicts without what is null."""
    rows: list[dict[str, Any]] = [{} for _ in events]
    for name, where, values in reader.columns(events, np.arange(len(events)), None):
        for row, value in zip(where.tolist(), values, strict=True):
            if value is not None:
                assert name not in rows[row]
                rows[row][name] = value
    return rows


SIMPLE = st.fixed_dictionaries(
    {"a": TEXT, "b": st.integers(-9, 9)},
    optional={"c": st.booleans(), "d": st.fixed_dictionaries({"e": TEXT}), "f": st.floats(-9, 9)},
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SIMPLE, min_size=1, max_size=12), st.booleans())
def test_ordinary_events_are_read_at_once_and_mean_what_they_say(
    events: list[dict[str, object]], spaced: bool
) -> None:
    """Against Python's own reader, which knows nothing of ours."""
    separators = (", ", ": ") if spaced else (",", ":")
    lines = [json.dumps(event, separators=separators, ensure_ascii=False) for event in events]
    fast, structs = FastReader(), StructReader()
    for event in events:
        fast.learn(event)
        structs.learn(event)
    data = "\n".join(lines).encode()
    read = structs.read_run(data, len(lines))
    assert read is not None or b"\\u0000" in data
    for event, row in zip(events, columns_of(structs, read or []), strict=read is not None):
        inner = event.get("d", {})
        assert isinstance(inner, dict)
        wanted = {**event, **{f"d.{key}": value for key, value in inner.items()}}
        wanted.pop("d", None)
        assert row == wanted
    columns = fast.read(data, len(lines))
    if columns is None:  # what only looks like a surrogate or ends a key is read one by one
        assert any(mark in data.decode() for mark in ("\\", " :"))
        return
    assert columns["a"].to_list() == [event["a"] for event in events]
    assert columns["b"].to_list() == [event["b"] for event in events]
    if "d.e" in columns:
        inner = [event.get("d", {}) for event in events]
        assert columns["d.e"].to_list() == [one.get("e") for one in inner]  # type: ignore[attr-defined]  # a dict


def test_members_are_counted_by_kind() -> None:
    data = b'{"a":"x","b":1,"c":null,"d":{"e":true,"f":"\\":"}}\n{"a": "\\":\\"","b": 2}'
    assert count_members(data) == (3, 3, 1)
    assert count_members(b'{"a":[1]}') is None
    assert count_members(b'{"a" :1}') is None
    assert count_members(b'{"a":"::1","b": "::1"}') == (2, 0, 0)
    assert count_members(b'{":":1}') == (0, 1, 0)
    assert count_members(b'{"a":"b : c"}') == (1, 0, 0)
    assert count_members(rb'{"a\\":1}') is None
    assert count_members(rb'{"a":"\uD83D\uDE00"}') is None


TRICKS = [
    b'{"a":1}{"a":2}\n{"a":\n3}',
    b'{"a":1} {"a":2}\n{"a":{"b":1}\n}',
    b'{"a":[{}\n{}]}\n{"a":1}{"a":2}',
    b'{"a":1},\n{"a":2}',
]


@pytest.mark.parametrize("trick", TRICKS)
def test_two_events_on_a_line_are_a_dead_letter_and_an_event_ends_with_its_line(
    trick: bytes,
) -> None:
    reader = JsonReader()
    reader.parse(Block(b'{"a":1}\n{"a":{"b":1}}\n' * 40))
    lines = trick.split(b"\n")
    parsed = reader.parse(Block(trick))
    expected = []
    for number, line in enumerate(lines, 1):
        try:
            json.loads(line)
        except ValueError:
            expected.append(number)
    assert [letter.line for letter in parsed.dead] == expected
    assert expected


def test_a_broken_line_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [b'{"a":"x%d","b":%d}' % (number, number) for number in range(4000)]
    lines[1234] = b'{"a":"x'
    reader = JsonReader()
    data = b"\n".join(lines)
    reader.parse(Block(data))
    looked_at = []

    def noting(line: bytes) -> dict[str, Any]:
        looked_at.append(line)
        return load_object(line)

    monkeypatch.setattr(_json_lines, "load_object", noting)
    parsed = reader.parse(Block(data))
    assert [letter.line for letter in parsed.dead] == [1235]
    assert parsed.events["b"].to_list() == [n for n in range(4000) if n != 1234]
    assert looked_at == [lines[1234]]


def test_events_with_lists_and_objects_in_them_are_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = b"\n".join(b'{"a":"x","tags":[%d,{"k":null}]}' % number for number in range(2000))
    reader = JsonReader()
    reader.parse(Block(lines))
    monkeypatch.delattr(_json_lines, "load_object")
    events = reader.parse(Block(lines)).events
    assert events["tags"].to_list() == [f'[{n},{{"k":null}}]' for n in range(2000)]


def test_made_up_keys_stay_bounded_and_lose_no_line() -> None:
    reader = JsonReader()
    for start in range(0, 3000, 1000):
        lines = b"\n".join(b'{"a":1,"k%d":2}' % n for n in range(start, start + 1000))
        parsed = reader.parse(Block(lines))
        assert parsed.events.height == 1000
        assert parsed.events["a"].to_list() == [1] * 1000
    assert len(reader._lines._structs._names) == _json_structs.MOST_KEYS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(json_line(), RAW), max_size=6))
def test_every_raw_line_comes_back_from_the_lake(lines: list[bytes]) -> None:
    parsed = parse(*lines)
    frame = conform(parsed, source="app", observed=1_800_000_000_000)
    assert raw_lines(frame) == [parsed.raw_text(row) for row in range(parsed.events.height)]


@pytest.mark.parametrize(
    "lane", ["structured_windows", "sysmon_file_event", "raw_windows", "cisco_syslog"]
)
def test_synthetic_lanes(lane: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.decompress((shared_data / f"sigma_lane_{lane}.ndjson.gz").read_bytes())
    lines = data.splitlines()[:5000]
    assert_all_ways_agree(lines, monkeypatch)
    events = parse(*lines).events
    assert events.height == len(lines)
    for line, row in zip(lines[:500], events.head(500).iter_rows(named=True), strict=True):
        assert {key: row[key] for key in json.loads(line)} == json.loads(line)


def test_columns_of_the_lake_keep_their_native_type_here() -> None:
    assert parse(b'{"user.name":"x","class_uid":3002}').events.schema["class_uid"] == pl.Int64
