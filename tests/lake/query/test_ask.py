"""The search process: what it answers, and that it cannot be made to run away or look around."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from lake_rows import DAY, MILLIS, rows

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import ShangdunError, StoreError, UsageError
from shangdun.lake.query.ask import Question, ask, cancel, request_of, start, step_of, updates_in
from shangdun.lake.query.engine import Limits, engine_over
from shangdun.lake.query.export import safe_cell
from shangdun.lake.query.request import (
    Done,
    Export,
    Exported,
    Facet,
    Failed,
    Histogram,
    Rows,
    Update,
)
from shangdun.lake.query.results import with_raw
from shangdun.lake.query.statement import check_statement
from shangdun.lake.query.times import moment_of
from shangdun.lake.store import Lake

FORMULA = '=HYPERLINK("http://evil")'


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two days of five hundred events; those of the second have names."""
    lake = Lake(tmp_path_factory.mktemp("lake"), clock=FixedClock(DAY + timedelta(days=3)))
    lake.append(rows(500), app_id="a", version=1)
    later = rows(500, start=500, time=MILLIS + 86_400_000).with_columns(
        pl.when(pl.col("source_offset") == 50_000)
        .then(pl.lit(FORMULA))
        .otherwise(pl.lit("mei"))
        .alias("user.name"),
        pl.format("line {}", "source_line").alias("raw_data"),
    )
    lake.append(later, app_id="a", version=2)
    return lake


def question(text: str, **more: object) -> Question:
    values = {"since": DAY, "until": DAY + timedelta(days=2), "seconds": 20.0, **more}
    return Question(text=text, **values)  # type: ignore[arg-type]  # tests name what they change


def answers(lake: Lake, text: str, **more: object) -> list[Update]:
    return list(ask(lake, question(text, **more)))


def test_rows_come_newest_first_then_histogram_then_facets(lake: Lake) -> None:
    found = answers(
        lake, "status:200", limit=700, histogram=True, facets=["user.name", "http_response.code"]
    )
    parts = [part for part in found if isinstance(part, Rows)]
    assert [len(part.rows) for part in parts] == [500, 200]
    times = [row["time"] for part in parts for row in part.rows]
    assert times == sorted(times, reverse=True)
    histogram = next(part for part in reversed(found) if isinstance(part, Histogram))
    assert (histogram.total, histogram.done) == (1000, 1.0)
    names, codes = (part for part in found if isinstance(part, Facet))
    assert names.values == [(None, 500), ("mei", 499), (FORMULA, 1)]
    assert codes.values == [(200, 1000)]
    assert isinstance(found[-1], Done)
    assert found[-1].more
    assert [type(part) for part in found if not isinstance(part, Histogram)] == [
        Rows, Rows, Facet, Facet, Done
    ]  # fmt: skip


def test_raw_lines_come_back_with_rows(lake: Lake) -> None:
    found = answers(lake, "user:mei", limit=2)
    assert isinstance(found[0], Rows)
    assert [raw for _, raw in with_raw(found[0].rows)] == ["line 1000", "line 999"]


def test_bars_begin_at_the_midnight_of_the_place(tmp_path: Path) -> None:
    lake = Lake(tmp_path, clock=FixedClock(DAY + timedelta(days=101)))
    lake.append(rows(10), app_id="a", version=1)
    lake.append(rows(10, start=10, time=MILLIS + 100 * 86_400_000), app_id="a", version=2)
    found = answers(
        lake, "", histogram=True, until=DAY + timedelta(days=365), zone=ZoneInfo("Asia/Shanghai")
    )
    bars = next(part.bars for part in reversed(found) if isinstance(part, Histogram))
    assert sum(bars.values()) == 20
    assert all((start + 8 * 3_600_000) % 86_400_000 == 0 for start in bars)
    assert step_of(0, 3_600_000) == 60_000


def test_an_open_end_makes_no_wider_bars(lake: Lake) -> None:
    open_end = datetime(2200, 1, 1, tzinfo=UTC)
    wide, narrow = (
        request_of(lake, question("", histogram=True, until=until))
        for until in (open_end, DAY + timedelta(days=2))
    )
    assert wide.step == narrow.step > 0


def test_an_empty_range_answers_nothing(lake: Lake) -> None:
    found = answers(lake, "", since=DAY - timedelta(days=9), until=DAY, histogram=True)
    assert [type(part) for part in found] == [Histogram, Done]
    with pytest.raises(UsageError, match="before it begins"):
        request_of(lake, question("", since=DAY, until=DAY))


