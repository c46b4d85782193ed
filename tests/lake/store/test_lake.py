from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from append_rows import append_many
from deltalake import DeltaTable
from lake_rows import DAY, MILLIS, rows

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import Conflict, StoreError
from shangdun.lake.block import DeadLetter
from shangdun.lake.schema import ARROW_SCHEMA
from shangdun.lake.store import Lake, StoredLetter
from shangdun.lake.store.parquet import read_sorted
from shangdun.lake.store.table import AppVersion, Table

TOMORROW = FixedClock(DAY + timedelta(days=1, hours=3))


def stored(lake: Lake) -> pl.DataFrame:
    paths = [lake.events.path / file.path for file in lake.files()]
    frame = pl.from_arrow(read_sorted(paths))
    assert isinstance(frame, pl.DataFrame)
    return frame


def offsets(lake: Lake) -> list[int]:
    return sorted(stored(lake)["source_offset"].to_list())


def test_a_version_is_stored_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert lake.committed("watch") == 0
    assert lake.append(rows(10), app_id="watch", version=7)
    assert not lake.append(rows(10), app_id="watch", version=7)
    assert not Lake(tmp_path).append(rows(10), app_id="watch", version=6)
    assert Lake(tmp_path).append(rows(5, start=10), app_id="watch", version=9)
    assert Lake(tmp_path).append(rows(5, start=15), app_id="other", version=1)
    assert lake.committed("watch") == 9
    assert offsets(lake) == [n * 100 for n in range(20)]


