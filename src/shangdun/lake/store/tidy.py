"""Small files into large ones, and what is too old away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import pyarrow.compute as pc

from shangdun.kernel.clock import to_millis
from shangdun.lake.store.parquet import COMPACT_LEVEL, read_sorted
from shangdun.lake.store.table import DataFile, Table

LOGGED = "metadata.logged_time"
TARGET_ROWS = 1 << 20
"""Rows of a finished file: eight row groups, and what a rewrite holds in memory."""
MANY_FILES = 64
"""So many small files of a day are joined whatever their sizes are."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did, in files, rows and bytes."""

    files_before: int = 0
    files_after: int = 0
    rows: int = 0
    bytes_before: int = 0
    bytes_after: int = 0

    def __add__(self, other: Compaction) -> Compaction:
        return Compaction(
            self.files_before + other.files_before,
            self.files_after + other.files_after,
            self.rows + other.rows,
            self.bytes_before + other.bytes_before,
            self.bytes_after + other.bytes_after,
        )


def plan(files: Iterable[DataFile], today: date, target: int = TARGET_ROWS) -> list[list[DataFile]]:
    """Which files to join, each list into one.

    A day that is over becomes as few files as ``target`` rows allow. The running day is joined
    only when the small files together weigh as much as the largest: a row is then rewritten as
    often as the day's size doubles, not every hour.
    """
    groups = []
    for day, of_day in groupby(sorted(files, key=lambda file: file.day), lambda file: file.day):
        small = [file for file in of_day if file.rows < target // 2]
        for group in _fill(sorted(small, key=lambda file: file.first_logged), target):
            rows = [file.rows for file in group]
            worth = day < today or 2 * max(rows) <= sum(rows) or len(group) >= MANY_FILES
            if len(group) > 1 and worth:
                groups.append(group)
    return groups


def _fill(files: Sequence[DataFile], target: int) -> list[list[DataFile]]:
    groups: list[list[DataFile]] = []
    room = 0
    for file in files:
        if not groups or file.rows > room:
            groups.append([])
            room = target
        groups[-1].append(file)
        room -= file.rows
    return groups


def compact(table: Table, today: date, target: int = TARGET_ROWS) -> Compaction:
    """Join small files; appends go on meanwhile. Raises ``Conflict`` if another one is at it."""
    done = Compaction()
    with table.maintenance(wait=False):
        for group in plan(table.files(), today, target):
            rows = read_sorted([table.path / file.path for file in group])
            written, action = table.write(group[0].day, rows, level=COMPACT_LEVEL)
            table.commit([action], group, same_rows=True, metadata={"by": "compaction"})
            done += Compaction(
                len(group), 1, written.rows, sum(file.size for file in group), written.size
            )
    return done


def retain(table: Table, days: int, now: datetime) -> int:
    """Remove rows taken in more than ``days`` days before today; how many.

    Counted in whole UTC days, so that a file of one day goes at once instead of being rewritten
    over and over.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    oldest = to_millis(today - timedelta(days=days))
    removed = 0
    with table.maintenance():
        old = [file for file in table.files() if file.first_logged < oldest]
        gone = [file for file in old if file.last_logged < oldest]
        if gone:
            table.commit([], gone, metadata={"by": "retention"})
            removed += sum(file.rows for file in gone)
        for file in old:
            if file.last_logged >= oldest:
                removed += _cut(table, file, oldest)
    return removed


def _cut(table: Table, file: DataFile, oldest: int) -> int:
    rows = read_sorted([table.path / file.path])
    kept = rows.filter(pc.greater_equal(rows[LOGGED], oldest))
    _, action = table.write(file.day, kept, level=COMPACT_LEVEL)
    table.commit([action], [file], metadata={"by": "retention"})
    return int(rows.num_rows - kept.num_rows)
