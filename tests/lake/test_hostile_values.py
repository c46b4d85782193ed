"""One line that somebody made up must not cost the lines that stand around it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from shangdun.lake.block import Block
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.fitted import fitted
from shangdun.lake.parse import get_parser
from shangdun.lake.schema import POLARS_SCHEMA

OBSERVED = 1_795_373_700_000
HONEST: dict[str, Any] = {
    "class_uid": 3002,
    "activity_id": 1,
    "status_id": 2,
    "time": OBSERVED,
    "user": {"name": "wei"},
    "src_endpoint": {"ip": "203.0.113.9"},
    "is_mfa": True,
}


def read(format_name: str, *events: dict[str, Any]) -> pl.DataFrame:
    data = "".join(json.dumps(event) + "\n" for event in events).encode()
    parsed = get_parser(format_name).parse(Block(data))
    return conform(parsed, source="s", observed=OBSERVED)


@pytest.mark.parametrize("format_name", ["json", "ocsf", "shop"])
@pytest.mark.parametrize(
    "hostile",
    [
        {"is_mfa": "perhaps"},
        {"day": "never"},
        {"day": True},
        {"http_response": {"latency": "NaN"}},
        {"http_response": {"latency": 1e308}},
        {"http_response": {"latency": -1e308}},
        {"class_uid": "abc"},
        {"source_line": -1, "source_offset": "x", "format": 7, "unmapped": [1]},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_kind_stays_on_its_line(
    format_name: str, hostile: dict[str, Any]
) -> None:
    frame = read(format_name, HONEST, HONEST | hostile, HONEST)
    honest = frame.filter(pl.col("user.name") == "wei", pl.col("is_mfa"))
    assert honest.height >= 2
    assert json.loads(raw_lines(frame)[-1]) == HONEST


@pytest.mark.parametrize("format_name", ["json", "ocsf", "shop"])
def test_a_line_full_of_made_up_names_hides_nothing(format_name: str) -> None:
    hostile = {**{f"made-up-{n}": n for n in range(1200)}, "class_uid": 3002, "time": OBSERVED}
    events = [hostile | {"activity_id": 1}, *[HONEST | {"EventID": 4625}] * 3]
    data = "".join(json.dumps(event) + "\n" for event in events).encode()
    frame = get_parser(format_name).parse(Block(data)).events
    for name in ("class_uid", "user.name", "src_endpoint.ip", "EventID"):
        assert frame[name].drop_nulls().len() >= 3, name


@pytest.mark.parametrize("dtype", sorted(set(POLARS_SCHEMA.values()), key=str), ids=str)
@pytest.mark.parametrize(
    "values",
    [["x", "true", "\U0001f600"], [1, -1, 2**62], [1.5, float("nan"), 1e308], [True, False]],
    ids=str,
)
def test_whatever_is_given_has_the_columns_type(values: list[Any], dtype: pl.DataType) -> None:
    given = pl.Series("a", values)
    found = fitted(given, dtype)
    assert (found.name, found.dtype, len(found)) == ("a", dtype, len(given))


def test_truth_survives_beside_a_line_that_made_it_text() -> None:
    found = fitted(pl.Series(["true", "perhaps", "false", None]), pl.Boolean())
    assert found.to_list() == [True, None, False, None]
