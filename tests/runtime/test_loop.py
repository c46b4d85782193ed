from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from live import (
    KEYS,
    CountingDetector,
    SqliteSink,
    expected_findings,
    lake_frame,
    lake_numbers,
    line,
    make_watch,
    run_rounds,
)

from shangdun.detect.correlation.state import Figures
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import FixedClock, from_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.block import Parsed
from shangdun.lake.health import read_health
from shangdun.lake.store import Lake
from shangdun.runtime.loop import Bounds
from shangdun.runtime.pipeline import Pipeline

NOW = from_millis(1_770_100_000_000)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def write(log: Path, first: int, last: int) -> None:
    with log.open("ab") as file:
        file.writelines(line(number) for number in range(first, last))


def findings(home: Path) -> list[str]:
    return SqliteSink(home / "findings.sqlite3").findings()


def test_lines_become_events_and_findings(home: Path, log: Path) -> None:
    write(log, 0, 500)
    watch = make_watch(home, log)
    watch.recover()
    run_rounds(watch)
    write(log, 500, 900)
    run_rounds(watch)
    assert lake_numbers(home) == list(range(900))
    assert findings(home) == expected_findings(900)


@pytest.mark.parametrize("commit_first", [True, False])
def test_a_restart_goes_on_where_the_last_run_stopped(
    home: Path, log: Path, *, commit_first: bool
) -> None:
    for start in range(0, 600, 100):
        write(log, start, start + 100)
        watch = make_watch(home, log, bounds=Bounds(commit_seconds=0 if commit_first else 3600))
        watch.recover()
        watch.step()
        watch.step()
    watch = make_watch(home, log)
    watch.recover()
    run_rounds(watch)
    assert lake_numbers(home) == list(range(600))
    assert findings(home) == expected_findings(600)


def test_what_was_read_survives_the_file(home: Path, log: Path) -> None:
    """The log is deleted between the crash and the restart."""
    write(log, 0, 300)
    watch = make_watch(home, log, bounds=Bounds(commit_seconds=3600))
    watch.recover()
    watch.step()
    log.unlink()
    write(log, 300, 310)
    watch = make_watch(home, log)
    watch.recover()
    run_rounds(watch)
    assert lake_numbers(home) == list(range(310))
    assert findings(home) == expected_findings(310)


class Failing:
    """Passes calls on, except that the next ``failures`` calls of one method raise."""

    def __init__(self, real: object, method: str, failures: int) -> None:
        self.real, self.method, self.failures = real, method, failures

    def __getattr__(self, name: str) -> object:
        if name == self.method and self.failures > 0:
            self.failures -= 1
            return self._fail
        return getattr(self.real, name)

    def _fail(self, *args: object, **kwargs: object) -> None:
        raise StoreError("the disk is full", code="store.disk_full")


