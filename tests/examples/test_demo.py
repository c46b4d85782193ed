"""The demo as the supervisor runs it: it lives, it stops, and it never outlives its parent."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.examples.shop_process import PYTHON, SHOP, free_port, running_demo
from tests.guard.shangdun_server import KEY, SOURCE, TOKEN, State, shangdun

pytestmark = pytest.mark.slow


def closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def eventually(true: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_visitors_come_before_the_shop_is_built_and_then_use_it(home: Path) -> None:
    with running_demo(home, speed=4) as demo:
        replayed = demo.access_log.read_bytes().count(b"\n")
        labels = demo.folder / "labels.jsonl"
        assert replayed > 100, "the replay begins at once"
        assert eventually(lambda: '"replayed": false' in labels.read_text("utf-8"), 90)
        assert eventually(lambda: '"attack"' in labels.read_text("utf-8"), 30)
    assert demo.process.returncode == 0
    assert closed(demo.port)
    for name in ("access.log", "shop-events.jsonl", "labels.jsonl"):
        assert (demo.folder / name).read_bytes().endswith(b"\n")
    rows = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    assert {row["kind"] for row in rows} == {"honest", "attack"}


def test_a_killed_parent_takes_the_demo_and_the_shop_with_it(home: Path) -> None:
    port = free_port()
    command = [str(PYTHON), str(SHOP / "demo.py"), "--home", str(home), "--port", str(port)]
    starter = f"import subprocess; subprocess.run({command!r})"
    parent = subprocess.Popen([sys.executable, "-c", starter])
    try:
        assert eventually(lambda: not closed(port), 30), "a second start finds its database"
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    log = home / "demo" / "access.log"
    assert eventually(lambda: closed(port), 15)
    size = log.stat().st_size
    time.sleep(1)
    assert log.stat().st_size == size


def test_behind_the_guard_attackers_are_turned_away_and_shoppers_pass(home: Path) -> None:
    with shangdun() as (url, state):
        told = {"url": url, "key": KEY, "source": SOURCE, "token": TOKEN}
        (home / "demo" / "guard.json").write_text(json.dumps(told))
        before = len((home / "demo" / "labels.jsonl").read_text("utf-8").splitlines())
        state.decide("everybody", "challenge", "range", "0.0.0.0/1")
        state.decide("everybody else", "challenge", "range", "128.0.0.0/1")
        with running_demo(home, seed=11, speed=4) as demo:
            assert eventually(lambda: {"block", "passed"} <= actions(state), 90)
            assert eventually(lambda: shoppers_at_the_shop(demo.folder, before), 60)
        blocked = {event["src_endpoint"]["ip"] for event in told_of(state, "block")}
        passed = {event["src_endpoint"]["ip"] for event in told_of(state, "passed")}
    assert all(address.startswith("192.0.2.") for address in blocked)
    assert not blocked & passed
    assert {event["shangdun_guard"]["how"] for event in told_of(state, "passed")} == {"script"}


def told_of(state: State, action: str) -> list[dict[str, Any]]:
    return [event for event in state.events if event["shangdun_guard"]["action"] == action]


def actions(state: State) -> set[str]:
    return {event["shangdun_guard"]["action"] for event in state.events}


def shoppers_at_the_shop(folder: Path, before: int) -> bool:
    """Has an honest visitor ended her visit to the real shop, challenged as all are?"""
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    return any(
        row["kind"] == "honest" and not row["replayed"] and row["finished"] and row["requests"] > 3
        for row in rows[before:]
    )
