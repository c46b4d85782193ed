"""An event that says nonsense about itself is examined, and so are those beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shangdun.detect.routing import lanes_of
from shangdun.lake.block import Block, Logsource
from shangdun.lake.parse import get_parser

AUTHENTICATION = Logsource(category="authentication")


@pytest.mark.parametrize(
    "nonsense",
    ["abc", "", "\u0663", "9" * 5000, 3.5, -1, 1e308, True, [1], {}, None],
    ids=lambda value: repr(value)[:20],
)
def test_a_made_up_class_is_no_class_and_costs_nobody_else_theirs(nonsense: Any) -> None:
    events = [{"class_uid": 3002}, {"class_uid": nonsense}, {"class_uid": 3002}]
    data = "".join(json.dumps(event) + "\n" for event in events).encode()
    lanes = lanes_of(get_parser("json").parse(Block(data)))
    rows = [0, 0, 0] if lanes.of_row is None else lanes.of_row.tolist()
    assert lanes.logsources[rows[0]] == lanes.logsources[rows[2]] == AUTHENTICATION


def test_made_up_classes_alone_are_none() -> None:
    lanes = lanes_of(get_parser("json").parse(Block(b'{"class_uid": "abc"}\n')))
    assert lanes.logsources == [Logsource()]
