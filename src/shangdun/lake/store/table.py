"""One Delta table whose files we write ourselves, so that order and encoding are ours to choose.

Only appends run beside each other; everything that removes a file holds ``maintenance``: the
Delta log of this library does not notice when two commits remove the same file.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, RemoveAction

from shangdun.kernel.errors import StoreError
from shangdun.lake.store.disk import exclusive, store_error, sync_file, sync_folder
from shangdun.lake.store.parquet import write_parquet

log = logging.getLogger(__name__)

STATISTICS = ("time", "metadata.logged_time")
"""Columns whose least and greatest value the log keeps for each file, to skip files by."""
PROPERTIES: dict[str, str | None] = {
    "delta.checkpointInterval": "100",
    # A commit every other second: without this the log would outgrow the data.
    "delta.logRetentionDuration": "interval 1 hours",
    "delta.enableExpiredLogCleanup": "true",
    "delta.dataSkippingStatsColumns": ",".join(f"`{name}`" for name in STATISTICS),
}
COMMIT_TRIES = 5


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of the table, as the log describes it; times in milliseconds."""

    path: str
    day: date
    rows: int
    size: int
    first_time: int
    last_time: int
    first_logged: int
    last_logged: int


@dataclass(frozen=True, slots=True)
class AppVersion:
    """How far one writer has come: Delta's ``txn`` action."""

    app_id: str
    version: int


