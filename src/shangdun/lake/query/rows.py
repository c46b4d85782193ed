"""Rows of the lake in the order of their time, a bounded number at once, for whoever walks history.

Files are chosen by the Delta log's statistics, row groups by Parquet's: a stretch of time reads
little more than its own rows. Memory is that of one stretch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from shangdun.kernel.errors import StoreError
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import DataFile, Lake

STRETCH_ROWS = 200_000
SHORTEST = 1000
"""Milliseconds that are never cut, however many rows they hold."""
PLACE = ("source", "source_file", "source_offset")
_STORED = {
    name: pl.Int64() if kind in (pl.UInt32, pl.UInt64) else kind
    for name, kind in POLARS_SCHEMA.items()
    if name != "day"
}
"""The columns as the files have them: Delta knows no unsigned integers."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows with ``since <= time < until`` (ms), by time and, within it, by place."""

    since: int
    until: int
    rows: pl.DataFrame


def stretches(
    lake: Lake,
    since: int,
    until: int,
    columns: Collection[str] | None = None,
    *,
    most: int = STRETCH_ROWS,
) -> Iterator[Stretch]:
    """Walk the rows of ``since <= time < until`` (ms); stretches without rows are given too.

    ``columns`` are the only ones read beside ``time`` and the place (None: all); they come in the
    schema's types, also those that no file has. Raises ``StoreError``.
    """
    files = overlapping(lake, since, until)
    if files:
        since = max(since, min(file.first_time for file in files))
        until = min(until, max(file.last_time for file in files) + 1)
    names = [
        name
        for name in POLARS_SCHEMA
        if columns is None or name in columns or name in PLACE or name == "time"
    ]
    for first, last in _cuts(files, since, until, most):
        yield Stretch(first, last, _read(lake, files, names, first, last))


def overlapping(lake: Lake, since: int, until: int) -> list[DataFile]:
    """The files that may hold rows of a range."""
    return [f for f in lake.files() if f.last_time >= since and f.first_time < until]


def expected_rows(files: Sequence[DataFile], since: int, until: int) -> float:
    """How many rows lie in a range, were each file's rows spread evenly over its time."""
    total = 0.0
    for file in files:
        span = max(1, file.last_time - file.first_time + 1)
        shared = min(until, file.last_time + 1) - max(since, file.first_time)
        total += file.rows * min(1.0, max(0, shared) / span)
    return total


def _cuts(
    files: Sequence[DataFile], since: int, until: int, most: int
) -> Iterator[tuple[int, int]]:
    """Ranges in order, each halved until it should hold at most ``most`` rows."""
    waiting = [(since, until)] if since < until else []
    while waiting:
        first, last = waiting.pop()
        near = [file for file in files if file.last_time >= first and file.first_time < last]
        if last - first > SHORTEST and expected_rows(near, first, last) > most:
            middle = (first + last) // 2
            waiting += [(middle, last), (first, middle)]
        else:
            yield first, last


def _read(
    lake: Lake, files: Sequence[DataFile], names: list[str], since: int, until: int
) -> pl.DataFrame:
    near = [file for file in files if file.last_time >= since and file.first_time < until]
    kinds = {name: POLARS_SCHEMA[name] for name in names}
    if not near:
        return pl.DataFrame(schema=kinds)
    for attempt in (1, 2):
        try:
            return _scan(lake, near, kinds, since, until)
        except (OSError, pl.exceptions.PolarsError) as error:
            if attempt == 2:
                raise StoreError(
                    str(error), where=str(lake.path), fix="run shangdun doctor"
                ) from error
            near = overlapping(lake, since, until)  # a compaction and a vacuum came between
    raise AssertionError


def _scan(
    lake: Lake,
    files: Sequence[DataFile],
    kinds: dict[str, pl.DataType],
    since: int,
    until: int,
) -> pl.DataFrame:
    stored = {name: kind for name, kind in _STORED.items() if name in kinds}
    scan = pl.scan_parquet(
        [lake.events.path / file.path for file in files],
        schema=stored,
        hive_partitioning=False,
        missing_columns="insert",
        extra_columns="ignore",
    )
    rows = scan.filter(pl.col("time") >= since, pl.col("time") < until).sort("time", *PLACE)
    day = pl.from_epoch("time", "ms").dt.date().alias("day")
    full = rows.with_columns(day) if "day" in kinds else rows
    return full.select(pl.col(name).cast(kind) for name, kind in kinds.items()).collect()
