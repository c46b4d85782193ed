"""From parsed events to stored rows, and back to raw lines."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from shangdun.lake.block import Block
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import get_parser
from shangdun.lake.schema import ARROW_SCHEMA, POLARS_SCHEMA

OBSERVED = 1_800_000_000_000
ACCESS = (
    b'203.0.113.7 - - [17/May/2025:23:05:03 -0330] "GET /a?b HTTP/1.1" 200 5120 "-" "curl" 0.057\n'
)


def rows(format_name: str, data: bytes, **settings: str) -> pl.DataFrame:
    parsed = get_parser(format_name).parse(Block(data, 5, 1000, "name.log"))
    return conform(parsed, source="shop", observed=OBSERVED, **settings)


def test_a_row_says_where_it_came_from() -> None:
    frame = rows("combined", ACCESS, file_id="id")
    assert list(frame.columns) == list(POLARS_SCHEMA)
    wanted = {
        "day": date(2025, 5, 18),
        "source": "shop",
        "source_file": "id",
        "source_line": 5,
        "source_offset": 1000,
        "format": "combined",
        "time": 1747535703000,
        "timezone_offset": -210,
        "metadata.logged_time": OBSERVED,
        "metadata.original_time": None,
        "raw_data": None,
        "http_response.latency": 57.0,
    }
    assert {key: frame[key][0] for key in wanted} == wanted
    assert rows("combined", ACCESS)["source_file"][0] == "name.log"


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        (ACCESS, False),
        (ACCESS.replace(b" 0.057", b""), False),
        (ACCESS.replace(b' "-" "curl" 0.057', b""), False),
        (ACCESS.replace(b' "-" "curl"', b""), False),
        (b"shop.example:443 " + ACCESS, False),
        (b"shop.example " + ACCESS, False),
        (ACCESS.replace(b"GET /a?b HTTP/1.1", b"-"), False),
        (ACCESS.replace(b"GET /a?b HTTP/1.1", b"GET /old"), False),
        (ACCESS.replace(b" 200 5120", b" 408 -"), False),
        (ACCESS.replace(b" - - ", b" ident - "), True),
        (ACCESS.replace(b"0.057", b"0.0571"), True),
        (ACCESS.replace(b'"curl"', rb'"\x22"'), True),
        (ACCESS.replace(b'"curl"', b'"\xff"'), False),
        (ACCESS.replace(b'"curl" 0.057', b'"curl'), True),
        (ACCESS.replace(b"2025", b"1970"), True),
    ],
)
def test_a_raw_line_is_stored_only_where_columns_do_not_tell_it(line: bytes, stored: bool) -> None:
    frame = rows("combined", line)
    assert (frame["raw_data"][0] is not None) is stored
    assert raw_lines(frame) == [line.rstrip(b"\n").decode("utf-8", "backslashreplace")]


def test_a_flat_compact_line_of_json_is_its_own_unmapped() -> None:
    frame = rows("json", b'{"a":1,"b":"x"}\n{"a": 1}\n{"b":"\\u4e2d"}\n{"a":2,"user.name":"li"}\n')
    assert [text is None for text in frame["raw_data"]] == [True, False, False, False]
    assert [json.loads(text) for text in frame["unmapped"]] == [
        {"a": 1, "b": "x"},
        {"a": 1},
        {"b": "中"},
        {"a": 2},
    ]
    assert frame["user.name"].to_list() == [None, None, None, "li"]


def test_a_value_that_does_not_fit_its_column_stays_in_the_raw_line() -> None:
    frame = rows("json", b'{"class_uid":"many","a":1}\n')
    assert frame["class_uid"].to_list() == [None]
    assert raw_lines(frame) == ['{"class_uid":"many","a":1}']


def test_columns_that_only_route_are_not_stored_save_for_json() -> None:
    assert rows("syslog", b"Jan  4 10:00:01 web su: x\n")["unmapped"].to_list() == [None]
    assert rows("json", b'{"product":"x"}\n')["unmapped"].to_list() == ['{"product":"x"}']


@pytest.mark.parametrize(
    ("time", "original"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (946_684_799_999, "1999-12-31T23:59:59.999Z"),
        (OBSERVED + 86_400_001, "2027-01-16T08:00:00.001Z"),
        (-(2**62), str(-(2**62))),
        (2**62, str(2**62)),
    ],
)
def test_a_time_that_cannot_be_is_replaced_and_kept(time: int, original: str) -> None:
    line = {"class_uid": 92006001, "activity_id": 1, "time": time}
    frame = rows("shop", json.dumps(line).encode())
    assert frame["time"].to_list() == [OBSERVED]
    assert frame["metadata.original_time"].to_list() == [original]


def test_times_at_the_edge_are_believed() -> None:
    lines = [
        {"class_uid": 92006001, "activity_id": 1, "time": time}
        for time in (946_684_800_000, OBSERVED + 86_400_000)
    ]
    frame = rows("shop", "\n".join(json.dumps(line) for line in lines).encode())
    assert frame["time"].to_list() == [line["time"] for line in lines]
    assert frame["metadata.original_time"].to_list() == [None, None]


def test_no_events_give_an_empty_frame_with_the_lake_s_columns() -> None:
    for name in ("combined", "json", "shop", "http"):
        frame = rows(name, b"")
        assert dict(frame.schema) == dict(POLARS_SCHEMA)
        assert raw_lines(frame) == []


def test_rows_fit_the_lake_s_arrow_schema(tmp_path: Path) -> None:
    table = rows("combined", ACCESS * 3).to_arrow().cast(ARROW_SCHEMA)
    assert table.num_rows == 3
    rows("combined", ACCESS * 3).write_parquet(tmp_path / "rows.parquet")
    assert raw_lines(pl.read_parquet(tmp_path / "rows.parquet")) == [ACCESS.decode().rstrip()] * 3