def test_sql_sees_the_events_of_the_range(lake: Lake) -> None:
    sql = 'WITH t AS (FROM events) SELECT "user.name" AS who, count(*) AS n FROM t GROUP BY 1'
    found = answers(lake, sql, sql=True, since=DAY + timedelta(days=1), limit=1)
    assert isinstance(found[0], Rows)
    assert found[0].columns == ["who", "n"]
    assert isinstance(found[-1], Done)
    assert found[-1].more


HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM events JOIN 'a.csv' USING (source)",
    "FROM '/etc/passwd'",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('events')",
    "WITH events2 AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM events2",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM main.sqlite_master",
    "SELECT * FROM (WITH sqlite_master AS (SELECT 1) SELECT 1) a, sqlite_master",
    "SELECT * FROM (WITH PG_Settings AS (SELECT 1) SELECT 1) a, pg_settings",
    "SELECT getenv('HOME')",
    "SELECT current_setting('allowed_paths')",
    "SHOW TABLES",
    "COPY (SELECT 1) TO '/tmp/shangdun-hostile.csv'",
    "COPY events TO '/tmp/shangdun-hostile.parquet'",
    "EXPORT DATABASE '/tmp/shangdun-hostile'",
    "ATTACH '/tmp/shangdun-hostile.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM 'https://127.0.0.1/a.parquet'",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "PRAGMA enable_external_access",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "CREATE TABLE t AS SELECT 1",
    "CREATE FUNCTION f() AS 1",
    "DROP VIEW events",
    "INSERT INTO events SELECT * FROM events",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY (SELECT 1) TO '/tmp/shangdun-hostile.csv'",
    "EXPLAIN SELECT 1",
    "PREPARE p AS SELECT 1",
    "PIVOT events ON source",
    "",
    "SELECT",
]


@pytest.fixture(scope="module")
def engine(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    paths = [str(lake.events.path.resolve() / file.path) for file in lake.files()]
    with engine_over(paths, Limits(memory="200MB", seconds=60)) as engine:
        yield engine


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_statement_that_is_no_plain_select_is_refused(
    engine: duckdb.DuckDBPyConnection, statement: str
) -> None:
    """The first wall: the judge of statements."""
    with pytest.raises(UsageError) as caught:
        check_statement(engine, statement)
    assert caught.value.code == "query.sql"


@pytest.mark.parametrize(
    "statement",
    [
        text
        for text in HOSTILE
        if any(
            word in text for word in ("/etc", "/proc", "/tmp", "s3:", "https:", "httpfs", "SET ")
        )
    ],
)
def test_the_engine_below_refuses_it_too(engine: duckdb.DuckDBPyConnection, statement: str) -> None:
    """The second wall, by itself: no path, no network, no extension, no setting."""
    found = []
    with pytest.raises(duckdb.Error):
        found = engine.execute(statement).fetchall()
    assert not found
    assert not list(Path("/tmp").glob("shangdun-hostile*"))


def test_a_refused_statement_comes_back_in_words(lake: Lake) -> None:
    with pytest.raises(UsageError, match="only events") as caught:
        answers(lake, "SELECT * FROM '/etc/passwd'", sql=True)
    assert "one SELECT" in caught.value.fix
    with pytest.raises(UsageError, match="Binder Error"):
        answers(lake, "SELECT nothing FROM events", sql=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
        "SELECT count(*) FROM generate_series(1, 1000000000000)",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "SELECT list(range) FROM range(1000000000)",
        "SELECT repeat(repeat('ab', 10000), 100000) FROM range(100)",
        "SELECT max(regexp_matches(repeat('a', 9999 + range), '(a*)*x+b')) FROM range(999999)",
    ],
)
def test_sql_cannot_run_away(lake: Lake, statement: str) -> None:
    began = time.monotonic()
    with pytest.raises(ShangdunError) as caught:
        answers(lake, statement, sql=True, seconds=1.0, memory_mb=200)
    assert isinstance(caught.value, StoreError)
    assert caught.value.code in {"query.timeout", "query.memory", "query.limits"}
    assert time.monotonic() - began < 8


