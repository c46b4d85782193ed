"""The lake: what happened, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from shangdun.kernel.clock import Clock, SystemClock
from shangdun.lake.block import DeadLetter
from shangdun.lake.schema import ARROW_SCHEMA
from shangdun.lake.store.parquet import APPEND_LEVEL
from shangdun.lake.store.table import AppVersion, DataFile, Table
from shangdun.lake.store.tidy import LOGGED, Compaction, compact, retain

TOMBSTONE_HOURS = 1
ORPHAN_HOURS = 24
DEAD_TARGET_ROWS = 1 << 17
"""Of a file of dead letters: they are read back whole, and a raw line may be long."""

DEAD_SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("source", pa.string()),
        ("source_file", pa.string()),
        ("source_line", pa.int64()),
        ("source_offset", pa.int64()),
        ("format", pa.string()),
        (LOGGED, pa.int64()),
        ("reason", pa.string()),
        ("raw", pa.binary()),
    ]
)
"""``day`` is that of ``metadata.logged_time``: a line that cannot be read has no time."""


class StoredLetter(NamedTuple):
    """A dead letter with where it came from; ``logged`` is when it was taken in (ms)."""

    source: str
    source_file: str
    format: str
    logged: int
    letter: DeadLetter


class Lake:
    """Two Delta tables in a folder; many processes may read and append at the same time.

    Every method raises ``StoreError``; its code ``store.disk_full`` means that it is worth
    trying again, and that nothing of the call is stored.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        self.path = path
        self._clock = clock or SystemClock()
        self.events = Table(path / "events", ARROW_SCHEMA)
        self.dead_letters = Table(path / "dead_letters", DEAD_SCHEMA)

    def append(self, frame: pl.DataFrame, *, app_id: str, version: int) -> bool:
        """Store events (``conform``'s columns) exactly once; they are on the disk on return.

        ``version`` counts what the writer ``app_id`` commits; one that is there already is
        skipped and gives False.
        """
        app = AppVersion(app_id, version)
        return self.events.append(frame, app, level=APPEND_LEVEL)

    def bury(self, letters: Iterable[StoredLetter], *, app_id: str, version: int) -> bool:
        """Store dead letters exactly once, as ``append`` does."""
        frame = letters_frame(letters)
        app = AppVersion(app_id, version)
        return self.dead_letters.append(frame, app, level=APPEND_LEVEL)

    def committed(self, app_id: str) -> int:
        """The version of the last ``append`` by a writer; 0 when there is none."""
        return self.events.version_of(app_id)

    def buried(self, app_id: str) -> int:
        """The version of the last ``bury`` by a writer; 0 when there is none."""
        return self.dead_letters.version_of(app_id)

    def files(self) -> list[DataFile]:
        """The files that hold the events at this moment, oldest day first."""
        return self.events.files()

    def compact(self) -> Compaction:
        """Join small files into sorted large ones while appends go on.

        Raises ``Conflict`` when another process is at it.
        """
        today = self._clock.now().date()
        letters = compact(self.dead_letters, today, DEAD_TARGET_ROWS)
        return compact(self.events, today) + letters

    def retain(self, days: int, now: datetime) -> int:
        """Remove events and dead letters taken in more than ``days`` days ago; how many rows."""
        return retain(self.events, days, now) + retain(self.dead_letters, days, now)

    def vacuum(
        self, *, tombstone_hours: int = TOMBSTONE_HOURS, orphan_hours: int = ORPHAN_HOURS
    ) -> int:
        """Delete files that no version of the last hour uses; how many files."""
        deleted = 0
        for table in (self.events, self.dead_letters):
            with table.maintenance():
                deleted += table.vacuum(tombstone_hours=tombstone_hours, orphan_hours=orphan_hours)
        return deleted


def letters_frame(letters: Iterable[StoredLetter]) -> pl.DataFrame:
    """Dead letters as rows of their table."""
    rows = [
        (
            stored.source,
            stored.source_file,
            stored.letter.line,
            stored.letter.offset,
            stored.format,
            stored.logged,
            stored.letter.reason,
            stored.letter.raw,
        )
        for stored in letters
    ]
    schema = {
        "source": pl.String,
        "source_file": pl.String,
        "source_line": pl.Int64,
        "source_offset": pl.Int64,
        "format": pl.String,
        LOGGED: pl.Int64,
        "reason": pl.String,
        "raw": pl.Binary,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    day = pl.from_epoch(pl.col(LOGGED), time_unit="ms").dt.date().alias("day")
    return frame.with_columns(day)
