"""No line moves the clocks of detection by the time that it claims."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from shangdun.detect.correlation.clock import Clocks
from shangdun.detect.detector import Detector
from shangdun.detect.rules import load_rules
from shangdun.lake.block import Block, Parsed
from shangdun.lake.conform import AHEAD, conform
from shangdun.lake.parse.json import READER
from shangdun.runtime.believed import believed
from shangdun.runtime.journal import Entry, Piece
from shangdun.runtime.pipeline import Pipeline

NOW = 1_795_384_000_000
YEARS = 70 * 365 * 86_400_000


def parsed(*times: int | None):
    lines = [orjson.dumps({"time": time, "message": "x"}) + b"\n" for time in times]
    return READER().parse(Block(b"".join(lines), name="a"))


def test_rules_see_the_times_that_the_lake_keeps() -> None:
    came = parsed(NOW - 5, NOW + AHEAD, NOW + AHEAD + 1, NOW + YEARS, 5)
    seen = believed(came, NOW).events["time"].to_list()
    assert seen == [NOW - 5, NOW + AHEAD, NOW, NOW, NOW]
    assert seen == conform(came, source="app", observed=NOW)["time"].to_list()


def test_what_is_in_order_is_not_touched() -> None:
    came = parsed(NOW - 5, NOW)
    assert believed(came, NOW) is came
    assert believed(parsed(), NOW).events.height == 0


def test_two_events_from_the_future_confirm_each_other_no_more() -> None:
    came = [parsed(NOW), parsed(NOW + YEARS, NOW + YEARS), parsed(NOW + 1)]
    assert moved(came) == NOW + YEARS
    assert moved([believed(one, NOW) for one in came]) == NOW + 1


def moved(frames: list[Parsed]) -> int:
    """How far the time of a source has come after these."""
    clocks = Clocks()
    for frame in frames:
        times = frame.events["time"].to_numpy()
        clocks.take(0, times, times >= 0)
    return clocks.newest(0)


RULE = """
title: A process was restarted
id: 6f3c1d2e-0000-4000-8000-0000000000b1
logsource: {product: shangdun, category: monitoring, service: process}
detection: {a: {process.change: restarted}, condition: a}
level: medium
"""


@pytest.mark.parametrize(
    ("source", "product", "found"),
    [
        ("shangdun-system", "shangdun", 1),
        ("shop", "shangdun", 0),
        ("shop", "ShangDun", 0),
        ("shop", None, 0),
    ],
)
def test_only_our_own_sources_speak_of_us(
    tmp_path: Path, source: str, product: str | None, found: int
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yml").write_text(RULE)
    rules = load_rules([tmp_path / "rules"], builtin=False, cache_dir=tmp_path)
    event = {"time": NOW, "category": "monitoring", "service": "process", "product": product}
    line = orjson.dumps(event | {"process.change": "restarted"}) + b"\n"
    piece = Piece(
        source=source, format="json", file_id="f", path="f", data=line, first_line=1, offset=0
    )
    entry = Entry(batch=1, observed=NOW, pieces=(piece,), positions={})
    assert len(Pipeline(lambda: Detector(rules)).run(entry).findings) == found