@pytest.mark.parametrize("method", ["append", "bury", "committed"])
def test_a_lake_that_fails_is_tried_again(
    home: Path, log: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangdun.runtime.loop.RETRY_SECONDS", 0.05)
    write(log, 0, 100)
    with log.open("ab") as file:
        file.write(b"not json\n")
    lake = Failing(Lake(home / "lake"), method, 3)
    stop = threading.Event()
    watch = make_watch(home, log, lake=lake)
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 10
    while Lake(home / "lake").committed("watch") == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert lake.failures == 0
    assert lake_numbers(home) == list(range(100))
    assert sum(file.rows for file in Lake(home / "lake").dead_letters.files()) == 1


def test_records_that_are_locked_lose_and_double_nothing(
    home: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangdun.runtime.loop.RETRY_SECONDS", 0.05)
    watch = make_watch(home, log)
    watch.recover()
    locker = sqlite3.connect(home / "findings.sqlite3", isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    for start in range(0, 300, 50):
        write(log, start, start + 50)
        watch.step()
    assert Lake(home / "lake").committed("watch") == 0
    health = read_health(home)
    watch._beat()
    health = read_health(home)
    assert health is not None
    assert health.state == "waiting"
    assert "locked" in health.error
    locker.execute("ROLLBACK")
    time.sleep(0.1)
    run_rounds(watch)
    assert lake_numbers(home) == list(range(300))
    assert findings(home) == expected_findings(300)


def test_reading_waits_when_too_much_is_pending(home: Path, log: Path) -> None:
    bounds = Bounds(commit_seconds=3600, rows=100, batch_bytes=4000)
    lake = Failing(Lake(home / "lake"), "append", 10**9)
    watch = make_watch(home, log, bounds=bounds, lake=lake)
    watch.recover()
    write(log, 0, 9000)
    for _ in range(50):
        watch.step()
    assert watch._buffer.rows < 100 * 2 + (64 << 10) / len(line(0))  # the least that is read
    lake.failures = 0
    watch._retry_at.clear()
    run_rounds(watch)
    assert lake_numbers(home) == list(range(9000))


def test_a_journal_that_cannot_be_written_stops_reading_only(
    home: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, 0, 50)
    watch = make_watch(home, log)
    watch.recover()
    watch._journal = Failing(watch._journal, "append", 1)  # type: ignore[assignment]
    assert watch.step() == 0
    assert watch.commit()
    restarted = make_watch(home, log)
    restarted.recover()
    run_rounds(restarted)
    assert lake_numbers(home) == list(range(50))


def test_a_clock_that_jumps_back_breaks_nothing(home: Path, log: Path) -> None:
    clock = FixedClock(NOW)
    watch = make_watch(home, log, clock=clock)
    watch.recover()
    for start in range(0, 400, 100):
        write(log, start, start + 100)
        watch.step()
        watch.commit()
        clock.move(timedelta(days=-400))
    run_rounds(watch)
    assert lake_numbers(home) == list(range(400))
    assert findings(home) == expected_findings(400)


class Explosive(CountingDetector):
    def process(self, *args: object, **kwargs: object) -> list:  # type: ignore[override]
        raise RuntimeError("a rule's bug")


def test_a_detector_that_fails_costs_no_event(home: Path, log: Path) -> None:
    write(log, 0, 20)
    watch = make_watch(home, log, pipeline=Pipeline(Explosive))
    watch.recover()
    run_rounds(watch)
    watch._beat()
    assert lake_numbers(home) == list(range(20))
    health = read_health(home)
    assert health is not None
    assert health.sources[0].events == 20


def test_a_parser_that_fails_makes_dead_letters(home: Path, log: Path) -> None:
    def broken(name: str, clock: object, zone: object) -> object:
        raise RuntimeError("a parser's bug")

    write(log, 0, 20)
    pipeline = Pipeline(CountingDetector, make_parser=broken)  # type: ignore[arg-type]
    watch = make_watch(home, log, pipeline=pipeline)
    watch.recover()
    run_rounds(watch)
    (file,) = Lake(home / "lake").dead_letters.files()
    assert file.rows == 20


class Forgetful(CountingDetector):
    def restore(self, state: bytes) -> None:
        raise ValueError("written by another version")


def test_a_memory_that_cannot_be_read_does_not_stop_the_watch(home: Path, log: Path) -> None:
    write(log, 0, 50)
    first = make_watch(home, log)
    first.recover()
    run_rounds(first)
    write(log, 50, 60)
    second = make_watch(home, log, pipeline=Pipeline(Forgetful))
    second.recover()
    run_rounds(second)
    assert lake_numbers(home) == list(range(60))


def test_journal_and_snapshots_do_not_grow(home: Path, log: Path) -> None:
    watch = make_watch(home, log)
    watch.recover()
    for start in range(0, 500, 20):
        write(log, start, start + 20)
        watch.step()
        watch.commit()
    # those of the last commit and of the one before, should the last memory be damaged
    assert len(list((home / "watch" / "journal").iterdir())) == 1
    assert len(list((home / "watch").glob("state-*"))) == 2


@pytest.mark.parametrize("harm", ["torn", "flipped", "gone"])
def test_a_damaged_memory_costs_nothing(home: Path, log: Path, harm: str) -> None:
    """The windows go on from the snapshot before, over the batches that the journal still has."""
    watch = make_watch(home, log)
    watch.recover()
    for start in range(0, 300, 50):
        write(log, start, start + 50)
        watch.step()
        watch.commit()
    newest = max((home / "watch").glob("state-*"))
    data = newest.read_bytes()
    if harm == "gone":
        newest.unlink()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        newest.write_bytes(data[:middle] if harm == "torn" else flipped)
    write(log, 300, 600)
    again = make_watch(home, log)
    again.recover()
    run_rounds(again)
    assert lake_numbers(home) == list(range(600))
    assert findings(home) == expected_findings(600)


class Touchy(CountingDetector):
    """Fails at two events, after it has counted what stands before them."""

    def process(self, parsed: Parsed, **kwargs: str) -> list[Finding]:  # type: ignore[override]
        numbers = parsed.events["n"].to_list()
        bad = next((n for n, number in enumerate(numbers) if number in {123, 321}), None)
        if bad is None:
            return super().process(parsed, **kwargs)
        if bad:
            super().process(replace(parsed, events=parsed.events[:bad]), **kwargs)
        raise RuntimeError("a rule's bug")


def test_an_event_that_detection_fails_at_costs_only_itself(home: Path, log: Path) -> None:
    write(log, 0, 500)
    watch = make_watch(home, log, pipeline=Pipeline(Touchy))
    watch.recover()
    watch.step()
    watch._intake.inspect()
    watch._beat()
    health = read_health(home)
    assert health is not None
    assert "detection failed for 2 events (line 124, 322): a rule's bug" in health.sources[0].error
    run_rounds(watch)
    assert lake_numbers(home) == list(range(500))
    lost = Counter(number % KEYS for number in (123, 321))
    detector = watch._pipeline.detector
    assert isinstance(detector, Touchy)
    assert detector.counts == Counter(number % KEYS for number in range(500)) - lost
    assert {name for name in expected_findings(500) if name.startswith("line")} <= set(
        findings(home)
    )


def test_hostile_bytes_reach_the_lake_or_the_dead_letters(home: Path, log: Path) -> None:
    log.write_bytes(b"\xff\xfe\x00\n" + b"[" * 1000 + b"\n" + line(1) + b'{"n":2,"time":1}\n')
    watch = make_watch(home, log, clock=FixedClock(NOW))
    watch.recover()
    run_rounds(watch)
    assert lake_numbers(home) == [1, 2]
    assert lake_frame(home)["metadata.logged_time"].unique().to_list() == [
        int(NOW.timestamp() * 1000)
    ]
    assert sum(file.rows for file in Lake(home / "lake").dead_letters.files()) == 2


class Cramped(CountingDetector):
    """Gives up every event, and remembers how many they were."""

    def figures(self) -> Figures:
        given_up = sum(self.counts.values())
        return Figures(evicted_groups=1, evicted_events=given_up, late_events=2 * given_up)


def test_what_correlations_give_up_is_told_for_this_run_alone(home: Path, log: Path) -> None:
    for start, end in ((0, 50), (50, 60)):
        write(log, start, end)
        watch = make_watch(home, log, pipeline=Pipeline(Cramped))
        watch.recover()
        run_rounds(watch)
        watch._beat()
        health = read_health(home)
        assert health is not None
        assert (health.evicted_events, health.late_events) == (end - start, 2 * (end - start))
