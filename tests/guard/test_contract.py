"""The guard's client against ShangDun's own API: what the server in memory stands for is true."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.console.stream import Follower as Key
from tests.console.stream import decide, undo
from tests.guard.test_guard import met

from shangdun.actions.change_source import do_add_source
from shangdun.actions.issue_source_token import do_issue_source_token
from shangdun.console.api import ingest
from shangdun.kernel.config import Config, SourceConfig
from shangdun.lake.collect.spool import Spool
from shangdun.records.actor import SETUP
from shangdun.runtime import demo
from shangdun_guard.client import Away, Link
from shangdun_guard.config import read_config
from shangdun_guard.decisions import Decisions
from shangdun_guard.follower import Follower
from shangdun_guard.guard import Guard

pytestmark = pytest.mark.django_db


class InProcess(Link):
    """A link whose other end is the console in this process."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1", timeout=1, agent="shangdun-guard/test")

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        kind = headers.get("Content-Type", "text/plain")
        asked = Client().generic(method, path, body or b"", kind, headers=headers)
        answered = {name.lower(): value for name, value in asked.headers.items()}
        data = asked.content
        packed = answered.get("content-encoding") == "gzip"
        return asked.status_code, answered, gzip.decompress(data) if packed else data


@pytest.fixture(autouse=True)
def console(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path / "shangdun"
    settings.CONFIG = Config(protect={"contact": "400-100-100"})
    monkeypatch.setattr(ingest, "spool_of", lambda home: Spool(home / "spool"))


def test_decisions_of_every_kind_arrive_and_go(tmp_path: Path) -> None:
    key = Key("shop", "guard").key
    told: list[dict[str, Any]] = []
    decisions = Decisions()
    follower = Follower(decisions, None, told.append)
    link = InProcess()
    rows = [
        decide("address", "203.0.113.9"),
        decide("range", "2001:db8:1:2::/64", "challenge", where="shop.example/checkout"),
        decide("country", "KP", minutes=None),
        decide("network", "AS64500", "throttle"),
        decide("account", "li.na"),
        decide("session", "abc"),
        decide("device", "d1"),
    ]
    assert follower.step(link, key) == 0.0
    held = {one.uid: one for one in decisions}
    assert set(held) == {row.uid for row in rows}
    assert decisions.refused == 0
    assert held[rows[3].uid].rate == 30, "a minute"
    assert held[rows[0].uid].appeal == rows[0].appeal
    assert abs((held[rows[0].uid].until or 0) - time.time() - 3600) < 60
    assert told == [{"contact": "400-100-100"}]
    undo(rows[0])
    follower.step(link, key)
    assert rows[0].uid not in {one.uid for one in decisions}
    assert link.feed(follower.head, key) is None, "304"
    with pytest.raises(Away, match="401"):
        link.feed(0, "sde_wrong")


def test_what_the_guard_tells_is_stored(tmp_path: Path, settings: Any) -> None:
    source = do_add_source(SETUP, SourceConfig(name="shop-guard", format="ocsf", http=True))
    token = do_issue_source_token(SETUP, source_id=source.pk)
    lines = [json.dumps({"class_uid": 4002, "time": n}).encode() for n in range(3)]
    InProcess().push("shop-guard", token, lines)
    (stored,) = (settings.HOME / "spool" / "shop-guard").glob("*.log")
    assert stored.read_bytes().splitlines() == lines
    with pytest.raises(Away, match="401"):
        InProcess().push("shop-guard", "sdt_wrong", lines)


def test_the_demo_introduces_its_guard_once(tmp_path: Path, settings: Any) -> None:
    home = tmp_path
    environment = demo.demo_environment(home, Config(), {})
    (source,) = [one for one in json.loads(environment["SHANGDUN_SOURCES"]) if one.get("http")]
    demo.introduce_guard(home, Config())
    told = json.loads((home / "demo" / "guard.json").read_text())
    assert (told["source"], told["token"]) == (source["name"], source["token"])
    assert told["url"] == "http://127.0.0.1:8600"
    demo.introduce_guard(home, Config())
    assert json.loads((home / "demo" / "guard.json").read_text()) == told, "not at every start"
    decide("address", "203.0.113.7")
    guard = Guard(read_config({**told, "folder": tmp_path / "guard"}, {}))
    follower = guard.connection.follower
    assert follower
    follower.step(InProcess(), told["key"])
    guard.connection._background.close()  # what was taken in is enough
    answer = met(guard)
    assert answer
    assert b"400-100-100" in answer.body
    (home / "demo" / "guard.json").unlink()
    demo.introduce_guard(home, Config())
    assert json.loads((home / "demo" / "guard.json").read_text())["key"] != told["key"]
    guard.close()
