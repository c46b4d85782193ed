"""The examples behind the servers that shops use, as processes on loopback."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.guard.shangdun_server import KEY, SOURCE, TOKEN

EXAMPLES = ROOT / "examples" / "guard"
_START = 60.0
COMMANDS = {
    "gunicorn": ["-m", "gunicorn", "-w", "2", "--preload", "--log-level", "error"],
    "uvicorn": ["-m", "uvicorn", "--log-level", "error"],
    "granian": ["-m", "granian", "--no-access-log", "--log-level", "error"],
}


@dataclass
class Shop:
    """A running example."""

    port: int
    process: subprocess.Popen[bytes]

    def ask(
        self, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """One request on a connection of its own: workers take turns."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, given)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(server: str, app: str, port: int) -> list[str]:
    """The server's command line for an application."""
    place = {
        "gunicorn": ["-b", f"127.0.0.1:{port}", app],
        "uvicorn": ["--port", str(port), app],
        "granian": ["--port", str(port), "--interface", "asgi", app],
    }
    return [sys.executable, *COMMANDS[server], *place[server]]


@contextmanager
def running(
    server: str, framework: str, app: str, folder: Path, url: str = "", **settings: str
) -> Iterator[Shop]:
    """The example of a framework behind a server, following ShangDun at ``url``."""
    port = free_port()
    guard = {"FOLDER": str(folder), "POLL_SECONDS": "0.1", "TRUSTED_PROXIES": "127.0.0.1"}
    if url:
        guard |= {"URL": url, "KEY": KEY, "SOURCE": SOURCE, "TOKEN": TOKEN}
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src" / "guard")}
    environ |= {f"SHANGDUN_GUARD_{name}": value for name, value in {**guard, **settings}.items()}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        command(server, app, port), cwd=EXAMPLES / framework, env=environ, start_new_session=True
    )
    shop = Shop(port, process)
    try:
        _await(shop)
        yield shop
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _await(shop: Shop) -> None:
    until = time.monotonic() + _START
    while True:
        assert shop.process.poll() is None, "the server stopped; its words stand above"
        try:
            shop.ask("GET", "/", accept="text/html")
        except OSError:
            assert time.monotonic() < until, "the server is not ready"
            time.sleep(0.1)
        else:
            return
