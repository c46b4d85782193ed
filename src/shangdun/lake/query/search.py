"""Rows that a query finds in the lake's files, within this process.

What the watch has taken in within the last
``lake.commit_seconds`` may not be in the lake yet and is then not found.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.query.engine import Limits, engine_over
from shangdun.lake.query.language import parse_query
from shangdun.lake.query.predicate import Predicate
from shangdun.lake.query.sql import to_sql
from shangdun.lake.schema import POLARS_SCHEMA

if TYPE_CHECKING:  # the search process starts often, and does without the store
    from shangdun.lake.store import DataFile, Lake


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Events newest first, in the lake's columns."""

    events: pl.DataFrame
    more: bool
    """Whether there are events beyond the limit."""
    files: int
    """Files that had to be asked, after pruning by time."""
    seconds: float


def search(
    lake: Lake,
    query: str | Predicate,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    limits: Limits | None = None,
) -> SearchResult:
    """The newest ``limit`` events with ``since <= time < until`` that the query asks for.

    Raises ``UsageError`` for a query that cannot be read and ``StoreError``, code
    ``query.timeout`` or ``query.memory``, for one that takes too much.
    """
    predicate = parse_query(query) if isinstance(query, str) else query
    first = to_millis(since) if since else None
    last = to_millis(until) if until else None
    began = time.perf_counter()
    for attempt in (1, 2):
        files = [file for file in lake.files() if _overlaps(file, first, last)]
        try:
            events = _find(lake, files, predicate, first, last, limit + 1, limits or Limits())
            break
        except duckdb.IOException as error:
            if attempt == 2:  # once, a compaction and a vacuum may have come between
                raise StoreError(
                    str(error), where=str(lake.path), fix="run shangdun doctor"
                ) from error
    return SearchResult(
        events.head(limit), events.height > limit, len(files), time.perf_counter() - began
    )


def _overlaps(file: DataFile, first: int | None, last: int | None) -> bool:
    return (first is None or file.last_time >= first) and (last is None or file.first_time < last)


def _find(
    lake: Lake,
    files: Sequence[DataFile],
    predicate: Predicate,
    first: int | None,
    last: int | None,
    limit: int,
    limits: Limits,
) -> pl.DataFrame:
    if not files:
        return pl.DataFrame(schema=dict(POLARS_SCHEMA))
    condition, values = to_sql(predicate)
    if first is not None:
        condition, values = f"{condition} AND time >= ?", [*values, first]
    if last is not None:
        condition, values = f"{condition} AND time < ?", [*values, last]
    folder = lake.events.path.resolve()
    with engine_over([str(folder / file.path) for file in files], limits) as engine:
        statement = (
            f"SELECT * FROM events WHERE {condition} "  # noqa: S608  names are quoted, values bound
            f"ORDER BY time DESC, source_offset DESC LIMIT {int(limit)}"
        )
        rows = pl.DataFrame(engine.sql(statement, params=values).to_arrow_table())
    return rows.select(pl.col(name).cast(kind) for name, kind in POLARS_SCHEMA.items())