class Table:
    """A Delta table partitioned by ``day``."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = _signed(schema)
        self._table: DeltaTable | None = None

    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self._table is not None or DeltaTable.is_deltatable(str(self.path))

    def version_of(self, app_id: str) -> int:
        """The last version committed by a writer; 0 when there is none."""
        if not self.exists():
            return 0
        return self._fresh().transaction_version(app_id) or 0

    def files(self) -> list[DataFile]:
        """The files that make up the table now, oldest day first."""
        if not self.exists():
            return []
        rows = pa.table(self._fresh().get_add_actions(flatten=True)).to_pylist()
        return sorted((_data_file(row) for row in rows), key=lambda file: (file.day, file.path))

    def write(self, day: date, rows: pa.Table, *, level: int) -> tuple[DataFile, AddAction]:
        """Write one file and see it onto the disk; it counts only once it is committed."""
        folder = self.path / f"day={day.isoformat()}"
        path = folder / f"part-{uuid4().hex}.parquet"
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                sync_folder(self.path)
            write_parquet(rows, path, level=level)
            sync_file(path)
            sync_folder(folder)
            size = path.stat().st_size
        except (OSError, pa.ArrowException) as error:
            path.unlink(missing_ok=True)
            raise store_error(error, self.path) from error
        return _added(path.relative_to(self.path).as_posix(), day, rows, size)

    def append(self, frame: pl.DataFrame, app: AppVersion, *, level: int) -> bool:
        """Commit rows once: False when ``app`` has committed this version before.

        ``frame`` holds the table's columns, ``day`` among them, and keeps its order.
        """
        if self.version_of(app.app_id) >= app.version:
            return False
        added = []
        for (day,), part in frame.group_by("day", maintain_order=True):
            if not isinstance(day, date):
                raise StoreError("a row has no day", where=str(self.path), fix="use conform()")
            added.append(self.write(day, to_arrow(part), level=level)[1])
        return self.commit(added, (), app=app)

    def commit(
        self,
        added: list[AddAction],
        removed: Iterable[DataFile],
        *,
        app: AppVersion | None = None,
        metadata: Mapping[str, str] | None = None,
        same_rows: bool = False,
    ) -> bool:
        """Add and remove files in one step; returns once the step is on the disk.

        Give ``removed`` only while holding ``maintenance``. ``same_rows`` tells streams over the
        table that nothing is new, only in other files. False when ``app`` was here before.
        """
        gone = [_removed(file, data_change=not same_rows) for file in removed]
        for action in added:
            action.data_change = not same_rows
        properties = CommitProperties(
            custom_metadata=dict(metadata or {}),
            app_transactions=[Transaction(app.app_id, app.version)] if app else None,
        )
        for left in reversed(range(COMMIT_TRIES)):
            table = self._fresh()
            if app and (table.transaction_version(app.app_id) or 0) >= app.version:
                return False
            try:
                table.create_write_transaction(
                    [*added, *gone],
                    "append",
                    table.schema(),
                    partition_by=["day"],
                    commit_properties=properties,
                )
                break
            except CommitFailedError as error:
                if not left or store_error(error, "").code != StoreError.default_code:
                    raise store_error(error, self.path) from error
                time.sleep(0.05)
            except (DeltaError, OSError) as error:
                raise store_error(error, self.path) from error
        self._sync_log()
        return True

    def vacuum(self, *, tombstone_hours: int, orphan_hours: int) -> int:
        """Delete files that the table left behind; hold ``maintenance``.

        A reader that started before a compaction keeps its files for ``tombstone_hours``; a file
        written by a process that died before its commit is deleted after ``orphan_hours``.
        """
        if not self.exists():
            return 0
        table = self._fresh()
        deleted = 0
        try:
            for hours, full in ((tombstone_hours, False), (orphan_hours, True)):
                deleted += len(
                    table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=full)
                )
        except (DeltaError, OSError) as error:
            raise store_error(error, self.path) from error
        return deleted

    def maintenance(self, *, wait: bool = True) -> AbstractContextManager[None]:
        """Hold while removing files; raises ``Conflict`` at once with ``wait=False``."""
        return exclusive(
            self.path / ".maintenance.lock", wait=wait, busy="the table is being tidied already"
        )

    def _fresh(self) -> DeltaTable:
        """The table as it is now; made when it is not there."""
        try:
            if self._table is None:
                if not DeltaTable.is_deltatable(str(self.path)):
                    self._create()
                self._drop_torn_commit()
                self._table = self._widened(DeltaTable(str(self.path)))
            else:
                self._table.update_incremental()
        except (DeltaError, OSError) as error:
            self._table = None
            raise store_error(error, self.path) from error
        return self._table

    def _create(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            str(self.path),
            self.schema,
            mode="ignore",
            partition_by=["day"],
            configuration=PROPERTIES,
        )

    def _widened(self, table: DeltaTable) -> DeltaTable:
        """Add the columns that came with a newer version; files without them read as empty."""
        known = {field.name for field in table.schema().fields}
        new = [field for field in Schema.from_arrow(self.schema).fields if field.name not in known]
        if not new:
            return table
        try:
            table.alter.add_columns(new)
        except CommitFailedError:  # another process was first
            log.info("%s: the columns of this version are there already", self.path)
        return DeltaTable(str(self.path))

    def _drop_torn_commit(self) -> None:
        """Put aside a newest log entry that a power cut left there by name only.

        Nobody was told that it holds, so its batches come again from the journal.
        """
        newest = max((self.path / "_delta_log").glob("*.json"), default=None)
        if newest is not None and not newest.read_bytes().endswith((b"}", b"}\n")):
            newest.rename(newest.with_suffix(".torn"))

    def _sync_log(self) -> None:
        folder = self.path / "_delta_log"
        try:
            newest = max(folder.glob("*.json"), default=None)
            if newest is not None:
                sync_file(newest)
            sync_folder(folder)
        except FileNotFoundError:
            pass  # a checkpoint just replaced it, which is synced by the next commit
        except OSError as error:
            raise store_error(error, folder) from error


def to_arrow(frame: pl.DataFrame) -> pa.Table:
    """A frame's columns but ``day``, which the folder's name holds; Delta knows no unsigned."""
    unsigned = [pl.col(pl.UInt32, pl.UInt64).cast(pl.Int64)]
    return frame.drop("day").with_columns(unsigned).to_arrow()


def _signed(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        [
            pa.field(
                item.name, pa.int64() if pa.types.is_unsigned_integer(item.type) else item.type
            )
            for item in schema
        ]
    )


def _added(path: str, day: date, rows: pa.Table, size: int) -> tuple[DataFile, AddAction]:
    least, greatest = {}, {}
    for name in STATISTICS:
        if name in rows.column_names:
            bounds = pc.min_max(rows[name]).as_py()
            if bounds["min"] is not None:
                least[name], greatest[name] = bounds["min"], bounds["max"]
    statistics = {
        "numRecords": rows.num_rows,
        "minValues": least,
        "maxValues": greatest,
        "nullCount": dict.fromkeys(least, 0),
    }
    values = {"day": day.isoformat()}
    action = AddAction(path, size, values, int(time.time() * 1000), True, json.dumps(statistics))  # noqa: FBT003  the library's positional field
    file = DataFile(
        path,
        day,
        rows.num_rows,
        size,
        least.get("time", 0),
        greatest.get("time", 0),
        least.get("metadata.logged_time", 0),
        greatest.get("metadata.logged_time", 0),
    )
    return file, action


def _removed(file: DataFile, *, data_change: bool) -> RemoveAction:
    return RemoveAction(
        path=file.path,
        data_change=data_change,
        deletion_timestamp=int(time.time() * 1000),
        size=file.size,
        partition_values={"day": file.day.isoformat()},
    )


def _data_file(row: Mapping[str, Any]) -> DataFile:
    return DataFile(
        path=row["path"],
        day=row["partition.day"],
        rows=row["num_records"],
        size=row["size_bytes"],
        first_time=row.get("min.time") or 0,
        last_time=row.get("max.time") or 0,
        first_logged=row.get("min.metadata.logged_time") or 0,
        last_logged=row.get("max.metadata.logged_time") or 0,
    )
