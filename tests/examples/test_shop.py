"""The real shop: started, visited, and compared with what the replay says it would write."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from random import Random

import pytest
from crowd import shoppers
from crowd.actor import Actor, honest, hostile
from crowd.attacks import ATTACKS
from crowd.driver import Driver
from crowd.people import BROWSERS, REGULARS, STAFF, Client
from crowd.writer import Logs
from tests.examples.shop_process import RunningShop, running_shop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RunningShop:
    with running_shop(tmp_path_factory.mktemp("shop")) as running:
        yield running


def play(shop: RunningShop, name: str, number: int) -> dict:
    """Let an attacker (or, for `shopper`, a customer who buys) visit; gives the label."""

    client = Client(f"192.0.2.{number}", "CN", BROWSERS[0])
    if name == "shopper":
        actor = honest(name, Random(1), client, REGULARS[0], real=True, play=_buyer)
    else:
        attack = next(one for one in ATTACKS if one.family == name)
        actor = hostile(attack, Random(1), client)
    return play_actor(shop, actor)


def play_actor(shop: RunningShop, actor: Actor) -> dict:
    logs = Logs(shop.folder)
    driver = Driver(shop.port, logs, pace=10_000)
    assert driver.take(actor)
    until = time.monotonic() + 120
    while not logs.labels.waiting:
        assert time.monotonic() < until, f"{actor.family} is still under way"
        time.sleep(0.05)
    driver.stop()
    logs.close()
    return json.loads((shop.folder / "labels.jsonl").read_text("utf-8").splitlines()[-1])


def _buyer(visit, account):
    yield from shoppers.register(visit, account)
    yield visit.get("/accounts/logout/", "redirect", after=1, status=302)
    yield from shoppers.log_in(visit, account, mistakes=1)
    yield from shoppers.add_to_cart(visit, shoppers.PRODUCTS[3])
    yield from shoppers.buy_cart(visit, account, coupon_code="WELCOME10", declined=True)
    yield shoppers.own_order(visit)
    yield shoppers.ask_refund(visit)
    yield from shoppers.change_address(visit, account, "新街 2 号", after=1)


def written(shop: RunningShop, address: str) -> list[dict]:
    events = map(json.loads, shop.events.read_text("utf-8").splitlines())
    return [event for event in events if event["src_endpoint"]["ip"] == address]


def kinds(events: list[dict]) -> list[tuple[int, int, int]]:
    return [(e["class_uid"], e["activity_id"], e["status_id"]) for e in events]


def paths(value: object, prefix: str = "") -> set[str]:
    """Names of all leaves of an event, flattened with dots."""
    if not isinstance(value, dict):
        return {prefix}
    return {p for key, inner in value.items() for p in paths(inner, f"{prefix}.{key}".lstrip("."))}


def test_pages_and_their_assets_are_served(shop: RunningShop) -> None:
    for path, words in {
        "/catalogue/": "西湖龙井",
        "/catalogue/longjing-1_1/": "绿茶",
        "/search/?q=%E7%BB%BF%E8%8C%B6": "西湖龙井",
        "/static/oscar/css/styles.css": "body",
        "/media/images/longjing.png": "",
    }.items():
        with urllib.request.urlopen(shop.url + path) as response:
            assert response.status == 200
            assert words.encode() in response.read()


def test_a_purchase_writes_the_events_that_the_replay_writes(shop: RunningShop) -> None:
    label = play(shop, "shopper", 1)
    assert label["finished"]
    events = written(shop, "192.0.2.1")
    assert kinds(events) == [
        (3001, 1, 1),  # another account
        (3002, 1, 1),
        (3002, 1, 2),  # mistyped
        (3002, 1, 1),
        (92006003, 1, 1),  # coupon
        (92006002, 1, 2),  # declined
        (92006002, 1, 1),
        (92006001, 1, 1),  # order
        (92006003, 2, 1),
        (92006001, 4, 1),  # looked at
        (92006004, 1, 1),  # refund
        (92006005, 1, 1),  # address
    ]
    order = next(e["order"] for e in events if e["class_uid"] == 92006001)
    assert order["total"] == order["quoted_total"] > 0
    assert {e["order"]["uid"] for e in events if "order" in e} == {order["uid"]}


def test_the_replay_knows_no_field_that_the_shop_does_not_write(
    shop: RunningShop, traffic: dict[str, Path]
) -> None:
    replayed: dict[tuple[int, int], set[str]] = {}
    for line in (traffic["honest"] / "shop-events.jsonl").read_text("utf-8").splitlines():
        event = json.loads(line)
        key = (event["class_uid"], event["activity_id"])
        replayed.setdefault(key, set()).update(paths(event))
    real = written(shop, "192.0.2.1") or pytest.fail("the purchase comes first")
    for event in real:
        known = replayed[event["class_uid"], event["activity_id"]]
        assert known ^ paths(event) <= {"session.uid", "coupon.discount"}, event["class_uid"]


@pytest.mark.parametrize(
    ("family", "number", "least", "kind"),
    [
        ("credential_stuffing", 11, 38, (3002, 1, 2)),
        ("coupon_guessing", 12, 30, (92006003, 1, 2)),
        ("carding", 13, 18, (92006002, 1, 2)),
        ("order_enumeration", 14, 38, (92006001, 4, 2)),
        ("account_takeover", 15, 1, (92006005, 1, 1)),
        ("admin_login_new_country", 16, 1, (3002, 1, 1)),
    ],
)
def test_attacks_on_the_shop_show_in_its_events(
    shop: RunningShop, family: str, number: int, least: int, kind: tuple[int, int, int]
) -> None:
    label = play(shop, family, number)
    assert label["finished"]
    assert not label["replayed"]
    assert kinds(written(shop, f"192.0.2.{number}")).count(kind) >= least


def test_staff_are_told_apart_and_their_exports_counted(shop: RunningShop) -> None:
    actor = honest("staff", Random(1), Client("192.0.2.22", "CN", BROWSERS[0]), STAFF[0], real=True)
    actor.steps = _exporter(actor.visit, STAFF[0])
    play_actor(shop, actor)
    login, export = written(shop, "192.0.2.22")
    assert login["user"] == export["user"]
    assert login["user"]["type"] == "staff"
    assert export["class_uid"] == 92006006
    assert export["export"]["record_count"] >= 1
    assert export["src_endpoint"]["location"]["country"] == "CN"


def _exporter(visit, account):
    yield from shoppers.log_in(visit, account)
    yield visit.get("/dashboard/orders/", "csv", after=1, response_format="csv")


def test_price_tampering_pays_less_than_was_quoted(shop: RunningShop) -> None:
    assert play(shop, "price_tampering", 21)["finished"]
    events = written(shop, "192.0.2.21")
    (order,) = (e["order"] for e in events if kinds([e]) == [(92006001, 1, 1)])
    assert order["total"] < order["quoted_total"] / 5


def test_injections_reach_the_log_as_they_were_sent_and_break_nothing(shop: RunningShop) -> None:
    for number, family in enumerate(("sql_injection", "xss", "path_traversal", "log4shell"), 31):
        assert play(shop, family, number)["finished"]
    lines = [
        line
        for line in shop.access_log.read_text("ascii").splitlines()
        if line.startswith("192.0.2.3")
    ]
    assert len(lines) > 20
    assert not [line for line in lines if '" 500 ' in line]
    assert any("${jndi:" in line or "%24%7Bjndi" in line or "::-j" in line for line in lines)
