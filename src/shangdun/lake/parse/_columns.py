"""Columns put together from parts that were read in different ways, whatever their types.

A column whose values are all integers, floats, booleans or strings has that type in the block's
frame. Where types differ, each value is text: ``1`` and ``"1"`` are then the same, as they are to
a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from shangdun.lake.parse._values import EXACT, RESERVED, Flat
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.text import Ints

MAX_COLUMNS = 1000
"""Further names are left out of a frame: made-up names on every line must not eat memory.

The lake's own never are, and of the others the frequent ones come first: one line full of made-up
names must not hide the columns of the lines around it."""

TYPES: dict[type, pl.DataType] = {
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    str: pl.String(),
}


@dataclass
class Columns:
    """Parts of columns by name; a part holds values of one type for some rows."""

    height: int
    parts: dict[str, list[tuple[Ints, pl.Series]]] = field(default_factory=dict)

    def add(self, name: str, rows: Ints, values: pl.Series) -> None:
        """Take values, some perhaps null, for rows that no other part of this column has."""
        if values.null_count() < len(values) and self._has_room(name):
            self.parts.setdefault(name, []).append((rows, values))

    def add_rows(self, rows: Sequence[int], events: Iterable[Flat]) -> None:
        """Take whole events, one for each row."""
        found: dict[tuple[str, type], tuple[list[int], list[object]]] = {}
        for row, event in zip(rows, events, strict=True):
            for name, value in event.items():
                place = found.get((name, type(value)))
                if place is None:
                    place = found[name, type(value)] = ([], [])
                place[0].append(row)
                place[1].append(value)
        columns = list(found.items())
        if len(columns) > MAX_COLUMNS:
            columns.sort(key=lambda column: -len(column[1][0]))
        for (name, kind), (where, values) in columns:
            if name not in RESERVED and self._has_room(name):
                self.add(name, np.array(where), pl.Series(values, dtype=TYPES[kind]))

    def _has_room(self, name: str) -> bool:
        return name in self.parts or name in POLARS_SCHEMA or len(self.parts) < MAX_COLUMNS

    def series(self) -> dict[str, pl.Series]:
        """The finished columns, in the order their names were first seen."""
        return {name: self._column(name, parts) for name, parts in self.parts.items()}

    def _column(self, name: str, parts: list[tuple[Ints, pl.Series]]) -> pl.Series:
        values = _of_one_type([values for _, values in parts])
        rows = parts[0][0] if len(parts) == 1 else np.concatenate([rows for rows, _ in parts])
        if len(rows) == self.height and bool((np.diff(rows) > 0).all()):
            return values.alias(name)
        place = np.full(self.height, len(rows), np.int64)
        place[rows] = np.arange(len(rows))
        padded = pl.concat([values, pl.Series([None], dtype=values.dtype)])
        return padded.gather(place).alias(name)


def _of_one_type(parts: list[pl.Series]) -> pl.Series:
    kinds = {str(values.dtype) for values in parts}
    if kinds == {"Int64", "Float64"}:
        parts = [values.cast(pl.Float64) for values in parts]
    elif len(kinds) > 1:
        parts = [_as_text(values) for values in parts]
    values = parts[0] if len(parts) == 1 else pl.concat(parts)
    if values.dtype == pl.Float64 and _is_whole(values).all():
        values = values.cast(pl.Int64)
    return values


def _as_text(values: pl.Series) -> pl.Series:
    text = values.cast(pl.String)
    if values.dtype == pl.Float64:
        whole = _is_whole(values)
        text = values.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole, text)
    return text


def _is_whole(values: pl.Series) -> pl.Series:
    """Which floats are whole numbers that a float can tell apart."""
    return (values == values.floor()) & (values.abs() < EXACT)
