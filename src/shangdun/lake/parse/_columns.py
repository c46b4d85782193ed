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

from shangdun.lake.parse._values import RESERVED, Flat
from shangdun.lake.text import Ints

MAX_COLUMNS = 1000
"""Further names are left out of a frame: made-up names on every line must not eat memory."""

_TYPES: dict[type, pl.DataType] = {
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
        """Take values for rows that no other part of this column has."""
        if name in self.parts or len(self.parts) < MAX_COLUMNS:
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
        for (name, kind), (where, values) in found.items():
            if name not in RESERVED:
                self.add(name, np.array(where), pl.Series(values, dtype=_TYPES[kind]))

    def series(self) -> dict[str, pl.Series]:
        """The finished columns, in the order their names were first seen."""
        return {name: self._column(name, parts) for name, parts in self.parts.items()}

    def _column(self, name: str, parts: list[tuple[Ints, pl.Series]]) -> pl.Series:
        if len({str(values.dtype) for _, values in parts}) > 1:
            parts = [(rows, values.cast(pl.String)) for rows, values in parts]
        values = parts[0][1] if len(parts) == 1 else pl.concat([part for _, part in parts])
        rows = parts[0][0] if len(parts) == 1 else np.concatenate([rows for rows, _ in parts])
        if len(rows) == self.height and (len(parts) == 1 and _ascending(rows)):
            return values.alias(name)
        place = np.full(self.height, len(rows), np.int64)
        place[rows] = np.arange(len(rows))
        padded = pl.concat([values, pl.Series([None], dtype=values.dtype)])
        return padded.gather(place).alias(name)


def _ascending(rows: Ints) -> bool:
    return bool((np.diff(rows) > 0).all())
