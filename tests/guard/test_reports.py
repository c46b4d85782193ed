"""What is told: verdicts with their bytes, events with their request, floods as numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.guard.conftest import Clock, decide, eventually, incoming
from tests.guard.shangdun_server import State
from tests.guard.test_guard import ATTACK, met, solve

from shangdun.lake.block import Block
from shangdun.lake.classes import CLASSES
from shangdun.lake.parse import get_parser
from shangdun.protect.decision import appeal_code as appeal_of_shangdun
from shangdun_guard.buffer import Buffer
from shangdun_guard.config import read_config
from shangdun_guard.events import KINDS
from shangdun_guard.guard import Guard
from shangdun_guard.incoming import Identity, current
from shangdun_guard.reports import MOST_FOLDS, Reports, appeal_code
from shangdun_guard.request import Request


@pytest.fixture
def told(tmp_path: Path, clock: Clock) -> Iterator[Guard]:
    """A guard that writes events and has nobody to send them to."""
    config = {
        "folder": tmp_path, "url": "http://127.0.0.1:9", "source": "shop", "token": "t",
        "poll_seconds": 60, "trusted_proxies": ["10.0.0.1"], "country_header": "x-country",
    }  # fmt: skip
    guard = Guard(read_config(config, {}), wall=clock, clock=clock)
    guard.connection._background._jobs.clear()
    yield guard
    guard.close()


def lines(guard: Guard) -> list[bytes]:
    held = guard.connection.buffer
    assert held
    found = held.next(100_000, 1 << 26)
    return found[1].lines if found else []


def events(guard: Guard) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(guard)]


def lake_row(line: bytes) -> dict[str, Any]:
    """The line as the lake has it."""
    parsed = get_parser("ocsf").parse(Block(line + b"\n", 0, 1))
    assert not parsed.dead
    return parsed.events.to_dicts()[0]


def test_a_verdict_tells_the_value_the_form_the_reason_and_the_bytes(told: Guard) -> None:
    seen = {"x-forwarded-for": "203.0.113.9", "x-country": "CN", "user-agent": "sqlmap"}
    answer = met(told, ATTACK, peer="10.0.0.1", headers=seen)
    (event,) = events(told)
    assert event["class_uid"] == 4002
    assert (event["activity_id"], event["action_id"], event["severity_id"]) == (3, 2, 3)
    assert event["src_endpoint"] == {"ip": "203.0.113.9", "location": {"country": "CN"}}
    assert event["http_request"]["url"]["url_string"] == ATTACK
    assert event["http_response"] == {"code": 403}
    guard = event["shangdun_guard"]
    assert (guard["action"], guard["because"], guard["mode"]) == ("block", "verdict", "block")
    assert guard["appeal"] == appeal_code(event["metadata"]["uid"])
    assert answer
    assert guard["appeal"] in answer.body.decode()
    assert guard["verdict"]["classes"][0] == "sql"
    hit = guard["verdict"]["hits"][0]
    assert (hit["place"], hit["name"]) == ("query", "q")
    assert "UNION SELECT" in hit["form"]
    assert hit["reason"].endswith(".")


def test_the_lake_keeps_a_verdict_in_its_columns(told: Guard) -> None:
    met(told, ATTACK)
    row = lake_row(lines(told)[0])
    assert row["class_uid"] == 4002
    assert row["src_endpoint.ip"] == "203.0.113.7"
    assert row["http_request.url.path"] == "/search"
    assert row["http_response.code"] == 403
    assert row["action_id"] == 2
    assert row["shangdun_guard.action"] == "block"
    assert row["shangdun_guard.verdict.attack"] is True
    hits = json.loads(row["shangdun_guard.verdict.hits"])
    assert "UNION SELECT" in hits[0]["form"]


def test_every_business_event_is_one_that_shangdun_knows(told: Guard) -> None:
    for name, (class_uid, activity_id) in KINDS.items():
        assert activity_id in CLASSES[class_uid].activities, name
        assert told.event(name, success=False, user={"name": "li.na", "type": "customer"})
    for line in lines(told):
        row = lake_row(line)
        assert (row["status_id"], row["user.name"]) == (2, "li.na")
    (order, *_) = [line for line in lines(told) if b"92006001" in line]
    parsed = get_parser("shop").parse(Block(order + b"\n", 0, 1))
    assert not parsed.dead, "the strict format takes it as well"


def test_an_event_carries_the_request_it_happened_in(told: Guard) -> None:
    request = incoming(told, "/checkout", method="POST", headers={"cookie": "sessionid=secret"})
    token = current.set(request)
    try:
        assert told.event("order.created", order={"uid": "1", "total": Decimal("129.50")})
    finally:
        current.reset(token)
    (event,) = events(told)
    assert event["src_endpoint"]["ip"] == "203.0.113.7"
    assert event["order"] == {"uid": "1", "total": 129.5}
    assert event["http_request"]["url"]["path"] == "/checkout"
    assert event["session"]["uid"] == told.digest("secret")
    assert "secret" not in json.dumps(event)


@pytest.mark.parametrize("name", ["order.exploded", "order.created"])
def test_a_wrong_event_is_logged_counted_and_costs_nobody_his_order(
    told: Guard, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    parts: dict[str, Any] = {} if name == "order.exploded" else {"colour": "red"}
    assert told.event(name, **parts) is False
    assert told.status()["events_invalid"] == 1
    assert "an event was not written" in caplog.text


def test_without_a_source_nothing_is_told_and_nothing_fails(alone: Guard) -> None:
    assert alone.event("order.created", order={"uid": "1"}) is False
    met(alone, ATTACK)


class Broken:
    """An inspector with a bug."""

    def inspect(self, request: Request) -> Any:
        raise RecursionError("a bug")


def test_an_inspector_that_fails_is_told_of(told: Guard) -> None:
    told.inspector = Broken()
    assert met(told, "/tea") is None
    (event,) = events(told)
    guard = event["shangdun_guard"]
    assert (guard["action"], guard["because"]) == ("observe", "inspector_failed")
    assert "a bug" in guard["error"]
    assert event["action_id"] == 3


def test_who_passes_a_challenge_is_told_of(told: Guard) -> None:
    decide(told, "challenge", "address", "203.0.113.7")
    told.passes.bits = 4
    answer = met(told)
    assert answer
    solve(told, answer, incoming(told))
    asked, passed = (event["shangdun_guard"] for event in events(told))
    assert (asked["action"], asked["target"]) == ("challenge", "address 203.0.113.7")
    assert (passed["action"], passed["how"]) == ("passed", "script")


def test_a_sender_who_is_turned_away_again_and_again_is_counted(told: Guard, clock: Clock) -> None:
    decide(told, "block", "address", "203.0.113.7")
    for _ in range(1000):
        met(told)
    assert len(events(told)) == 1
    told.reports.flush()
    assert len(events(told)) == 1
    clock.now += 11
    told.reports.flush()
    first, second = events(told)
    assert "count" not in first["shangdun_guard"]
    assert second["shangdun_guard"]["count"] == 999
    assert second["shangdun_guard"]["decision"] == "block-address-203.0.113.7"


def test_a_flood_of_senders_fills_neither_memory_nor_disk(told: Guard, clock: Clock) -> None:
    decide(told, "block", "range", "11.0.0.0/8")
    for n in range(MOST_FOLDS * 3):
        met(told, peer=f"11.{n // 62500}.{n // 250 % 250}.{n % 250}")
    assert len(told.reports._folds) == MOST_FOLDS
    clock.now += 11
    told.reports.flush()
    assert not told.reports._folds
    notice = events(told)[-1]
    assert notice["shangdun_guard"] == {"action": "notice", "count": MOST_FOLDS * 2}


def test_a_flood_of_attacks_is_told_as_far_as_people_can_read(told: Guard, clock: Clock) -> None:
    for _ in range(1000):
        met(told, ATTACK)
    single = len(events(told))
    assert 100 <= single <= 300
    clock.now += 11
    told.reports.flush()
    assert sum(event["shangdun_guard"].get("count", 1) for event in events(told)) == 1000


def test_appeal_codes_are_those_of_shangdun() -> None:
    for uid in ("00" * 16, "f" * 32, "0123456789abcdef" * 2):
        assert appeal_code(uid) == appeal_of_shangdun(uid)


def test_what_cannot_be_written_as_text_is_written_all_the_same(tmp_path: Path) -> None:
    held = Buffer(tmp_path, max_bytes=1 << 20)
    reports = Reports(held, {})
    assert reports.business("order.created", {"order": {"uid": "\ud800"}}, None, success=True)
    assert b"order" in (held.next(1, 1000) or pytest.fail("nothing"))[1].lines[0]


def test_everything_arrives_in_the_end(connected: Guard, server: tuple[str, State]) -> None:
    met(connected, ATTACK)
    request = incoming(connected)
    request = type(request)(**{**request.__dict__, "identity": Identity(("li.na",), "s", "d")})
    assert connected.event("coupon.tried", success=False, request=request, coupon={"code": "X"})
    assert eventually(lambda: len(server[1].events) == 2)
    coupon = server[1].events[1]
    assert (coupon["user"], coupon["device"]) == ({"name": "li.na"}, {"uid": "d"})
    assert eventually(lambda: connected.status()["events_sent"] == 2)
