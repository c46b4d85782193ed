"""Formats that are read one line at a time: the loop, the dead letters, the typed frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from shangdun.lake.block import Block, DeadLetter, Logsource, Parsed
from shangdun.lake.fitted import fitted
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._values import Flat, Unreadable
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.text import Lines, Text

ReadLine = Callable[[bytes], Flat]


def read_records(
    block: Block,
    fields: frozenset[str] | None,
    read: ReadLine,
    *,
    name: str,
    logsource: Logsource | None = None,
) -> Parsed:
    """Every line through ``read``, which gives its columns or raises ``Unreadable``."""
    text = Text(block)
    kept, events, dead = read_rows(text, text.lines, read)
    columns = Columns(len(events))
    columns.add_rows(range(len(events)), events)
    places = text.places(text.lines.take(np.array(kept, np.int64)))
    frame = frame_of(columns, fields, places)
    return Parsed(frame, (*block.dead, *dead), logsource, block, name)


def read_rows(
    text: Text, lines: Lines, read: ReadLine
) -> tuple[list[int], list[Flat], list[DeadLetter]]:
    """Which of the lines could be read, what they hold, and the others with their reasons."""
    kept: list[int] = []
    events: list[Flat] = []
    dead: list[DeadLetter] = []
    for row in range(len(lines)):
        line = text.line(lines, row)
        if line.isspace():
            continue
        try:
            events.append(read(line))
            kept.append(row)
        except Unreadable as reason:
            place = int(lines.numbers[row]), int(lines.starts[row]) + text.block.offset
            dead.append(DeadLetter(*place, line, str(reason)))
    return kept, events, dead


def frame_of(
    columns: Columns, fields: frozenset[str] | None, places: dict[str, pl.Series]
) -> pl.DataFrame:
    """The wanted columns, those of the lake's schema with its types.

    A value that does not fit its column's type is null there; the raw line keeps it.
    """
    series = {}
    for name, values in columns.series().items():
        if fields is None or name in fields:
            series[name] = fitted(values, POLARS_SCHEMA.get(name, values.dtype))
    return pl.DataFrame(series | places)
