"""Access logs: what each column holds, and that the two ways of reading agree."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.lake.block import LINE, OFFSET, Block, Parsed
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import get_parser
from shangdun.lake.parse._access import read_access
from shangdun.lake.parse._values import Unreadable
from shangdun.lake.parse.combined import COLUMNS, FIELDS

from .access_lines import access_line

LINE_1 = (
    b'203.0.113.7 - li.na [17/May/2025:10:05:03 +0800] "GET /a/b.php?id=1&q=x HTTP/1.1" 200 5120 '
    b'"https://shop.example/" "Mozilla/5.0 (X11)"'
)


def parse(*lines: bytes, fields: frozenset[str] | None = None) -> Parsed:
    return get_parser("combined").parse(Block(b"\n".join(lines) + b"\n"), fields)


def row(line: bytes) -> dict[str, object]:
    parsed = parse(line)
    assert parsed.dead == ()
    return {
        key: value for key, value in parsed.events.row(0, named=True).items() if value is not None
    }


def test_every_field_of_a_combined_line() -> None:
    assert row(LINE_1) == {
        "time": 1747447503000,
        "timezone_offset": 480,
        "src_endpoint.ip": "203.0.113.7",
        "user.name": "li.na",
        "http_request.http_method": "GET",
        "http_request.url.url_string": "/a/b.php?id=1&q=x",
        "http_request.url.path": "/a/b.php",
        "http_request.url.query_string": "id=1&q=x",
        "http_request.version": "HTTP/1.1",
        "http_response.code": 200,
        "http_response.length": 5120,
        "http_request.referrer": "https://shop.example/",
        "http_request.user_agent": "Mozilla/5.0 (X11)",
        "class_uid": 4002,
        "activity_id": 3,
        LINE: 1,
        OFFSET: 0,
    }


HEAD = b"::1 - - [01/Jan/2026:00:00:00 +0000] "


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (HEAD + b'"GET / HTTP/1.1" 200 -', {"layout": "common", "http_response.length": None}),
        (HEAD + b'"GET / HTTP/1.1" 200 1 "-" "-"', {"layout": None, "http_request.referrer": None}),
        (HEAD + b'"GET / HTTP/1.1" 200 1 "" ""', {"http_request.user_agent": ""}),
        (HEAD + b'"GET / HTTP/1.1" 200 1 "-" "a" 1.001', {"http_response.latency": 1001.0}),
        (HEAD + b'"GET / HTTP/1.1" 200 1 0.250', {"http_response.latency": 250.0}),
        (
            b"shop.example:443 " + HEAD + b'"GET / HTTP/1.1" 200 1 "-" "-"',
            {"http_request.url.hostname": "shop.example", "http_request.url.port": 443},
        ),
        (
            b'1.2.3.4 - john smith [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
            {"user.name": "john smith", "http_request.url.hostname": None},
        ),
        (
            HEAD + rb'"GET /?q=\"x\" HTTP/1.1" 200 1 "-" "say \"hi\" \\o/"',
            {"http_request.url.query_string": 'q="x"', "http_request.user_agent": r'say "hi" \o/'},
        ),
        (
            HEAD + rb'"GET /\xE4\xB8\xAD?a=\x22b\x5C HTTP/1.1" 200 1 "-" "-"',
            {"http_request.url.path": "/中", "http_request.url.query_string": 'a="b\\'},
        ),
        (
            HEAD + rb'"\x16\x03\x01\x00\xEE" 400 150 "-" "-"',
            {
                "http_request.http_method": None,
                "http_request.url.url_string": r"\x16\x03\x01\x00\xee",
                "http_request.url.path": None,
            },
        ),
        (HEAD + b'"-" 408 0 "-" "-"', {"http_request.url.url_string": None, "activity_id": 0}),
        (HEAD + b'"" 400 0 "-" "-"', {"http_request.url.url_string": None}),
        (
            HEAD + b'"GET /old" 200 1 "-" "-"',
            {"http_request.url.path": "/old", "http_request.version": None},
        ),
        (
            HEAD + b'"GET http://shop.example/a?b HTTP/1.1" 200 1 "-" "-"',
            {
                "http_request.url.url_string": "http://shop.example/a?b",
                "http_request.url.path": "/a",
            },
        ),
        (HEAD + b'"GET / HTTP/1.1" 200 1 "-" "cut off', {"http_request.user_agent": "cut off"}),
        (
            HEAD + b'"GET /a b HTTP/1.1" 200 1 "-" "x "y" z"',
            {"http_request.url.path": "/a b", "http_request.user_agent": 'x "y" z'},
        ),
        (HEAD + b'"GET /\xff HTTP/1.1" 200 1 "-" "-"', {"http_request.url.path": r"/\xff"}),
        (HEAD + b'"GET /\0 HTTP/1.1" 200 1 "-" "-"', {"http_request.url.path": r"/\x00"}),
        (HEAD + b'"BREW /pot HTTP/1.1" 418 1 "-" "-"', {"activity_id": 99}),
    ],
)
def test_layouts_and_oddities(line: bytes, wanted: dict[str, object]) -> None:
    found = parse(line)
    assert found.dead == ()
    assert {key: found.events[key][0] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage", "does not start with address"),
        (b" " + LINE_1, "does not start with address"),
        (HEAD + b"GET / 200", "no request in quotes"),
        (HEAD.replace(b"01/Jan", b"31/Feb") + b'"GET / HTTP/1.1" 200 1', "time that cannot be"),
        (HEAD.replace(b"01/Jan/2026:00:00:00 +0000", b"-") + b'"GET / HTTP/1.1" 200 1', "time"),
        (b"\xff\xfe\0", "does not start with address"),
    ],
)
def test_a_line_that_is_none_becomes_a_dead_letter(line: bytes, reason: str) -> None:
    parsed = parse(LINE_1, b"", line, LINE_1)
    assert parsed.events[LINE].to_list() == [1, 4]
    (letter,) = parsed.dead
    assert (letter.line, letter.offset, letter.raw) == (3, len(LINE_1) + 2, line)
    assert reason in letter.reason


def test_line_ends_of_every_kind() -> None:
    data = b"\r\n" + LINE_1 + b"\r\n\n" + LINE_1
    parsed = get_parser("combined").parse(Block(data, first_line=11, offset=100))
    assert parsed.events[LINE].to_list() == [12, 14]
    assert parsed.events[OFFSET].to_list() == [102, 102 + len(LINE_1) + 3]
    assert [parsed.raw(0), parsed.raw(1)] == [LINE_1, LINE_1]
    assert parsed.events["http_request.user_agent"].to_list() == ["Mozilla/5.0 (X11)"] * 2


def test_a_byte_order_mark_is_no_part_of_the_address() -> None:
    parsed = get_parser("combined").parse(Block(b"\xef\xbb\xbf" + LINE_1))
    assert parsed.events["src_endpoint.ip"][0] == "203.0.113.7"


def test_an_empty_block_has_no_events_but_its_columns() -> None:
    parsed = get_parser("combined").parse(Block(b""))
    assert parsed.events.height == 0
    assert set(COLUMNS) < set(parsed.events.columns)


def test_only_the_wanted_columns_are_made() -> None:
    wanted = frozenset({"src_endpoint.ip", "no.such.column"})
    assert set(parse(LINE_1, b"?", fields=wanted).events.columns) == {
        "src_endpoint.ip",
        LINE,
        OFFSET,
    }


def one_by_one(lines: list[bytes]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number, line in enumerate(lines, 1):
        if line:
            try:
                access = read_access(line)
            except Unreadable:
                continue
            rows.append((number, *(getattr(access, name) for name in FIELDS.values())))
    return rows


def assert_both_ways_agree(lines: list[bytes]) -> None:
    parsed = parse(*lines)
    events = parsed.events.select(LINE, *FIELDS)
    assert events.rows() == one_by_one(lines)
    for number, line in zip(events[LINE], range(events.height), strict=True):
        assert parsed.raw(line) == lines[number - 1].rstrip(b"\r")
    read = set(events[LINE]) | {letter.line for letter in parsed.dead}
    assert read == {number for number, line in enumerate(lines, 1) if line.rstrip(b"\r")}


@settings(max_examples=150, deadline=None)
@given(st.lists(access_line(), max_size=8))
def test_both_ways_of_reading_agree(lines: list[bytes]) -> None:
    assert_both_ways_agree([line.rstrip(b"\r") for line in lines])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(access_line(), st.binary(max_size=60)), max_size=8))
def test_every_raw_line_comes_back_from_the_lake(lines: list[bytes]) -> None:
    parsed = parse(*(line.replace(b"\n", b"") for line in lines))
    frame = conform(parsed, source="shop", observed=1_800_000_000_000)
    assert raw_lines(frame) == [parsed.raw_text(row) for row in range(parsed.events.height)]


def test_real_traffic(shared_data: Path) -> None:
    data = gzip.decompress((shared_data / "apache_access_10k.log.gz").read_bytes())
    assert_both_ways_agree(data.splitlines())
    parsed = get_parser("combined").parse(Block(data))
    assert (parsed.events.height, parsed.dead) == (10_000, ())
    frame = conform(parsed, source="shop", observed=1_800_000_000_000)
    assert raw_lines(frame) == data.decode().splitlines()
    assert frame["raw_data"].drop_nulls().len() == 1  # the one whose last quote is missing


def test_the_years_1970_and_2099() -> None:
    old, new = (LINE_1.replace(b"2025", year) for year in (b"1970", b"2099"))
    frame = conform(parse(old, new), source="shop", observed=1_800_000_000_000)
    assert frame["time"].to_list() == [1_800_000_000_000] * 2
    assert frame["metadata.original_time"].to_list() == [
        "1970-05-17T02:05:03.000Z",
        "2099-05-17T02:05:03.000Z",
    ]
    assert raw_lines(frame) == [old.decode(), new.decode()]


def test_columns_have_the_lake_s_types() -> None:
    schema = parse(LINE_1).events.schema
    assert schema["http_response.code"] == pl.Int32
    assert schema["http_response.latency"] == pl.Float64
    assert schema[LINE] == pl.UInt32
