"""Values brought to the type of a column of the lake, whatever an event gave."""

from __future__ import annotations

import polars as pl

_TRUTH = {"true": True, "false": False}


def fitted(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The values as ``dtype``; what does not fit is null, the raw line keeps it.

    Never raises: one value of the wrong kind must not cost the lines that stand around it.
    """
    if values.dtype == dtype:
        return values
    if values.dtype == pl.String and dtype == pl.Boolean:
        # of a column where the values of some lines are no booleans, and so all became text
        return values.replace_strict(_TRUTH, default=None, return_dtype=dtype)
    try:
        return values.cast(dtype, strict=False)
    except pl.exceptions.InvalidOperationError:
        return pl.Series(values.name, [None], dtype).new_from_index(0, len(values))
