"""The real shop or the whole demo as a process, for tests: free port, ready, stopped at the end."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import ROOT

SHOP = ROOT / "examples" / "shop"
PYTHON = SHOP / ".venv" / "bin" / "python"
_FIRST_START = 180.0  # seconds: database and catalogue are built, on a busy machine


@dataclass(frozen=True)
class RunningShop:
    """Where the shop answers and what it writes."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def access_log(self) -> Path:
        return self.folder / "access.log"

    @property
    def events(self) -> Path:
        return self.folder / "shop-events.jsonl"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("HEAD", "/static/oscar/favicon.ico")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def _running(script: str, folder: Path, *arguments: str, port: int = 0) -> Iterator[RunningShop]:
    if not PYTHON.exists():
        pytest.skip("needs the demo shop's environment in examples/shop/.venv (`make setup`)")
    port = port or free_port()
    command = [str(PYTHON), str(SHOP / script), "--port", str(port), *arguments]
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + _FIRST_START
        while not _answers(port):
            assert process.poll() is None, f"{script} stopped; its words stand above"
            assert time.monotonic() < until, f"{script} is not ready after {_FIRST_START:.0f} s"
            time.sleep(0.2)
        yield RunningShop(port, folder, process)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def running_shop(folder: Path) -> Iterator[RunningShop]:
    """The shop without visitors; its logs in `folder`."""
    with _running("serve.py", folder, "--home", f"{folder}/shop", "--logs", str(folder)) as shop:
        yield shop


@contextmanager
def running_demo(home: Path, *, seed: int = 7, speed: float = 1.0) -> Iterator[RunningShop]:
    """The shop with its visitors, as `shangdun up --demo` starts it; its logs in `home/demo`."""
    arguments = ("--home", str(home), "--seed", str(seed), "--speed", str(speed))
    with _running("demo.py", home / "demo", *arguments) as shop:
        yield shop
