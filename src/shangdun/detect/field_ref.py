"""One field against another, for many events at once."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.detect import ir
from shangdun.detect.value import refers


def refers_by_row(shape: ir.Shape, values: pl.Series, others: pl.Series) -> NDArray[np.bool_]:
    """For each row, whether ``value.refers`` holds for its two texts; nulls refer to nothing.

    Rows of ASCII are compared by Polars, since lower case is what folding makes of them; the
    others, rare in the fields that rules compare, one by one.
    """
    pairs = pl.DataFrame({"value": values, "other": others})
    ascii_only = pl.all_horizontal(
        pl.col(name).str.len_bytes() == pl.col(name).str.len_chars() for name in pairs.columns
    )
    plain = pairs.select(ascii_only.fill_null(value=True)).to_series().to_numpy()
    answer = np.zeros(len(pairs), bool)
    at_once = _compared(shape, pairs) if shape is not ir.Shape.WILDCARD else None
    if at_once is None:
        plain = np.zeros(len(pairs), bool)
    else:
        answer = plain & at_once
    for row in np.flatnonzero(~plain).tolist():
        value, other = pairs.row(row)
        answer[row] = value is not None and other is not None and refers(shape, value, other)
    return answer


def _compared(shape: ir.Shape, pairs: pl.DataFrame) -> NDArray[np.bool_]:
    value, other = (pl.col(name).str.to_lowercase() for name in pairs.columns)
    holds = {
        ir.Shape.EXACT: value == other,
        ir.Shape.CONTAINS: value.str.contains(other, literal=True),
        ir.Shape.STARTS: value.str.starts_with(other),
        ir.Shape.ENDS: value.str.ends_with(other),
    }
    if shape is ir.Shape.EXACT:  # most rows differ in length already
        sizes = pl.col("value").str.len_bytes() == pl.col("other").str.len_bytes()
        same = pairs.select(sizes.fill_null(value=False)).to_series()
        answer = np.zeros(len(pairs), bool)
        alike = pairs.filter(same).select(holds[shape]).to_series()
        answer[same.to_numpy()] = alike.to_numpy()
        return answer
    found: NDArray[np.bool_] = (
        pairs.select(holds[shape].fill_null(value=False)).to_series().to_numpy()
    )
    return found
