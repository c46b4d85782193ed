"""The events behind a finding: where they stand, their lines, their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from shangdun.detect.column import Rows
from shangdun.detect.finding import Evidence
from shangdun.lake.block import LENGTH, LINE, OFFSET, Parsed

MOST_EVIDENCES = 20
MOST_LETTERS = 4096
"""Of a raw line kept as evidence, and of a value."""
TIME = "time"
_PLACE = frozenset({LINE, OFFSET, LENGTH, "unmapped", "raw_data"})


class Where(NamedTuple):
    """Whose events a frame holds."""

    source: str
    file_id: str
    path: str


def offset_of(parsed: Parsed, row: int) -> int:
    """The byte at which the line behind a row starts."""
    return int(parsed.events[OFFSET][row])


def times_of(frame: pl.DataFrame, rows: Sequence[int] | Rows) -> list[int]:
    """Milliseconds by row; 0 for an event without a time."""
    if TIME not in frame.columns or not frame.schema[TIME].is_integer():
        return [0] * len(rows)
    times = frame[TIME]
    if times.null_count():
        times = times.fill_null(0)
    chosen: list[int] = times.to_numpy()[rows].tolist()
    return chosen


def evidences_of(rows: list[int], parsed: Parsed, where: Where) -> list[Evidence]:
    """The first ten and the last ten rows with their lines."""
    half = MOST_EVIDENCES // 2
    kept = rows if len(rows) <= MOST_EVIDENCES else [*rows[:half], *rows[-half:]]
    frame = parsed.events
    return [
        Evidence(
            source=where.source,
            file=where.path,
            line=int(frame[LINE][row]),
            offset=offset_of(parsed, row),
            time=time,
            raw=parsed.raw_text(row)[:MOST_LETTERS],
            fields=_fields(frame.row(row, named=True)),
        )
        for row, time in zip(kept, times_of(frame, kept), strict=True)
    ]


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value[:MOST_LETTERS] if isinstance(value, str) else value
        for name, value in event.items()
        if value is not None and name not in _PLACE
    }
