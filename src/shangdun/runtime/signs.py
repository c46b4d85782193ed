"""Signs of life of our processes, as their supervisor asks for them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from pathlib import Path

from shangdun.lake.health import read_health
from shangdun.runtime.monitor.beat import beat_path

ASK_SECONDS = 1.5
ANSWER_SECONDS = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  listened to, never connected to


def sign_of_watch(home: Path) -> Callable[[int], object]:
    """Its health file, once it is past its start."""

    def sign(pid: int) -> object:
        health = read_health(home)
        if health is None or health.pid != pid or health.state == "starting":
            return None
        return health.written

    return sign


def sign_of_beat(home: Path, role: str) -> Callable[[int], object]:
    """What a process without a health file writes every second."""
    path = beat_path(home, role)

    def sign(pid: int) -> object:
        try:
            text = path.read_text()
        except OSError:
            return None
        return text if text.startswith(f"{pid} ") else None

    return sign


def sign_of_web(host: str, port: int) -> Callable[[int], object]:
    """That it answers at all: an answer that says the database is away is one too."""
    known = 0
    asked = 0.0
    answered: float | None = None

    def sign(pid: int) -> object:
        nonlocal known, asked, answered
        if pid != known:  # what the one before answered is no sign of this one
            known, asked, answered = pid, 0.0, None
        now = time.monotonic()
        if now >= asked + ASK_SECONDS:
            asked = now
            if answers(host, port):
                answered = now
        return answered

    return sign


def answers(host: str, port: int) -> bool:
    """Whether something answers HTTP there."""
    connection = http.client.HTTPConnection(
        _EVERYWHERE.get(host, host), port, timeout=ANSWER_SECONDS
    )
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
