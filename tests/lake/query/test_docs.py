"""The page on hunting names every short name, and its examples are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shangdun.lake.query import parse_query
from shangdun.lake.query.fields import ALIASES

PAGE = Path(__file__).parents[3] / "docs" / "hunting.md"
TEXT = PAGE.read_text("utf-8")


def test_every_short_name_stands_on_the_page_with_its_column() -> None:
    found = dict(re.findall(r"\| `(\w+)` \| `([\w.]+)` ", TEXT))
    found |= dict(re.findall(r"`(\w+)` \| `([\w.]+)` \|", TEXT))
    assert found == dict(ALIASES)


TABLE = TEXT.split("| Write | It finds |")[1].split("\n\n")[0]
EXAMPLES = [
    example
    for row in TABLE.splitlines()[2:]
    for example in re.findall(r"`([^`]+)`", row.split("|")[1])
]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e != "( )"])
def test_an_example_is_read(example: str) -> None:
    parse_query(example)
