"""The examples behind real servers: workers that fork, follow, are killed, and lose nothing."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from tests.guard.conftest import eventually
from tests.guard.servers import Shop, running
from tests.guard.shangdun_server import State
from tests.guard.test_guard import ATTACK

FORM = "application/x-www-form-urlencoded"
QUERY = ATTACK.partition("?")[2]
SHOPS = [
    ("gunicorn", "flask", "app:app"),
    ("gunicorn", "django", "app:application"),
    ("uvicorn", "fastapi", "app:app"),
    ("granian", "django", "app:asgi"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("server", "framework", "app"), SHOPS)
def test_an_example_serves_guards_and_tells(
    server: str, framework: str, app: str, tmp_path: Path, shangdun_there: tuple[str, State]
) -> None:
    url, state = shangdun_there
    with running(server, framework, app, tmp_path, url) as shop:
        assert shop.ask("GET", "/?q=tea")[0] == 200
        assert shop.ask("GET", f"/?{QUERY}")[0] == 403
        order = json.dumps({"total": 129}).encode()
        kind = "application/json"
        if framework != "fastapi":
            order, kind = b"total=129", FORM
        status, told = shop.ask("POST", "/order", order, content_type=kind)
        assert (status, json.loads(told)) == (200, {"ordered": 129.0, "told": True})
        ticket = b"text=" + QUERY[2:].encode()
        assert shop.ask("POST", "/support", ticket, content_type=FORM)[0] == 200
        assert shop.ask("POST", "/order", ticket, content_type=FORM)[0] == 403
        picture = os.urandom(300_000)
        status, told = shop.ask("POST", "/upload", picture, content_type="image/png")
        assert (status, json.loads(told)) == (200, {"bytes": 300_000})
        state.decide("a", "block", "address", "198.51.100.9")
        assert eventually(lambda: _all_refuse(shop)), "every worker follows"
        assert shop.ask("GET", "/", x_forwarded_for="198.51.100.9, 203.0.113.1")[0] == 200
        assert eventually(lambda: _told(state) >= {"block", "observe", "order"})


def _all_refuse(shop: Shop) -> bool:
    return all(shop.ask("GET", "/", x_forwarded_for="198.51.100.9")[0] == 403 for _ in range(8))


def _told(state: State) -> set[str]:
    found = set()
    for event in state.events:
        found.add("order" if event["class_uid"] == 92006001 else event["shangdun_guard"]["action"])
        assert event["src_endpoint"]["ip"] in {"127.0.0.1", "198.51.100.9"}
    return found


@pytest.mark.slow
def test_workers_that_are_killed_lose_no_event_that_was_acknowledged(
    tmp_path: Path, shangdun_there: tuple[str, State]
) -> None:
    url, state = shangdun_there
    acknowledged = 0
    with running("gunicorn", "flask", "app:app", tmp_path, url) as shop:
        state.status = 503
        for _ in range(4):
            for _ in range(25):
                try:
                    _, told = shop.ask("POST", "/order", b"total=1", content_type=FORM)
                except OSError:
                    continue  # its worker had just been killed: nobody was told anything
                acknowledged += json.loads(told)["told"]
            assert eventually(lambda: _answers(shop))
            for worker in _children(shop.process.pid):
                os.kill(worker, signal.SIGKILL)
        state.status = 0
        assert eventually(lambda: _answers(shop))  # the next worker sends what the dead ones left
        assert eventually(lambda: len(state.events) >= acknowledged, 20)
    assert acknowledged > 20
    uids = [event["metadata"]["uid"] for event in state.events]
    assert len(set(uids)) >= acknowledged


def _answers(shop: Shop) -> bool:
    try:
        return shop.ask("GET", "/")[0] == 200
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]
