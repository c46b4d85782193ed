"""Rows that the search process answered, as a frame with the lake's columns again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from shangdun.lake.conform import raw_lines
from shangdun.lake.schema import POLARS_SCHEMA


def frame_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The rows with every column of the lake, in order."""
    columns = {name: [row.get(name) for row in rows] for name in POLARS_SCHEMA}
    columns["day"] = [None if day is None else date.fromisoformat(day) for day in columns["day"]]
    return pl.DataFrame(columns, schema=dict(POLARS_SCHEMA))


def with_raw(rows: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Each row with the line that it was read from."""
    lines = raw_lines(frame_of(rows)) if rows else []
    return [(row, line or "") for row, line in zip(rows, lines, strict=True)]
