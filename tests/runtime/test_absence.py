"""What did not happen is found though the source says nothing more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rules import load_rules
from shangdun.runtime.journal import Entry, Piece
from shangdun.runtime.pipeline import Pipeline

HELD = """
title: Reserved
name: reserved
id: 6f3c1d2e-0000-4000-8000-0000000000a1
logsource: {product: shop, category: order}
detection: {a: {activity_id: 2}, condition: a}
---
title: Placed
name: placed
id: 6f3c1d2e-0000-4000-8000-0000000000a2
logsource: {product: shop, category: order}
detection: {a: {activity_id: 1}, condition: a}
---
title: Held and never ordered
id: 6f3c1d2e-0000-4000-8000-0000000000a3
correlation: {type: absence, rules: [reserved, placed], group-by: [user.name], timespan: 10m}
level: medium
"""
NOW = 1_790_000_000_000
MINUTE = 60_000


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "held.yml").write_text(HELD)
    rules = load_rules([tmp_path / "rules"], builtin=False, cache_dir=tmp_path)
    assert not rules.errors
    return Pipeline(lambda: Detector(rules))


def entry(batch: int, at: int, *lines: dict[str, object], ended: tuple[str, ...] = ()) -> Entry:
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    piece = Piece(
        source="shop", format="shop", file_id="f", path="f", data=data, first_line=1, offset=0
    )
    return Entry(
        batch=batch, observed=at, pieces=(piece,) if lines else (), positions={}, ended=ended
    )


def reserve(time: int, activity: int = 2) -> dict[str, object]:
    event = {"class_uid": 92006001, "activity_id": activity, "status_id": 1, "time": time}
    return event | {"user": {"name": "bob"}}


def findings(pipeline: Pipeline, *entries: Entry) -> list[Finding]:
    return [finding for one in entries for finding in pipeline.run(one).findings]


def test_a_silent_source_that_was_read_to_its_end_lets_time_pass(pipeline: Pipeline) -> None:
    begun = entry(1, NOW, reserve(NOW))
    soon = entry(2, NOW + 5 * MINUTE, ended=("shop",))
    later = entry(3, NOW + 30 * MINUTE, ended=("shop", "other"))
    assert findings(pipeline, begun, soon) == []
    assert [finding.title for finding in findings(pipeline, later)] == ["Held and never ordered"]


def test_a_source_with_lines_left_to_read_is_waited_for(pipeline: Pipeline) -> None:
    begun = entry(1, NOW, reserve(NOW))
    behind = entry(2, NOW + 30 * MINUTE, ended=("other",))
    caught_up = entry(3, NOW + 31 * MINUTE, reserve(NOW + MINUTE, activity=1))
    quiet = entry(4, NOW + 60 * MINUTE, ended=("shop",))
    assert findings(pipeline, begun, behind, caught_up, quiet) == []


def test_the_same_batches_again_find_the_same(pipeline: Pipeline) -> None:
    begun = entry(1, NOW, reserve(NOW))
    later = entry(2, NOW + 30 * MINUTE, ended=("shop",))
    findings(pipeline, begun)
    memory = pipeline.snapshot()
    first = findings(pipeline, later)
    pipeline.restart(memory)
    assert findings(pipeline, later) == first
    assert len(first) == 1
