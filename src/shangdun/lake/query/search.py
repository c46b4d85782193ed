"""Rows that a query finds, by DuckDB over the files that the Delta log names.

The engine sees those files and nothing else: no other path, no network, no extensions, no way to
change a setting; its memory and its time are limited. What the watch has taken in within the last
``lake.commit_seconds`` may not be in the lake yet and is then not found.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.query.language import parse_query
from shangdun.lake.query.predicate import Predicate
from shangdun.lake.query.sql import quote, to_sql
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import DataFile, Lake

_TYPES = {
    pl.String: "VARCHAR",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.UInt32: "BIGINT",
    pl.UInt64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine one search may take."""

    memory: str = "1GB"
    threads: int = 2
    seconds: float = 30.0


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
    with _engine(lake, files, limits) as engine:
        statement = (
            f"SELECT * FROM events WHERE {condition} "  # noqa: S608  names are quoted, values bound
            f"ORDER BY time DESC, source_offset DESC LIMIT {int(limit)}"
        )
        rows = pl.DataFrame(engine.sql(statement, params=values).to_arrow_table())
    return rows.select(pl.col(name).cast(kind) for name, kind in POLARS_SCHEMA.items())


@contextmanager
def _engine(
    lake: Lake, files: Sequence[DataFile], limits: Limits
) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with one view, ``events``, locked to the lake's files and stopped in time."""
    engine = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": limits.memory,
            "threads": limits.threads,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    timer = threading.Timer(limits.seconds, engine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        folder = lake.events.path.resolve()
        source = _source([str(folder / file.path) for file in files])
        engine.execute(f"SET allowed_directories = ['{_text(str(folder))}/']")
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
        engine.execute(f"CREATE TEMP VIEW events AS {_columns(engine, source)}")
        yield engine
    except duckdb.InterruptException as error:
        raise StoreError(
            f"the search took longer than {limits.seconds:g} s",
            code="query.timeout",
            where="query",
            fix="give a shorter time range or a rarer value",
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise StoreError(
            f"the search needs more than {limits.memory} of memory",
            code="query.memory",
            where="query",
            fix="give a shorter time range or a smaller limit",
        ) from error
    finally:
        timer.cancel()
        engine.close()


def _source(paths: Sequence[str]) -> str:
    names = ", ".join(f"'{_text(path)}'" for path in paths)
    return (
        f"read_parquet([{names}], union_by_name = true, "
        "hive_partitioning = true, hive_types = {'day': DATE})"
    )


def _columns(engine: duckdb.DuckDBPyConnection, source: str) -> str:
    """Every column of the schema: files leave out the ones without a value."""
    held = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}  # noqa: S608  paths are ours and quoted
    columns = (
        quote(name) if name in held else f"NULL::{_TYPES[kind.base_type()]} AS {quote(name)}"
        for name, kind in POLARS_SCHEMA.items()
    )
    return f"SELECT {', '.join(columns)} FROM {source}"  # noqa: S608  as above


def _text(value: str) -> str:
    return value.replace("'", "''")
