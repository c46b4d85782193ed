from __future__ import annotations

import gzip
import json
from datetime import UTC
from pathlib import Path

import pytest
from click.testing import CliRunner
from live import lake_numbers, line

from shangdun.cli.main import shangdun
from shangdun.kernel.errors import ParseError, StoreError
from shangdun.lake.store import Lake
from shangdun.runtime import ingest as module
from shangdun.runtime.ingest import Ingested, ingest

LINES = 4000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "old.log"
    path.write_bytes(b"".join(line(number) for number in range(LINES)))
    return path


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", 8192)
    monkeypatch.setattr(module, "BLOCKS_A_COMMIT", 2)


def test_a_file_is_stored_once(home: Path, log: Path) -> None:
    lake = Lake(home / "lake")
    assert ingest(lake, log, "json", zone=UTC) == Ingested(str(log), LINES, LINES)
    assert ingest(lake, log, "json", zone=UTC) == Ingested(str(log), LINES, 0, 0, LINES)
    assert lake_numbers(home) == list(range(LINES))


def test_the_same_log_packed_and_renamed_is_the_same_log(home: Path, log: Path) -> None:
    lake = Lake(home / "lake")
    ingest(lake, log, "json", zone=UTC)
    packed = log.with_name("old.log.1.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert ingest(lake, packed, "json", zone=UTC).known == LINES
    assert lake_numbers(home) == list(range(LINES))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("survives", [0, 1, 4])
@pytest.mark.parametrize("step", ["bury", "append"])
def test_a_killed_run_goes_on(
    home: Path, log: Path, monkeypatch: pytest.MonkeyPatch, survives: int, step: str
) -> None:
    with log.open("ab") as file:
        file.write(b"neither\n" + line(LINES))
    lake = Lake(home / "lake")
    real = getattr(lake, step)
    calls = 0

    def dies(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls > survives:
            raise StoreError("killed")
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(lake, step, dies)
        try:
            ingest(lake, log, "json", zone=UTC)
        except StoreError:
            assert step == "append" or survives == 0
    done = ingest(lake, log, "json", zone=UTC)
    assert done.lines == LINES + 2
    assert lake_numbers(home) == list(range(LINES + 1))
    assert sum(file.rows for file in lake.dead_letters.files()) == 1


def test_progress_adds_up_to_the_file(home: Path, log: Path) -> None:
    told: list[int] = []
    ingest(Lake(home / "lake"), log, "json", zone=UTC, progress=told.append)
    assert sum(told) == log.stat().st_size


def test_a_file_that_is_not_there_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"none\.log"):
        ingest(Lake(home / "lake"), tmp_path / "none.log", "json", zone=UTC)


def test_the_command_tells_what_became_of_each_file(home: Path, log: Path) -> None:
    good, bad = log, log.with_name("missing.log")
    done = CliRunner().invoke(
        shangdun, ["ingest", str(bad), str(good), "--format", "json", "--json"]
    )
    assert done.exit_code == 1
    assert "missing.log" in done.stderr
    assert json.loads(done.stdout)["events"] == LINES


def test_what_was_ingested_is_found_and_dead_letters_are_shown(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    good = '203.0.113.7 - - [04/Mar/2026:10:00:00 +0800] "GET /a?q=1 HTTP/1.1" 200 5 "-" "curl"'
    log.write_text(f"{good}\n\x1b[31mno line of a log\n")
    run = CliRunner().invoke
    assert run(shangdun, ["ingest", str(log), "--format", "combined"]).exit_code == 0

    found = run(shangdun, ["search", "src_endpoint.ip:203.0.113.7", "--from", "2026-03-04"])
    assert found.output == f"2026-03-04T10:00:00.000+08:00  access.log  {good}\n"
    as_json = run(shangdun, ["search", "src_endpoint.ip:203.0.113.7", "--json"])
    event = json.loads(as_json.output)
    assert (event["raw"], event["source_line"]) == (good, 1)
    assert run(shangdun, ["search", "src_endpoint.ip:1.1.1.1"]).exit_code == 1
    assert "a time" not in run(shangdun, ["search", "", "--from", "yesterday"]).output

    letters = run(shangdun, ["dead-letters", "list"])
    assert "access.log:2" in letters.output
    assert r"\x1b[31mno line" in letters.output
    assert json.loads(run(shangdun, ["dead-letters", "list", "--json"]).output)["source_line"] == 2
    again = run(shangdun, ["dead-letters", "replay"])
    assert again.output == "1 tried, 0 became events, 1 stay\n"
