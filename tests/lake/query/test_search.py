from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from lake_rows import DAY, MILLIS, rows

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import StoreError
from shangdun.lake.query import Limits, search
from shangdun.lake.query.engine import engine_over
from shangdun.lake.store import Lake

HOSTILE = "' OR 1=1; DROP TABLE events; -- \" \\ % _ * 中文"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A thousand events in two files, one with names, over two days."""
    lake = Lake(tmp_path, clock=FixedClock(DAY + timedelta(days=3)))
    lake.append(rows(500), app_id="a", version=1)
    later = rows(500, start=500, time=MILLIS + 86_400_000).with_columns(
        pl.when(pl.col("source_offset") == 50_000)
        .then(pl.lit(HOSTILE))
        .otherwise(pl.lit("mei"))
        .alias("user.name")
    )
    lake.append(later, app_id="a", version=2)
    return lake


def test_newest_first_and_says_when_there_is_more(lake: Lake) -> None:
    found = search(lake, "source:shop", limit=3)
    assert found.events["source_offset"].to_list() == [99_900, 99_800, 99_700]
    assert found.more
    assert dict(found.events.schema) == dict(rows(1).schema)
    assert not search(lake, "source:shop", limit=1000).more


def test_finds_one_address(lake: Lake) -> None:
    found = search(lake, "src_endpoint.ip:10.0.1.7 AND http_response.code:200")
    assert found.events["source_offset"].to_list() == [25_700]
    assert search(lake, "src_endpoint.ip:10.9.9.9").events.height == 0


def test_a_column_that_no_file_holds_is_null(lake: Lake) -> None:
    assert search(lake, "coupon.code:*").events.height == 0


def test_wildcards_are_the_only_special_characters(lake: Lake) -> None:
    assert search(lake, "http_request.url.path:/product/99*").events.height == 11
    assert search(lake, "http_request.url.path:/product/9_").events.height == 0
    assert search(lake, "user.name:*DROP*").events["user.name"].to_list() == [HOSTILE]


def test_hostile_values_are_values(lake: Lake) -> None:
    escaped = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    assert search(lake, f'user.name:"{escaped}"').events.height == 1
    assert search(lake, "source:shop", limit=1000).events.height == 1000


def test_a_time_range_leaves_files_alone(lake: Lake) -> None:
    second_day = search(lake, "", since=DAY + timedelta(days=1), limit=1000)
    assert (second_day.files, second_day.events.height) == (1, 500)
    minute = search(lake, "", since=DAY, until=DAY + timedelta(minutes=1), limit=1000)
    assert (minute.files, minute.events.height) == (1, 60)
    assert search(lake, "", until=DAY).files == 0


def test_compacted_files_answer_the_same(lake: Lake) -> None:
    before = search(lake, "user.name:mei", limit=1000).events
    lake.append(rows(1, start=1000), app_id="a", version=3)
    assert lake.compact().files_before
    assert search(lake, "user.name:mei", limit=1000).events.equals(before)


def test_an_empty_lake_finds_nothing(tmp_path: Path) -> None:
    found = search(Lake(tmp_path / "none"), "source:shop")
    assert found.events.height == 0
    assert "src_endpoint.ip" in found.events.columns


def run(lake: Lake, statement: str, limits: Limits) -> None:
    paths = [str(lake.events.path / file.path) for file in lake.files()]
    with engine_over(paths, limits) as engine:
        engine.execute(statement).fetchall()


def test_too_long_a_search_is_stopped(lake: Lake) -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    with pytest.raises(StoreError, match="longer than") as caught:
        run(lake, endless, Limits(seconds=0.3))
    assert caught.value.code == "query.timeout"


def test_too_large_a_search_is_stopped(lake: Lake) -> None:
    large = "SELECT list(range) FROM range(100000000)"
    with pytest.raises(StoreError, match="memory") as caught:
        run(lake, large, Limits(memory="50MB"))
    assert caught.value.code == "query.memory"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/shangdun-query-test.csv'",
        "ATTACH '/tmp/shangdun-query-test.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '100GB'",
    ],
)
def test_the_engine_is_shut_in(lake: Lake, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        run(lake, statement, Limits())