def test_a_stored_row_comes_back_with_every_value(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    frame = rows(3).with_columns(
        pl.lit("中文\x1b[31m<script>\x00").alias("http_request.user_agent"),
        pl.Series("http_response.latency", [0.5, None, 12.25]),
        pl.Series("is_mfa", [True, None, False]),
    )
    lake.append(frame, app_id="a", version=1)
    back = stored(lake)
    for name in back.columns:
        assert back[name].cast(frame[name].dtype).to_list() == frame[name].to_list(), name


def test_events_of_several_days_lie_in_their_partitions(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    two_days = pl.concat([rows(2), rows(3, start=2, time=MILLIS + 86_400_000)])
    lake.append(two_days, app_id="a", version=1)
    assert [(file.day.isoformat(), file.rows) for file in lake.files()] == [
        ("2026-03-04", 2),
        ("2026-03-05", 3),
    ]


def test_a_row_without_a_day_is_refused(tmp_path: Path) -> None:
    nothing = rows(1).with_columns(pl.lit(None, dtype=pl.Date).alias("day"))
    with pytest.raises(StoreError, match="no day"):
        Lake(tmp_path).append(nothing, app_id="a", version=1)


def test_compaction_keeps_every_row_and_sorts(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    for version in range(1, 13):
        part = rows(50, start=(12 - version) * 50)
        lake.append(part, app_id="watch", version=version)
    before = stored(lake)
    done = lake.compact()
    assert (done.files_before, done.files_after, done.rows) == (12, 1, 600)
    assert done.bytes_after < done.bytes_before
    after = pl.read_parquet(lake.events.path / lake.files()[0].path)
    assert after["source_offset"].is_sorted()
    assert after.sort("source_offset").select(before.columns).equals(before.sort("source_offset"))
    assert lake.committed("watch") == 12
    assert lake.compact().files_before == 0


def test_large_files_are_joined_and_say_which_addresses_they_lack(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    for version in (1, 2):
        lake.append(rows(10_000, start=version * 10_000), app_id="a", version=version)
    assert lake.compact().rows == 20_000
    (file,) = lake.files()
    metadata = pq.read_metadata(lake.events.path / file.path)
    names = [metadata.row_group(0).column(n).path_in_schema for n in range(metadata.num_columns)]
    place = metadata.row_group(0).column(names.index("src_endpoint.ip"))
    assert place.bloom_filter_offset is not None
    assert sorted(stored(lake)["source_offset"]) == [n * 100 for n in range(10_000, 30_000)]


def test_the_running_day_is_not_rewritten_for_a_few_rows(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=FixedClock(DAY + timedelta(hours=12)))
    lake.append(rows(1000), app_id="a", version=1)
    lake.append(rows(10, start=1000), app_id="a", version=2)
    assert lake.compact().files_before == 0
    lake.append(rows(990, start=1010), app_id="a", version=3)
    assert lake.compact().files_before == 3


def test_columns_that_only_some_files_have_survive_compaction(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    lake.append(rows(2), app_id="a", version=1)
    named = rows(2, start=2).with_columns(pl.lit("mei").alias("user.name"))
    lake.append(named, app_id="a", version=2)
    lake.compact()
    assert stored(lake)["user.name"].to_list() == [None, None, "mei", "mei"]


def test_two_compactions_at_once_are_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    lake.append(rows(2), app_id="a", version=1)
    with lake.events.maintenance(), pytest.raises(Conflict, match="tidied already"):
        Lake(tmp_path, clock=TOMORROW).compact()


def test_appends_of_two_processes_and_compactions_lose_and_double_nothing(tmp_path: Path) -> None:
    script = Path(__file__).with_name("append_rows.py")
    writers = [
        subprocess.Popen([sys.executable, script, tmp_path, f"w{n}", "40"]) for n in range(2)
    ]
    lake = Lake(tmp_path, clock=TOMORROW)
    compactions = 0
    while any(writer.poll() is None for writer in writers):
        compactions += bool(lake.compact().files_before)
        lake.vacuum(tombstone_hours=1)
    for writer in writers:
        assert writer.wait() == 0
    assert compactions > 1
    lake.compact()
    per_source = stored(lake).group_by("source").agg(pl.col("source_offset").n_unique(), pl.len())
    assert sorted(per_source.rows()) == [("w0", 800, 800), ("w1", 800, 800)]


def test_retention_counts_from_when_an_event_was_taken_in(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    day = 86_400_000
    lake.append(rows(5, logged=MILLIS), app_id="a", version=1)
    lake.append(rows(5, start=5, logged=MILLIS + 9 * day), app_id="a", version=2)
    lake.compact()
    lake.append(rows(3, start=10, logged=MILLIS), app_id="a", version=3)
    assert lake.retain(10, DAY + timedelta(days=10, hours=23)) == 0
    assert lake.retain(10, DAY + timedelta(days=11)) == 8
    assert offsets(lake) == [n * 100 for n in range(5, 10)]
    assert lake.committed("a") == 3


def test_vacuum_deletes_what_no_version_uses(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=TOMORROW)
    for version in (1, 2):
        lake.append(rows(5, start=version * 5), app_id="a", version=version)
    lake.compact()
    assert lake.vacuum() == 0
    assert lake.vacuum(tombstone_hours=0) == 2
    assert len(offsets(lake)) == 10


def test_dead_letters_keep_their_bytes(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    letter = DeadLetter(3, 120, b"\xff\x00not a line", "no request line")
    lake.bury([StoredLetter("shop", "f1", "combined", MILLIS, letter)], app_id="w", version=2)
    lake.bury([StoredLetter("shop", "f1", "combined", MILLIS, letter)], app_id="w", version=2)
    (file,) = lake.dead_letters.files()
    kept = pl.read_parquet(lake.dead_letters.path / file.path)
    assert kept.select("raw", "reason", "source_offset").rows() == [
        (b"\xff\x00not a line", "no request line", 120)
    ]
    assert lake.buried("w") == 2


def test_a_commit_torn_by_a_power_cut_is_put_aside(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.append(rows(5), app_id="a", version=1)
    lake.append(rows(5, start=5), app_id="a", version=2)
    newest = max((lake.events.path / "_delta_log").glob("*.json"))
    newest.write_bytes(b"")
    reopened = Lake(tmp_path)
    assert reopened.committed("a") == 1
    assert reopened.append(rows(5, start=5), app_id="a", version=2)
    assert offsets(reopened) == [n * 100 for n in range(10)]


def test_readers_see_whole_commits_while_writing_goes_on(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.append(rows(20), app_id="a", version=1)
    done = threading.Event()

    def write() -> None:
        append_many(tmp_path, "b", 20)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reader = Lake(tmp_path)
    while not done.is_set():
        assert sum(file.rows for file in reader.files()) % 20 == 0
    writer.join()


def test_a_table_of_an_older_version_gets_the_new_columns(tmp_path: Path) -> None:
    older = pa.schema([field for field in ARROW_SCHEMA if not field.name.startswith("challenge.")])
    before = Table(tmp_path / "events", older)
    assert before.append(rows(3).select(older.names), AppVersion("t", 1), level=1)
    lake = Lake(tmp_path)
    assert lake.append(rows(2, start=3), app_id="t", version=2)
    assert offsets(lake) == [0, 100, 200, 300, 400]
    schema = DeltaTable(str(tmp_path / "events")).schema()
    assert {field.name for field in schema.fields} == set(ARROW_SCHEMA.names)
    assert {field.name for field in before._fresh().schema().fields} == set(ARROW_SCHEMA.names)
