"""What the demo writes is what the parsers read: every line, every field, nothing left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from shangdun.lake.block import Parsed, read_blocks
from shangdun.lake.parse import get_parser, sniff
from shangdun.lake.schema import POLARS_SCHEMA

FILES = {"combined": "access.log", "shop": "shop-events.jsonl"}
CASES = [(scenario, name) for scenario in ("mixed", "honest", "flash-sale") for name in FILES]


def parsed(folder: Path, name: str) -> list[Parsed]:
    parser = get_parser(name)
    return [parser.parse(block) for block in read_blocks(folder / FILES[name])]


@pytest.mark.parametrize(("scenario", "name"), CASES)
def test_every_line_becomes_an_event(traffic: dict[str, Path], scenario: str, name: str) -> None:
    parts = parsed(traffic[scenario], name)
    lines = (traffic[scenario] / FILES[name]).read_bytes().count(b"\n")
    assert [letter for part in parts for letter in part.dead] == []
    assert sum(part.events.height for part in parts) == lines > 500


@pytest.mark.parametrize("name", FILES)
def test_every_field_has_its_column(traffic: dict[str, Path], name: str) -> None:
    for part in parsed(traffic["mixed"], name):
        columns = {column for column in part.events.columns if not column.startswith("_")}
        assert columns <= set(POLARS_SCHEMA)
        assert part.events["time"].is_sorted()


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_recognised_from_a_sample(traffic: dict[str, Path], name: str) -> None:
    with (traffic["mixed"] / FILES[name]).open("rb") as file:
        assert sniff(file.read(60_000)) == name


def test_the_access_log_gives_latency_and_the_target_as_sent(traffic: dict[str, Path]) -> None:
    events = parsed(traffic["mixed"], "combined")[0].events
    latencies = events["http_response.latency"]
    assert latencies.null_count() == 0
    assert 0 <= latencies.median() < 1_000
    targets = events["http_request.url.url_string"]
    assert targets.str.contains("%E8%8C%B6", literal=True).any()
