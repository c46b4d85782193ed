"""Dead letters that a better parser can read become events, each exactly once.

An event's identity is its source, file and offset. What a letter becomes is stored unless an event
of that identity is there already, and only then is the letter taken out. So a kill between the two
steps costs nothing but doing the second one again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import polars as pl

from shangdun.lake.block import KEPT, OFFSET, Block, Parsed
from shangdun.lake.conform import conform
from shangdun.lake.store.lake import Lake
from shangdun.lake.store.parquet import APPEND_LEVEL
from shangdun.lake.store.table import DataFile, to_arrow
from shangdun.lake.store.tidy import LOGGED

IDENTITY = ("source", "source_file", "source_offset")
Parse = Callable[[str, Block, int], Parsed]
"""Reads a block in a format, at a moment in milliseconds; ``ShangdunError`` where it cannot."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How many letters were tried, how many became events, and how many stay."""

    tried: int = 0
    moved: int = 0

    @property
    def left(self) -> int:
        return self.tried - self.moved

    def __add__(self, other: Replay) -> Replay:
        return Replay(self.tried + other.tried, self.moved + other.moved)


def read_letters(lake: Lake, *, source: str = "") -> Iterator[pl.DataFrame]:
    """Dead letters file by file, newest day first; columns as in ``DEAD_SCHEMA``."""
    for file in reversed(lake.dead_letters.files()):
        letters = _letters(lake, file)
        yield letters.filter(pl.col("source") == source) if source else letters


def replay(lake: Lake, parse: Parse, *, source: str = "") -> Replay:
    """Read dead letters again, of one source or all; waits for a compaction to end."""
    done = Replay()
    with lake.dead_letters.maintenance():
        for file in lake.dead_letters.files():
            done += _replay_file(lake, file, parse, source)
    return done


def _replay_file(lake: Lake, file: DataFile, parse: Parse, source: str) -> Replay:
    letters = _letters(lake, file).with_row_index("row")
    wanted = letters.filter(pl.col("source") == source) if source else letters
    # Of a line longer than the limit only the head was kept: reading that would pass for the line.
    whole = wanted.filter(~_cut_short())
    frames, rows = [], []
    for (name, file_id, form, logged), group in whole.group_by(
        "source", "source_file", "format", LOGGED, maintain_order=True
    ):
        parsed = parse(str(form), _block(group), int(str(logged)))
        frame, read = _events(parsed, group, (str(name), str(file_id), int(str(logged))))
        frames.append(frame)
        rows += read
    if rows:
        _store(lake, pl.concat(frames))
        _take_out(lake, file, letters.filter(~pl.col("row").is_in(rows)).drop("row"))
    return Replay(wanted.height, len(rows))


def _letters(lake: Lake, file: DataFile) -> pl.DataFrame:
    frame = pl.read_parquet(lake.dead_letters.path / file.path, hive_partitioning=False)
    return frame.with_columns(pl.lit(file.day).alias("day"))


def _cut_short() -> pl.Expr:
    at_limit = pl.col("raw").bin.size() == KEPT
    return at_limit & pl.col("reason").str.contains("longer than", literal=True)


def _block(letters: pl.DataFrame) -> Block:
    """The letters' lines one after the other; their own places are put back afterwards."""
    return Block(b"".join(raw + b"\n" for raw in letters["raw"]))


def _events(
    parsed: Parsed, letters: pl.DataFrame, origin: tuple[str, str, int]
) -> tuple[pl.DataFrame, list[int]]:
    """Events with their true places, and the rows of the letters that they were."""
    source, file_id, logged = origin
    lengths = letters["raw"].bin.size().cast(pl.UInt64) + 1
    starts = pl.DataFrame({OFFSET: lengths.cum_sum() - lengths, "letter": letters["row"]})
    # Only a letter that became one event, from its first byte on, was read as what it is.
    alone = parsed.events[OFFSET].is_unique()
    found = parsed.events.select(pl.col(OFFSET).cast(pl.UInt64)).join(
        starts, on=OFFSET, how="left", maintain_order="left"
    )["letter"]
    good = alone & found.is_not_null()
    frame = conform(parsed, source=source, observed=logged, file_id=file_id).filter(good)
    rows = found.filter(good).to_list()
    places = letters.join(
        pl.DataFrame({"row": rows}, schema={"row": letters.schema["row"]}),
        on="row",
        how="right",
        maintain_order="right",
    )
    return frame.with_columns(
        places["source_line"].cast(pl.UInt32), places["source_offset"].cast(pl.UInt64)
    ), rows


def _store(lake: Lake, events: pl.DataFrame) -> None:
    fresh = events.join(_present(lake, set(events["day"].to_list())), on=list(IDENTITY), how="anti")
    if fresh.height:
        added = [
            lake.events.write(day, to_arrow(part), level=APPEND_LEVEL)[1]
            for (day,), part in fresh.group_by("day", maintain_order=True)
            if isinstance(day, date)
        ]
        lake.events.commit(added, (), metadata={"by": "dead letters", "replay": uuid4().hex})


def _present(lake: Lake, days: set[date]) -> pl.DataFrame:
    """Identities of the events of some days."""
    paths = [lake.events.path / file.path for file in lake.files() if file.day in days]
    kinds = {"source": pl.String, "source_file": pl.String, "source_offset": pl.UInt64}
    if not paths:
        return pl.DataFrame(schema=kinds)
    scan = pl.scan_parquet(paths, missing_columns="insert", extra_columns="ignore")
    return scan.select(pl.col(name).cast(kind) for name, kind in kinds.items()).collect()


def _take_out(lake: Lake, file: DataFile, rest: pl.DataFrame) -> None:
    added = []
    if rest.height:
        added.append(lake.dead_letters.write(file.day, to_arrow(rest), level=APPEND_LEVEL)[1])
    lake.dead_letters.commit(added, [file], metadata={"by": "dead letters"})
