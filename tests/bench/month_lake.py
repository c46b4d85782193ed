"""A lake of thirty days of access events, made by moving one parsed day in time and address.

Files are written as a compaction leaves them. Every day has addresses of its own (a shop's visitors
of one day are mostly not those of the next), times that are shifted by a few seconds, and the
targets of the first day again.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from deltalake.transaction import AddAction
from tests.bench.access_lines import DAY, access_lines

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake
from shangdun.lake.store.parquet import COMPACT_LEVEL
from shangdun.lake.store.table import to_arrow
from shangdun.lake.store.tidy import TARGET_ROWS

DAYS = 30
SECONDS = 86_000.0
DAY_MILLIS = 86_400_000
PARSED_AT_ONCE = 250_000


def month_lake(folder: Path, events: int, *, level: int = COMPACT_LEVEL, days: int = DAYS) -> Lake:
    """``events`` over the thirty days that start at ``DAY``; of these the first ``days``."""
    lake = Lake(folder, clock=FixedClock(DAY + timedelta(days=DAYS + 1)))
    base = _one_day(events // DAYS)
    addresses = base["src_endpoint.ip"].unique().sort()
    for day in range(days):
        frame = _moved(base, addresses, day)
        date = (DAY + timedelta(days=day)).date()
        added: list[AddAction] = []
        for at in range(0, frame.height, TARGET_ROWS):
            rows = to_arrow(frame[at : at + TARGET_ROWS])
            added.append(lake.events.write(date, rows, level=level)[1])
        lake.events.commit(added, ())
    return lake


def address_of(lake: Lake, day: int) -> str:
    """An address that came on a day, neither the busiest nor the rarest."""
    date = (DAY + timedelta(days=day)).date()
    file = next(file for file in lake.files() if file.day == date)
    seen = pl.read_parquet(lake.events.path / file.path, columns=["src_endpoint.ip"])
    counted = seen["src_endpoint.ip"].value_counts(sort=True)
    return str(counted["src_endpoint.ip"][counted.height // 2])


def _one_day(count: int) -> pl.DataFrame:
    """The rows in the columns that hold anything, in arrival order."""
    parser = get_parser("combined", clock=FixedClock(DAY + timedelta(days=2)))
    data = access_lines(count, seconds=SECONDS - 1000)
    frames, place, line = [], 0, 1
    while place < len(data):
        end = data.find(b"\n", min(len(data) - 1, place + PARSED_AT_ONCE * 190)) + 1
        parsed = parser.parse(Block(data[place:end], line, place, "access.log"))
        frame = conform(parsed, source="nginx", observed=to_millis(DAY), file_id="3f2a9c")
        frames.append(frame.with_columns(pl.col("time").alias("metadata.logged_time") + 1500))
        line += data.count(b"\n", place, end)
        place = end
    whole = pl.concat(frames)
    # what an exponential tail carries past midnight would lie in another partition
    whole = whole.filter(pl.col("time") < to_millis(DAY) + DAY_MILLIS - 60_000)
    return whole.select(column.name for column in whole if column.null_count() < whole.height)


def _moved(base: pl.DataFrame, addresses: pl.Series, day: int) -> pl.DataFrame:
    draw = np.random.default_rng(day)
    parts = draw.integers(1, 255, (len(addresses), 4)).tolist()
    others = pl.Series([f"{a}.{b}.{c}.{d}" for a, b, c, d in parts])
    shift = day * DAY_MILLIS + int(draw.integers(0, 50_000))
    size = int(base["source_offset"].max() or 0) + 200  # type: ignore[arg-type]  # integers
    return base.with_columns(
        pl.col("src_endpoint.ip").replace_strict(addresses, others),
        pl.col("time") + shift,
        pl.col("metadata.logged_time") + shift,
        pl.col("source_offset") + day * size,
        pl.col("source_line") + day * base.height,
        pl.lit((DAY + timedelta(days=day)).date()).alias("day"),
    )