def test_the_process_has_no_environment(lake: Lake, tmp_path: Path) -> None:
    os.environ["SHANGDUN_TEST_SECRET"] = "hush"
    try:
        endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
        start(tmp_path / "run", request_of(lake, question(endless, sql=True)))
        assert wait_for(tmp_path / "run", lambda: bool(children_of(tmp_path / "run")))
        for process in children_of(tmp_path / "run"):
            assert b"hush" not in (process / "environ").read_bytes()
    finally:
        del os.environ["SHANGDUN_TEST_SECRET"]
        cancel(tmp_path / "run")
    assert wait_for(tmp_path / "run", lambda: not children_of(tmp_path / "run"))


def children_of(folder: Path) -> list[Path]:
    """The search processes that work over a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in line and b"query.child" in line:
            found.append(process)
    return found


def wait_for(folder: Path, holds: object, seconds: float = 10.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        updates_in(folder)
        if holds():  # type: ignore[operator]  # a question without arguments
            return True
        time.sleep(0.05)
    return False


def ended(folder: Path) -> Iterator[Update]:
    return (u for u in updates_in(folder) if isinstance(u, Done | Failed))


def test_a_search_apart_is_read_from_its_folder_and_can_be_cancelled(
    lake: Lake, tmp_path: Path
) -> None:
    start(tmp_path / "a", request_of(lake, question("user:mei", limit=5)))
    assert wait_for(tmp_path / "a", lambda: list(ended(tmp_path / "a")))
    first = updates_in(tmp_path / "a")[0]
    assert isinstance(first, Rows)
    assert len(first.rows) == 5
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    start(tmp_path / "b", request_of(lake, question(endless, sql=True)))
    time.sleep(0.5)
    cancel(tmp_path / "b")
    assert wait_for(tmp_path / "b", lambda: list(ended(tmp_path / "b")))
    last = updates_in(tmp_path / "b")[-1]
    assert isinstance(last, Done)
    assert last.cancelled


def test_a_process_that_died_is_said_to_have_died(lake: Lake, tmp_path: Path) -> None:
    del lake
    (tmp_path / "updates.ndjson").touch()
    (tmp_path / "alive").touch()
    assert updates_in(tmp_path) == []
    os.utime(tmp_path / "alive", (1, 1))
    assert isinstance(updates_in(tmp_path)[-1], Failed)


def test_exports(lake: Lake, tmp_path: Path) -> None:
    columns = ["time", "user.name"]
    for form in ("csv", "ndjson", "parquet"):
        path = tmp_path / f"events.{form}"
        export = Export(str(path), form, most=600)
        found = answers(lake, "", export=export, columns=columns)
        last = next(part for part in reversed(found) if isinstance(part, Exported))
        assert (last.rows, last.more) == (600, True)
    cells = list(csv.reader((tmp_path / "events.csv").read_text("utf-8-sig").splitlines()))
    assert cells[0] == columns
    assert sum(row[1] == f"'{FORMULA}" for row in cells) == 1
    assert len(cells) == 601
    lines = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text().splitlines()]
    assert sum(line.get("user.name") == FORMULA for line in lines) == 1
    assert pl.read_parquet(tmp_path / "events.parquet").shape == (600, 2)
    counted = Export(str(tmp_path / "sql.csv"), "csv")
    answers(lake, "SELECT count(*) AS n FROM events", sql=True, export=counted)
    assert (tmp_path / "sql.csv").read_text("utf-8-sig").split() == ["n", "1000"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_a_cell_is_no_formula(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(value) for value in ("a=1", "", 5, -5, None)] == ["a=1", "", 5, -5, None]


def test_times_as_people_type_them() -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    zone = ZoneInfo("Asia/Shanghai")
    expected = {
        "-24h": now - timedelta(days=1),
        "now-15m": now - timedelta(minutes=15),
        "-2d": now - timedelta(days=2),
        "now": now,
        "today": datetime(2026, 3, 3, 16, tzinfo=UTC),
        "yesterday": datetime(2026, 3, 2, 16, tzinfo=UTC),
        "2026-03-04": datetime(2026, 3, 3, 16, tzinfo=UTC),
        "2026-03-04T10:00+00:00": datetime(2026, 3, 4, 10, tzinfo=UTC),
    }
    assert {text: moment_of(text, now=now, zone=zone) for text in expected} == expected
    for text in ("soon", "-5", "2026-13-01", "-999999w"):
        with pytest.raises(UsageError, match="is no time"):
            moment_of(text, now=now)
