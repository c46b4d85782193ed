"""The whole server as a user starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.lake.health import Health, read_health

COMMAND = [sys.executable, "-m", "shangdun.cli"]
ATTACK = b'203.0.113.9 - - [%s] "GET /?id=1%%27%%20OR%%20marker-4711 HTTP/1.1" 200 5 "-" "x"\n'
RULE = """
title: Marker
id: 6f3c1d2e-0000-4000-8000-000000000002
logsource: {category: webserver}
detection:
  selection: {cs-uri|contains: marker-4711}
  condition: selection
level: high
"""


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def fresh_health(home: Path) -> Health | None:
    health = read_health(home)
    now = to_millis(SystemClock().now())
    return health if health and health.state == "running" and health.fresh(now) else None


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5) as page:
            return page.status == 200
    except OSError:
        return False


class Server:
    """``shangdun up`` on a home directory with one source."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home.parent / "access.log"
        self.log.touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        rules = home.parent / "rules"
        rules.mkdir()
        (rules / "marker.yml").write_text(RULE)
        (home / "shangdun.toml").write_text(
            f'[[sources]]\nname = "shop"\nformat = "combined"\npath = "{self.log}"\n'
            f'[web]\nbind = "127.0.0.1:{self.port}"\nworkers = 1\n'
            f'[detect]\nbuiltin = false\nrules = ["{rules}"]\n'
        )
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [*COMMAND, "up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        wait_until(lambda: fresh_health(self.home) and answers(self.port))
        return self.process

    def attack(self) -> None:
        stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()).encode()
        with self.log.open("ab") as file:
            file.write(ATTACK % stamp)

    def search(self, query: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [*COMMAND, "search", "--json", query], capture_output=True, check=False, text=True
        )
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    server = Server(home)
    yield server
    if server.process and server.process.poll() is None:
        server.process.kill()
        server.process.communicate()


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.slow
def test_a_server_from_its_start_to_its_end(server: Server) -> None:
    process = server.start()
    server.attack()
    wait_until(lambda: (health := fresh_health(server.home)) and health.findings == 1)
    wait_until(lambda: server.search("src_endpoint.ip:203.0.113.9"))

    second = subprocess.run([*COMMAND, "up"], capture_output=True, check=False, text=True)
    assert second.returncode == 1
    assert f"pid {process.pid}" in second.stderr

    health = fresh_health(server.home)
    assert health is not None
    os.kill(health.pid, signal.SIGKILL)
    wait_until(lambda: (now := fresh_health(server.home)) and now.pid != health.pid)
    assert len(server.search("src_endpoint.ip:203.0.113.9")) == 1

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "one-time password" in output
    assert f"watch (pid {health.pid}) ended with signal SIGKILL, starting it again" in output
    assert output.rstrip().endswith("everything taken in is stored")
    assert not answers(server.port)


@pytest.mark.slow
def test_a_killed_server_takes_its_processes_along_and_starts_again(server: Server) -> None:
    process = server.start()
    health = fresh_health(server.home)
    assert health is not None
    process.kill()
    wait_until(lambda: ended(health.pid) and not answers(server.port), seconds=20)
    process.communicate(timeout=30)
    again = server.start()
    server.attack()
    wait_until(lambda: (now := fresh_health(server.home)) and now.findings == 1)
    again.send_signal(signal.SIGINT)
    output, _ = again.communicate(timeout=30)
    assert again.returncode == 0
    assert "one-time password" not in output
