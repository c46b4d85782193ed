"""A guard without ShangDun, one with it, and requests for both."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.guard.shangdun_server import KEY, SOURCE, TOKEN, State, shangdun

from shangdun_guard.config import read_config
from shangdun_guard.guard import Guard
from shangdun_guard.incoming import Incoming
from shangdun_guard.request import Request


def eventually(true: Callable[[], object], seconds: float = 10.0) -> bool:
    """Wait until something is true."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def incoming(
    guard: Guard,
    target: str = "/",
    *,
    method: str = "GET",
    peer: str = "203.0.113.7",
    headers: dict[str, str] | None = None,
) -> Incoming:
    """A request as an adapter would hand it over."""
    given = {"host": "shop.example", "accept": "text/html", **(headers or {})}
    request = Request(method, target, tuple(given.items()))
    return guard.meet(request, peer=peer, path=target.partition("?")[0], scheme="http")


def decide(guard: Guard, measure: str, kind: str, value: str, **more: Any) -> None:
    """Put a decision in force without ShangDun."""
    row = {"uid": f"{measure}-{kind}-{value}", "measure": measure, "kind": kind, "value": value}
    guard.decisions.change([{**row, "appeal": "ABCDE-FGHJK", **more}], [])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def alone(tmp_path: Path, clock: Clock) -> Iterator[Guard]:
    """A guard without ShangDun behind one trusted proxy, with a clock of its own."""
    config = read_config({"folder": tmp_path, "trusted_proxies": ["10.0.0.0/8"]}, {})
    guard = Guard(config, wall=clock, clock=clock)
    yield guard
    guard.close()


@pytest.fixture
def server() -> Iterator[tuple[str, State]]:
    with shangdun() as pair:
        yield pair


@pytest.fixture
def settings_of(tmp_path: Path, server: tuple[str, State]) -> dict[str, Any]:
    """Settings of a guard that follows the server."""
    return {
        "url": server[0],
        "key": KEY,
        "source": SOURCE,
        "token": TOKEN,
        "folder": str(tmp_path / "guard"),
        "trusted_proxies": ["10.0.0.0/8", "127.0.0.1"],
        "poll_seconds": 0.05,
    }


@pytest.fixture
def connected(settings_of: dict[str, Any]) -> Iterator[Guard]:
    """A guard that follows the server in memory."""
    guard = Guard(read_config(settings_of, {}))
    yield guard
    guard.close()


@pytest.fixture
def shangdun_there() -> Iterator[tuple[str, State]]:
    """``server`` by a name that leaves room for the shop's own."""
    with shangdun() as pair:
        yield pair
