"""DuckDB over the files that the Delta log names, shut in and bounded.

It sees those files by name and nothing else: no other path, no network, no extensions, no way to
change a setting; its memory and its time are limited.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import duckdb

from shangdun.kernel.errors import StoreError
from shangdun.lake.query.columns import DUCKDB_TYPES
from shangdun.lake.query.sql import IN_NETWORK, quote

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine one search may take."""

    memory: str = "1GB"
    threads: int = 2
    seconds: float = 30.0


@contextmanager
def engine_over(paths: Sequence[str], limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine with one view, ``events``, over Parquet files; it is stopped in time.

    Raises ``StoreError``, code ``query.timeout`` or ``query.memory``; of DuckDB's own errors the
    others pass.
    """
    engine = open_engine(limits)
    timer = threading.Timer(limits.seconds, engine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        shut_in(engine, paths)
        show_events(engine, paths)
        yield engine
    except duckdb.InterruptException as error:
        raise StoreError(
            f"the search took longer than {limits.seconds:g} s",
            code="query.timeout",
            where="query",
            fix="give a shorter time range or a rarer value",
        ) from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise StoreError(
            f"the search needs more than {limits.memory} of memory",
            code="query.memory",
            where="query",
            fix="give a shorter time range or a smaller limit",
        ) from error
    finally:
        timer.cancel()
        engine.close()


def open_engine(limits: Limits) -> duckdb.DuckDBPyConnection:
    """An engine in memory with our functions, not yet shut in."""
    engine = duckdb.connect(
        ":memory:", config={**_CONFIG, "memory_limit": limits.memory, "threads": limits.threads}
    )
    prepare(engine)
    return engine


def prepare(engine: duckdb.DuckDBPyConnection) -> None:
    """Give an engine the functions that a predicate's SQL calls."""
    engine.create_function(IN_NETWORK, _in_network, ["VARCHAR", "VARCHAR"], "BOOLEAN")


def shut_in(engine: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """From here on the engine reads these files and nothing else, and no setting changes."""
    engine.execute(f"SET allowed_paths = [{_texts(paths)}]")
    engine.execute("SET parquet_metadata_cache = true")
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def show_events(
    engine: duckdb.DuckDBPyConnection, paths: Sequence[str], name: str = "events"
) -> None:
    """A view of every column of the schema over these files; without files it has no rows."""
    if not paths:
        columns = (f"NULL::{kind} AS {quote(c)}" for c, kind in DUCKDB_TYPES.items())
        engine.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(columns)} LIMIT 0")
        return
    source = (
        f"read_parquet([{_texts(paths)}], union_by_name = true, "
        "hive_partitioning = true, hive_types = {'day': DATE})"
    )
    held = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}  # noqa: S608  paths are ours and quoted
    columns = (
        quote(column) if column in held else f"NULL::{kind} AS {quote(column)}"
        for column, kind in DUCKDB_TYPES.items()
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(columns)} FROM {source}"  # noqa: S608  as above
    )


def _texts(paths: Sequence[str]) -> str:
    return ", ".join("'" + path.replace("'", "''") + "'" for path in paths)


def _in_network(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in _network(network)
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)
