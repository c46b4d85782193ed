"""The feed as guards follow it."""

from __future__ import annotations

import gzip
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shangdun.records.models import DecisionChange
from shangdun.runtime.enforce_source import _decision

from .conftest import configure
from .stream import Follower, decide, undo

pytestmark = pytest.mark.django_db
FEED = "/api/guard/v1/feed"


@pytest.fixture
def guard():
    return Follower("shop", "guard")


def test_everything_then_changes_then_nothing(guard):
    first = decide("session", "abc", "throttle", where="shop.example/checkout")
    whole = guard.get(FEED).json()
    assert (whole["full"], whole["more"], whole["removed"]) == (True, False, [])
    (row,) = whole["added"]
    assert row == {
        "uid": first.uid,
        "measure": "throttle",
        "kind": "session",
        "value": "abc",
        "scope": "shop.example/checkout",
        "until": pytest.approx(first.until.timestamp(), abs=0.001),
        "rate": 30,
        "reason": "it attacked",
        "appeal": first.appeal,
    }
    second = decide("address", "203.0.113.9", minutes=None)
    undo(first)
    change = guard.get(f"{FEED}?after={whole['head']}").json()
    assert [one["uid"] for one in change["added"]] == [second.uid]
    assert change["added"][0]["until"] is None
    assert change["removed"] == [first.uid]
    nothing = guard.get(f"{FEED}?after={change['head']}")
    assert (nothing.json()["added"], nothing.json()["head"]) == ([], change["head"])
    assert guard.now.acknowledged == change["head"]
    same = guard.get(f"{FEED}?after={change['head']}", **{"If-None-Match": nothing.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    decide("address", "203.0.113.10")
    news = guard.get(f"{FEED}?after={change['head']}", **{"If-None-Match": nothing.headers["ETag"]})
    assert news.status_code == 200


def test_asking_for_nothing_new_costs_little(guard):
    decide("address", "203.0.113.9")
    head = guard.get(FEED).json()["head"]
    guard.get(f"{FEED}?after={head}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        guard.get(f"{FEED}?after={head}")
    assert len(queries) == 2, [query["sql"] for query in queries]


def test_a_place_of_another_stream_begins_anew(guard):
    decide("address", "203.0.113.9")
    for place in (10**6, 2**63, -5):
        answer = guard.get(f"{FEED}?after={place}").json()
        assert (answer["full"], len(answer["added"])) == (True, 1)
    DecisionChange.objects.all().delete()
    assert guard.get(f"{FEED}?after=1").json()["full"]


def test_a_list_for_all_who_begin_is_never_of_another_stream(guard):
    old = decide("address", "203.0.113.9")
    assert len(guard.get(FEED).json()["added"]) == 1
    decide("address", "203.0.113.10")
    begun = guard.get(FEED).json()
    later = guard.get(f"{FEED}?after={begun['head']}").json()
    assert len(begun["added"]) + len(later["added"]) == 2, "half a minute old, and then the rest"
    old.delete()
    DecisionChange.objects.all().delete()
    assert [one["value"] for one in guard.get(FEED).json()["added"]] == ["203.0.113.10"]


def test_settings_and_problems_go_with_it(guard, settings):
    configure(settings)
    settings.CONFIG.protect = {"contact": "call 400-800"}
    assert guard.get(FEED).json()["settings"] == {"contact": "call 400-800"}
    guard.get(FEED, **{"X-Guard-Problem": "decisions are not kept on disk"})
    assert guard.now.problem == "decisions are not kept on disk"
    assert guard.now.problem_since
    guard.get(FEED)
    assert (guard.now.problem, guard.now.problem_since) == ("", None)


def test_long_answers_are_packed(guard):
    for number in range(20):
        decide("address", f"203.0.113.{number}")
    answer = guard.get(FEED, **{"Accept-Encoding": "gzip"})
    assert len(json.loads(gzip.decompress(answer.content))["added"]) == 20


def test_a_process_elsewhere_reads_it_as_decisions():
    process = Follower("edge", "process")
    for kind, value in (
        ("address", "203.0.113.9"),
        ("range", "2001:db8::/64"),
        ("account", "李 四"),
    ):
        decide(kind, value)
    found = [_decision(row) for row in process.get(FEED).json()["added"]]
    assert [str(one.target) for one in found] == [
        "address 203.0.113.9", "range 2001:db8::/64", "account 李 四",
    ]  # fmt: skip
    assert _decision({"uid": "x", "until": None, "measure": "burn"}) is None
    row = process.get(FEED).json()["added"][0]
    assert _decision(row | {"value": "1.2.3.4; flush ruleset"}) is None


@pytest.mark.parametrize("key", ["", "sde_wrong"])
def test_without_the_key_nothing_is_told(guard, key):
    answer = guard.get(FEED, **{"X-Api-Key": key})
    assert answer.status_code == 401
