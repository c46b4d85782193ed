"""Rules change while events come: windows go on, nothing breaks, nothing is lost by a kill."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live import lake_numbers, run_rounds
from live_rules import COUNT, COUNTED, EVENT, EVERY, EVERY_LINE, CountSink, Live, RulesFile

from shangdun.detect.rule_cache import default_cache_dir
from shangdun.lake.health import read_health
from shangdun.runtime import reload as reloading

KEYS = 5
BASE = 1_770_000_000_000


def lines(start: int, stop: int) -> bytes:
    template = b'{"n":%d,"key":"k%d","time":%d}\n'
    return b"".join(template % (n, n % KEYS, BASE + n * 10) for n in range(start, stop))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "LOOK_SECONDS", 0.0)


@pytest.fixture
def rules(home: Path) -> RulesFile:
    file = RulesFile(home)
    file.write(1, EVENT, COUNT % 8)
    return file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.touch()
    return path


def append(log: Path, data: bytes) -> None:
    with log.open("ab") as file:
        file.write(data)


def tend_until(live: Live, holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        live.watch.step()
        live.tend()
        time.sleep(0.01)


def beat(live: Live, home: Path) -> None:
    live.pulse.trouble("", "")  # so that the next beat writes
    live.watch._beat()
    assert read_health(home)


def test_a_window_half_filled_before_fires_after(home: Path, log: Path, rules: RulesFile) -> None:
    live = Live(home, log)
    live.watch.recover()
    append(log, lines(0, KEYS * 5))  # five of the eight that each key needs
    run_rounds(live.watch)
    assert live.sink.counted(COUNTED) == []

    before = live.pipeline.rules
    rules.write(2, EVENT, COUNT % 8, EVERY_LINE)
    tend_until(live, lambda: live.pipeline.rules != before)
    append(log, lines(KEYS * 5, KEYS * 8))
    run_rounds(live.watch)
    assert [count for _, count, _ in live.sink.counted(COUNTED)] == [8] * KEYS
    assert sum(count for _, count, _ in live.sink.counted(EVERY)) == KEYS * 3
    beat(live, home)
    health = read_health(home)
    assert health
    assert (health.rules, health.rules_problem) == (3, "")
    assert health.rules_since > 0


def test_a_changed_rule_begins_anew_and_says_nothing_of_what_it_had(
    home: Path, log: Path, rules: RulesFile
) -> None:
    live = Live(home, log)
    live.watch.recover()
    append(log, lines(0, KEYS * 5))
    run_rounds(live.watch)
    before = live.pipeline.rules
    rules.write(2, EVENT, COUNT % 6)
    tend_until(live, lambda: live.pipeline.rules != before)
    append(log, lines(KEYS * 5, KEYS * 8))
    run_rounds(live.watch)
    assert live.sink.counted(COUNTED) == []
    assert live.pulse.health.late_events == 0
    assert live.pulse.health.evicted_events == 0


def test_a_broken_document_is_named_and_the_rest_goes_on(
    home: Path, log: Path, rules: RulesFile
) -> None:
    live = Live(home, log)
    live.watch.recover()
    before = live.pipeline.rules
    rules.write(2, EVENT, COUNT % 8, "title: Broken\ndetection: [\n")
    tend_until(live, lambda: live.pipeline.rules != before)
    append(log, lines(0, KEYS * 8))
    run_rounds(live.watch)
    assert [count for _, count, _ in live.sink.counted(COUNTED)] == [8] * KEYS
    beat(live, home)
    health = read_health(home)
    assert health
    assert [error.partition(":")[0] for error in health.rule_errors] == ["stored"]
    assert "Broken" in health.rule_errors[0]


def test_a_file_put_back_from_before_is_a_change(tmp_path: Path) -> None:
    changed, beside = tmp_path / "changed.yml", tmp_path / "beside.yml"
    changed.write_text("title: now")
    beside.write_text("title: beside")
    os.utime(changed, (2_000, 2_000))
    os.utime(beside, (3_000, 3_000))
    stamp = reloading._stamp_of([str(tmp_path)])
    assert reloading._stamp_of([str(tmp_path)]) == stamp
    os.utime(changed, (1_000, 1_000))
    assert reloading._stamp_of([str(tmp_path)]) != stamp


def test_rules_that_cannot_be_compiled_leave_those_of_before(
    home: Path, log: Path, rules: RulesFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(home, log)
    live.watch.recover()
    append(log, lines(0, KEYS * 5))
    run_rounds(live.watch)
    before = live.pipeline.rules
    monkeypatch.setattr(sys, "executable", "/bin/false")  # as if it ran out of memory
    rules.write(2, EVENT, COUNT % 3)
    tend_until(live, lambda: live.pulse.health.rules_problem != "")
    assert "cannot be compiled" in live.pulse.health.rules_problem
    assert live.pipeline.rules == before
    append(log, lines(KEYS * 5, KEYS * 8))
    run_rounds(live.watch)
    assert [count for _, count, _ in live.sink.counted(COUNTED)] == [8] * KEYS

    monkeypatch.undo()
    monkeypatch.setattr(reloading, "LOOK_SECONDS", 0.0)
    monkeypatch.setenv("SHANGDUN_HOME", str(home))
    rules.write(3, EVENT, COUNT % 8, EVERY_LINE)
    tend_until(live, lambda: live.pipeline.rules != before)
    assert live.pulse.health.rules_problem == ""


def test_lines_journaled_under_the_rules_of_before_meet_them_again(
    home: Path, log: Path, rules: RulesFile
) -> None:
    first = Live(home, log)
    first.watch.recover()
    append(log, lines(0, KEYS * 5))
    first.watch.step()  # processed, in the journal and, as in a kill, not committed
    first.watch._journal.close()
    rules.write(2, EVENT, COUNT % 5, EVERY_LINE)

    second = Live(home, log)
    wanted = second.reload._key
    second.watch.recover()
    assert second.pipeline.rules == first.pipeline.rules
    tend_until(second, lambda: second.pipeline.rules == wanted)
    append(log, lines(KEYS * 5, KEYS * 6))
    run_rounds(second.watch)
    assert second.sink.counted(COUNTED) == []  # the count changed, so it begins anew
    assert sum(count for _, count, _ in second.sink.counted(EVERY)) == KEYS


def test_without_the_cache_a_restart_goes_on_with_the_new_rules(
    home: Path, log: Path, rules: RulesFile
) -> None:
    first = Live(home, log)
    first.watch.recover()
    append(log, lines(0, KEYS * 5))
    run_rounds(first.watch)
    for path in default_cache_dir().iterdir():
        path.unlink()
    rules.write(2, EVENT, COUNT % 8, EVERY_LINE)
    second = Live(home, log)
    second.watch.recover()
    assert second.pipeline.rules == second.reload._key
    append(log, lines(KEYS * 5, KEYS * 8))
    run_rounds(second.watch)
    assert [count for _, count, _ in second.sink.counted(COUNTED)] == [8] * KEYS


def test_a_watch_waiting_for_its_lake_exchanges_later(
    home: Path, log: Path, rules: RulesFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(home, log)
    live.watch.recover()
    before = live.pipeline.rules
    rules.write(2, EVENT, COUNT % 8, EVERY_LINE)
    with monkeypatch.context() as patch:
        patch.setattr(live.watch, "commit", lambda: False)
        tend_until(live, lambda: live.reload._made is not None)
        live.tend()
        assert live.pipeline.rules == before
    tend_until(live, lambda: live.pipeline.rules != before)


@pytest.mark.slow
def test_kills_around_reloads_lose_and_double_nothing(
    home: Path, log: Path, rules: RulesFile
) -> None:
    total, generation = 0, 1
    moments = random.Random(20_260_305)
    script = Path(__file__).with_name("live_rules.py")
    with_every = EVERY_LINE
    for number in range(7):
        process = subprocess.Popen([sys.executable, script, home, log], stderr=subprocess.PIPE)
        for _ in range(12):
            append(log, lines(total, total + 400))
            total += 400
            time.sleep(0.05 + 0.2 * moments.random())
        deadline = time.monotonic() + 60
        while not lake_numbers(home):  # a slow machine: the rules of before must have seen a line
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.1)
        generation += 1
        # the counting rule stays, another changes, so that every generation is another set
        changed = with_every.replace("level: low", f"level: low\nstatus: test\nauthor: a{number}")
        rules.write(generation, EVENT, COUNT % 8, changed)
        for _ in range(moments.randrange(20)):
            append(log, lines(total, total + 400))
            total += 400
            time.sleep(0.1 * moments.random())
        process.kill()
        process.communicate()
    process = subprocess.Popen([sys.executable, script, home, log], stderr=subprocess.PIPE)
    sink = CountSink(home / "findings.sqlite3")
    deadline = time.monotonic() + 60
    while len(lake_numbers(home)) < total or not sink.counted(EVERY):
        assert time.monotonic() < deadline, "waited too long"
        if not sink.counted(EVERY):  # a slow machine was killed before each reload
            append(log, lines(total, total + 400))
            total += 400
        time.sleep(0.5)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors.decode()

    assert lake_numbers(home) == list(range(total))
    counted = sink.counted(COUNTED)
    assert len({uid for uid, _, _ in counted}) == len(counted)
    assert sum(count for _, count, _ in counted) == total, "the window was broken by a reload"
    every = sink.counted(EVERY)
    first = every[0][2]
    assert first > 1, "it was there before it was written"
    assert sum(count for _, count, _ in every) == total - first + 1, "a line met no rules, or two"
