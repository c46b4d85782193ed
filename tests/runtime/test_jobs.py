from __future__ import annotations

import logging
from pathlib import Path

import pytest
from huey import SqliteHuey
from live import lake_numbers, line, make_watch

from shangdun.kernel.config import Config
from shangdun.kernel.errors import StoreError
from shangdun.lake.store import Lake
from shangdun.runtime import jobs as module
from shangdun.runtime.jobs import Jobs, schedule


def fill(home: Path, log: Path, commits: int) -> None:
    watch = make_watch(home, log)
    watch.recover()
    for number in range(commits):
        with log.open("ab") as file:
            file.write(line(number))
        watch.step()
        watch.commit()


def test_many_small_files_are_joined(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, tmp_path / "app.log", 12)
    jobs = Jobs(home, Config())
    jobs.compact_if_many()
    assert len(Lake(home / "lake").files()) == 12
    monkeypatch.setattr(module, "MANY_FILES", 10)
    jobs.compact_if_many()
    assert len(Lake(home / "lake").files()) == 1
    assert lake_numbers(home) == list(range(12))


def test_retention_is_that_of_the_configuration(home: Path, tmp_path: Path) -> None:
    fill(home, tmp_path / "app.log", 2)
    Jobs(home, Config()).retain()
    assert len(lake_numbers(home)) == 2


def test_every_job_is_scheduled_and_one_that_fails_stops_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Jobs):
        def __init__(self) -> None:
            pass

        def compact(self) -> None:
            raise StoreError("the disk is full")

        def compact_if_many(self) -> None:
            raise StoreError("the disk is full")

        def retain(self) -> None:
            raise StoreError("the disk is full")

        def checkpoint(self) -> None:
            raise StoreError("the disk is full")

    huey = SqliteHuey("test", filename=str(tmp_path / "jobs.sqlite3"), immediate=True)
    schedule(huey, Failing())
    tasks = huey._registry._registry
    assert len(tasks) == len(huey._registry._periodic_tasks) == 4
    with caplog.at_level(logging.ERROR):
        for task in huey._registry.periodic_tasks:
            task.execute()
    assert caplog.text.count("tried again at its next time") == 4
