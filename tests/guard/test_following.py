"""Decisions arrive, stay over restarts, and end; ShangDun may be slow, gone, or damaged on disk."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.guard.conftest import Clock, eventually
from tests.guard.shangdun_server import KEY, State
from tests.guard.test_guard import met

from shangdun_guard.client import Feed, Link
from shangdun_guard.config import read_config
from shangdun_guard.decisions import Decisions
from shangdun_guard.follower import Follower
from shangdun_guard.guard import Guard
from shangdun_guard.journal import NAME, Journal


def uids(guard: Guard) -> set[str]:
    return {one.uid for one in guard.decisions}


def journal_of(guard: Guard) -> Path:
    return guard.config.folder / guard.config.name / NAME


def test_a_decision_is_in_force_within_a_poll_and_undone_within_another(
    connected: Guard, server: tuple[str, State]
) -> None:
    met(connected)
    assert eventually(lambda: server[1].feeds)
    server[1].decide("a", "block", "address", "203.0.113.7")
    began = time.monotonic()
    assert eventually(lambda: met(connected) is not None)
    assert time.monotonic() - began < 1.0
    assert eventually(lambda: server[1].unchanged > 1), "nothing new is a 304"
    server[1].undo("a")
    assert eventually(lambda: met(connected) is None)
    assert connected.status()["head"] == 2


def test_a_shop_that_starts_without_shangdun_enforces_what_it_knew(
    settings_of: dict[str, Any], server: tuple[str, State]
) -> None:
    state = server[1]
    state.settings = {"contact": "400-100-100"}
    for n in range(2500):
        state.decide(f"{n}", "block", "address", f"198.51.{n // 250}.{n % 250}")
    first = Guard(read_config(settings_of, {}))
    first.start()
    assert eventually(lambda: len(first.decisions) == 2500)
    state.decide("later", "block", "address", "203.0.113.7")
    state.undo("3")
    assert eventually(lambda: "later" in uids(first))
    known = uids(first)
    assert eventually(lambda: first.connection._journal._head == 2502)  # type: ignore[union-attr]
    first.close()
    second = Guard(read_config({**settings_of, "url": "http://127.0.0.1:9"}, {}))
    assert uids(second) == known
    answer = met(second)
    assert answer
    assert "400-100-100" in answer.body.decode()
    assert eventually(lambda: second.status()["decisions_problem"])
    second.close()
    third = Guard(read_config(settings_of, {}))
    state.undo("later")
    third.start()
    assert eventually(lambda: "later" not in uids(third))
    third.close()


def test_after_a_restart_only_what_changed_is_asked_for(
    settings_of: dict[str, Any], server: tuple[str, State]
) -> None:
    server[1].decide("a", "block", "address", "203.0.113.7")
    first = Guard(read_config(settings_of, {}))
    first.start()
    assert eventually(lambda: journal_of(first).exists())
    first.close()
    second = Guard(read_config(settings_of, {}))
    assert second.status()["head"] == 1
    second.close()


DAMAGES = {
    "empty": lambda _: b"",
    "zeros": lambda data: b"\0" * len(data),
    "first line": lambda data: b"00000000" + data[8:],
    "text": lambda _: b"hello\nworld\n",
    "half": lambda data: data[: len(data) // 3],
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_left_aside_with_a_warning(
    settings_of: dict[str, Any],
    server: tuple[str, State],
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    server[1].decide("a", "block", "address", "203.0.113.7")
    first = Guard(read_config(settings_of, {}))
    first.start()
    assert eventually(lambda: journal_of(first).exists())
    first.close()
    path = journal_of(first)
    path.write_bytes(DAMAGES[name](path.read_bytes()))
    second = Guard(read_config(settings_of, {}))
    assert uids(second) == set()
    assert ("damaged" in caplog.text) == (name not in ("empty", "half", "zeros"))
    second.start()
    assert eventually(lambda: uids(second) == {"a"})
    second.close()


def test_a_damaged_change_is_asked_for_again(tmp_path: Path) -> None:
    journal, held = Journal(tmp_path), Decisions()
    assert journal.own()
    journal.note(Feed(1, True, [], [], {}), held)
    for n in (2, 3, 4):
        journal.note(Feed(n, False, [{"uid": str(n)}], [], {}), held)
    journal.close()
    lines = (tmp_path / NAME).read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"uid"', b'"uod"')
    (tmp_path / NAME).write_bytes(b"".join(lines))
    assert [feed.head for feed in Journal(tmp_path).load()] == [1, 2]


def test_changes_do_not_make_the_file_grow_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangdun_guard.journal.SMALLEST", 2000)
    journal, held = Journal(tmp_path), Decisions()
    assert journal.own()
    for n in range(1, 500):
        journal.note(Feed(n, n == 1, [], [str(n)], {}), held)
        assert (tmp_path / NAME).stat().st_size < 5000
    journal.close()
    assert Journal(tmp_path).load()[-1].head == 499


def test_of_several_processes_one_writes_the_file(tmp_path: Path) -> None:
    first, second = Journal(tmp_path), Journal(tmp_path)
    assert first.own()
    assert not second.own()
    first.close()
    assert second.own()
    second.close()


def test_a_change_of_many_rows_counts_only_as_a_whole(tmp_path: Path) -> None:
    journal, held = Journal(tmp_path), Decisions()
    assert journal.own()
    journal.note(Feed(1, True, [], [], {}), held)
    rows = [{"uid": str(n)} for n in range(2500)]
    journal.note(Feed(2, False, rows, [], {}), held)
    journal.close()
    data = (tmp_path / NAME).read_bytes()
    whole = Journal(tmp_path).load()
    assert (whole[-1].head, sum(len(feed.added) for feed in whole)) == (2, 2500)
    (tmp_path / NAME).write_bytes(data[:-100])
    assert Journal(tmp_path).load()[-1].head == 1


def test_decisions_end_by_themselves_while_shangdun_is_away(
    settings_of: dict[str, Any], server: tuple[str, State]
) -> None:
    server[1].decide("a", "block", "address", "203.0.113.7", until=time.time() + 1.0)
    guard = Guard(read_config(settings_of, {}))
    guard.start()
    assert eventually(lambda: met(guard) is not None)
    server[1].status = 503
    assert eventually(lambda: met(guard) is None, 3)
    guard.close()


class Silent:
    """A ShangDun that answers what it is told to."""

    def __init__(self) -> None:
        self.feeds: list[Feed] = []

    def feed(self, after: int, key: str, problem: str = "") -> Feed | None:
        return self.feeds.pop(0) if self.feeds else None

    def close(self) -> None:
        pass


def test_a_restored_shangdun_replaces_everything() -> None:
    decisions, link = Decisions(), Silent()
    follower = Follower(decisions, None, lambda _: None)
    row = {"uid": "a", "measure": "block", "kind": "address", "value": "8.8.8.8"}
    link.feeds = [Feed(9, True, [row], [], {}), Feed(3, True, [{**row, "uid": "b"}], [], {})]
    follower.step(link, "k")
    follower.step(link, "k")
    assert ([one.uid for one in decisions], follower.head) == (["b"], 3)


def test_further_changes_are_asked_for_at_once() -> None:
    link = Silent()
    follower = Follower(Decisions(), None, lambda _: None)
    link.feeds = [Feed(9, False, [], [], {}, more=True), Feed(12, False, [], [], {})]
    assert 0 < follower.step(link, "k") < 0.01
    assert follower.step(link, "k") == 0.0


def test_a_slow_shangdun_delays_no_request(
    settings_of: dict[str, Any], server: tuple[str, State]
) -> None:
    server[1].delay = 2.0
    guard = Guard(read_config(settings_of, {}))
    met(guard)
    slowest = 0.0
    for _ in range(200):
        began = time.monotonic()
        met(guard)
        guard.event("order.created", order={"uid": "1"})
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1.0, "no request waits for the two seconds that every answer takes"
    guard.close()


def test_an_answer_that_takes_long_is_waited_for_in_the_end(server: tuple[str, State]) -> None:
    server[1].delay = 0.5
    link = Link(server[0], timeout=0.1, agent="test")
    follower = Follower(Decisions(), None, lambda _: None)
    server[1].decide("a", "block", "address", "203.0.113.7")
    assert eventually(lambda: follower.step(link, KEY) == 0.0)
    assert follower.head == 1
    link.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_is_noticed_begun_again_and_told_of(
    connected: Guard, server: tuple[str, State], clock: Clock
) -> None:
    met(connected)
    background = connected.connection._background
    assert eventually(lambda: len(background._threads) == 3)
    victim = background._threads["shangdun-guard-decisions"]
    assert eventually(lambda: server[1].feeds > 0)
    kill = ctypes.pythonapi.PyThreadState_SetAsyncExc
    kill(ctypes.c_ulong(victim.ident or 0), ctypes.py_object(SystemExit))
    assert eventually(lambda: not victim.is_alive())
    server[1].decide("a", "block", "address", "203.0.113.7")
    assert eventually(lambda: met(connected) is not None), "a request begins it again"
    assert connected.status()["thread_deaths"] == 1
    connected.connection._told_at = float("-inf")
    assert eventually(
        lambda: any(
            event["shangdun_guard"].get("thread_deaths") == 1 for event in server[1].events
            if event["shangdun_guard"]["action"] == "notice"
        )
    )  # fmt: skip


def test_a_job_that_fails_goes_on_and_says_so_once(
    connected: Guard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connected.connection.follower, "step", lambda *_: 1 / 0)
    connected.start()
    assert eventually(lambda: connected.status()["thread_failures"] > 1)
    assert caplog.text.count("failed and goes on") == 1
    assert all(thread.is_alive() for thread in connected.connection._background._threads.values())


def test_a_forked_worker_follows_by_itself(connected: Guard, server: tuple[str, State]) -> None:
    met(connected)
    assert eventually(lambda: server[1].feeds)
    server[1].decide("a", "block", "address", "203.0.113.7")
    child = os.fork()
    if child == 0:
        good = eventually(lambda: met(connected) is not None, 5)
        good = good and connected.event("order.created", order={"uid": "from the child"})
        good = good and len(threading.enumerate()) >= 3
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert eventually(lambda: met(connected) is not None)
    assert eventually(lambda: any("from the child" in str(event) for event in server[1].events))


def test_a_disk_that_cannot_be_written_is_told_and_nothing_stops(
    settings_of: dict[str, Any], server: tuple[str, State], tmp_path: Path
) -> None:
    guard = Guard(read_config({**settings_of, "folder": str(tmp_path / "there")}, {}))
    journal = guard.connection._journal
    assert journal
    assert journal.own()
    journal._path = tmp_path / "missing" / NAME
    server[1].decide("a", "block", "address", "203.0.113.7")
    guard.start()
    assert eventually(lambda: met(guard) is not None)
    assert eventually(lambda: server[1].problems)
    guard.connection.follower.disk_problem = "磁盘已满"  # type: ignore[union-attr]
    assert eventually(lambda: "????" in server[1].problems)
    assert "not kept on disk" in server[1].problems[0]
    guard.close()
