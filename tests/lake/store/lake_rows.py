"""Rows as the lake holds them, made without a parser."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from shangdun.lake.schema import POLARS_SCHEMA

DAY = datetime(2026, 3, 4, tzinfo=UTC)
MILLIS = int(DAY.timestamp() * 1000)


def rows(
    count: int, *, start: int = 0, source: str = "shop", logged: int = MILLIS, time: int = MILLIS
) -> pl.DataFrame:
    """``count`` access events, one a second, whose offset says which they are."""
    numbers = range(start, start + count)
    frame = pl.DataFrame(
        {
            "day": [datetime.fromtimestamp(time / 1000 + n, UTC).date() for n in numbers],
            "source": source,
            "source_file": "file-1",
            "source_line": [n + 1 for n in numbers],
            "source_offset": [n * 100 for n in numbers],
            "format": "combined",
            "time": [time + n * 1000 for n in numbers],
            "metadata.logged_time": logged,
            "class_uid": 4002,
            "src_endpoint.ip": [f"10.0.{n // 250}.{n % 250}" for n in numbers],
            "http_request.url.path": [f"/product/{n}" for n in numbers],
            "http_response.code": 200,
        }
    )
    absent = {name: kind for name, kind in POLARS_SCHEMA.items() if name not in frame.columns}
    return frame.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in absent.items()
    ).select(pl.col(name).cast(kind) for name, kind in POLARS_SCHEMA.items())
