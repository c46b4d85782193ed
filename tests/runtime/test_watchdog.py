"""The whole server: what hangs is started again, a finding says so, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.lake.health import read_health
from shangdun.lake.store import Lake
from shangdun.observe.state import Restarts, load, restarts_path
from shangdun.runtime.monitor.beat import beat_path

COMMAND = [sys.executable, "-m", "shangdun.cli"]
SYSTEM_RULES = Path(__file__).parents[2] / "src" / "shangdun" / "content" / "rules" / "system"
TOKEN = "a-token-of-more-than-twenty-letters"
KILLS = 3


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


class Server:
    """``shangdun up`` that calls a process hung after five seconds."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (home / "shangdun.toml").write_text(
            f'[[sources]]\nname = "pushed"\nformat = "json"\nhttp = true\ntoken = "{TOKEN}"\n'
            f'[web]\nbind = "127.0.0.1:{self.port}"\nworkers = 1\n'
            f'[detect]\nbuiltin = false\nrules = ["{SYSTEM_RULES}"]\n'
            "[lake]\ncommit_seconds = 0.5\n[monitor]\nhung_seconds = 5\n"
        )
        (home / "shangdun.toml").chmod(0o600)
        self.process = subprocess.Popen([*COMMAND, "up"], stdout=subprocess.DEVNULL)

    def pid(self, role: str) -> int:
        """The process that is it now; 0: none."""
        if role == "watch":
            health = read_health(self.home)
            now = to_millis(SystemClock().now())
            return health.pid if health and health.state == "running" and health.fresh(now) else 0
        if role == "jobs":
            path = beat_path(self.home, "jobs")
            fresh = path.exists() and time.time() - path.stat().st_mtime < 3
            return int(path.read_text().split()[0]) if fresh else 0
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for child in children.split():
            if b"web" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                return int(child) if self.answers() else 0
        return 0

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as page:
                return page.status == 200
        except OSError:
            return False

    def push(self, number: int) -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/ingest/pushed",
            data=b'{"n":%d}' % number,
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status == 202
        except OSError:
            return False

    def restarts(self) -> list[tuple[str, str]]:
        kept = load(restarts_path(self.home), Restarts).restarts
        return [(one.process, one.reason) for one in kept]

    def findings(self) -> list[str]:
        connection = sqlite3.connect(self.home / "records.sqlite3")
        try:
            rows = connection.execute("SELECT evidences FROM records_finding").fetchall()
        finally:
            connection.close()
        return [evidence["raw"] for (text,) in rows for evidence in json.loads(text)]

    def numbers(self) -> list[int]:
        done = subprocess.run(
            [*COMMAND, "search", "--json", "--limit", "2000", "source:pushed"],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        return sorted(
            number
            for line in done.stdout.splitlines()
            for number in [_number(json.loads(line))]
            if number is not None
        )

    def incidents(self) -> list[tuple[str, str, int]]:
        """Type, rule and number of findings of each."""
        connection = sqlite3.connect(self.home / "records.sqlite3")
        try:
            return connection.execute(
                "SELECT type, title, finding_count FROM records_incident ORDER BY number"
            ).fetchall()
        finally:
            connection.close()

    def add_probe(self, target: str) -> None:
        """As an administrator would on the page."""
        code = (
            "import sys; from shangdun.records import boot; boot.start(); "
            "from shangdun.actions.change_probe import do_add_probe; "
            "from shangdun.observe.probe import Probe, ProbeKind; "
            "from shangdun.records.actor import SETUP; "
            "do_add_probe(SETUP, Probe(uid=0, name='till', kind=ProbeKind.TCP, target=sys.argv[1],"
            " interval=5, timeout=2, retries=0))"
        )
        subprocess.run([sys.executable, "-c", code, target], check=True)


def _number(event: dict) -> int | None:
    found = event.get("n")
    if found is None and event.get("unmapped"):
        found = json.loads(event["unmapped"]).get("n")
    return found


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    server = Server(home)
    wait_until(lambda: all(server.pid(role) for role in ("web", "watch", "jobs")))
    yield server
    server.process.send_signal(signal.SIGTERM)
    try:
        server.process.wait(30)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


@pytest.mark.slow
def test_a_watch_that_hangs_is_started_again_and_a_finding_says_why(server: Server) -> None:
    first = server.pid("watch")
    os.kill(first, signal.SIGSTOP)
    wait_until(lambda: server.pid("watch") not in {0, first})
    assert server.restarts() == [("watch", "it gave no sign of life for 5 s")]
    wait_until(lambda: any("process watch was restarted" in raw for raw in server.findings()))


@pytest.mark.slow
def test_an_outage_of_the_shop_becomes_an_incident_in_which_its_end_is_noted(
    server: Server,
) -> None:
    with socket.socket() as till:
        till.bind(("127.0.0.1", 0))
        port = till.getsockname()[1]
        server.add_probe(f"127.0.0.1:{port}")
        wait_until(server.incidents)
        ((kind, _title, count),) = server.incidents()
        assert (kind, count) == ("system_failure", 1)
        assert any("till: Connection refused" in raw for raw in server.findings())
        till.listen()
        wait_until(lambda: server.incidents()[0][2] == 2)
    assert any("till answers again" in raw for raw in server.findings())
    assert len(server.incidents()) == 1


@pytest.mark.slow
def test_web_and_jobs_killed_again_and_again_lose_and_double_nothing(server: Server) -> None:
    moments = random.Random(4_711)
    taken: list[int] = []
    number = 0
    for turn in range(KILLS):
        role = "web" if turn % 2 == 0 else "jobs"
        wait_until(lambda role=role: server.pid(role))
        end = time.monotonic() + 0.5 + moments.random()
        while time.monotonic() < end:
            taken += [number] if server.push(number) else []
            number += 1
        os.kill(server.pid(role), signal.SIGKILL)
        time.sleep(0.1)
    wait_until(server.answers)
    wait_until(lambda: server.pid("jobs"))
    assert server.push(number)
    taken.append(number)
    assert len(taken) > 20
    rows = Lake(server.home / "lake")
    wait_until(lambda: sum(file.rows for file in rows.files()) >= len(taken))
    wait_until(lambda: set(taken) <= set(server.numbers()))
    stored = server.numbers()
    # one that was stored while its answer was lost is allowed: its sender would send it again
    assert len(stored) == len(set(stored))
    assert len(server.restarts()) == KILLS
