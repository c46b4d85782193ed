"""From rows of the lake to counted requests: one pass over columns, bounded groups."""

from __future__ import annotations

import polars as pl

from shangdun.observe.routes import OTHER, Seen
from shangdun.observe.sketch import HIGHEST, LOG_GAMMA, LOWEST

MOST_PATHS = 2_000
"""Different paths of a batch that are looked at one by one; beyond, identifiers go first."""
MOST_GROUPS = 4_000
_CODE, _PATH, _LATENCY = "http_response.code", "http_request.url.path", "http_response.latency"
_LOOKS_LIKE_AN_IDENTIFIER = r"/[^/]*\d\d[^/]*|/\d"


def requests_in(frame: pl.DataFrame) -> list[Seen]:
    """The requests of a frame with the lake's columns, those that are alike together.

    Empty where the frame holds no answered requests. A flood of ever different paths costs no more
    than the groups named here: the rest is counted as ``(other)``.
    """
    if _CODE not in frame.columns or _PATH not in frame.columns:
        return []
    latency = pl.col(_LATENCY) if _LATENCY in frame.columns else pl.lit(None, pl.Float64)
    bucket = (latency.clip(1e-9).log() / LOG_GAMMA).ceil().clip(LOWEST, HIGHEST).cast(pl.Int16)
    keys = frame.lazy().select(
        path=pl.col(_PATH),
        minute=pl.col("time") // 60_000,
        status=pl.col(_CODE) // 100,
        bucket=bucket,
    )
    keys = keys.filter(pl.col("status").is_between(1, 5) & pl.col("path").is_not_null())
    grouped = _grouped(keys)
    if grouped["path"].n_unique() > MOST_PATHS:
        shorter = pl.col("path").str.replace_all(_LOOKS_LIKE_AN_IDENTIFIER, "/:id")
        grouped = _grouped(grouped.lazy().with_columns(path=shorter), weighted=True)
    if grouped.height > MOST_GROUPS:
        grouped = grouped.sort("count", descending=True)
        rest = grouped[MOST_GROUPS:].lazy().with_columns(path=pl.lit(OTHER))
        grouped = pl.concat([grouped[:MOST_GROUPS], _grouped(rest, weighted=True)])
    return [Seen(*row) for row in grouped.iter_rows()]


def _grouped(keys: pl.LazyFrame, *, weighted: bool = False) -> pl.DataFrame:
    count = pl.col("count").sum() if weighted else pl.len().alias("count")
    return keys.group_by("path", "minute", "status", "bucket").agg(count).collect()
