"""CrowdSec's API as bouncers use it: live, streaming, and with the wrong key."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from shangdun.actions.change_enforcer import do_issue_enforcer_key, do_remove_enforcer
from shangdun.actions.enforcer_progress import SEEN_EVERY
from shangdun.console.api import enforcer_keys
from shangdun.records.actor import SETUP
from shangdun.records.models import Decision, DecisionChange, Enforcer, LedgerEntry

from .stream import Follower, decide, undo

pytestmark = pytest.mark.django_db
STREAM = "/v1/decisions/stream"


@pytest.fixture
def bouncer():
    return Follower("edge", "bouncer", "nginx")


def told(answer) -> dict[str, list[tuple[str, str]]]:
    assert answer.status_code == 200, answer.content
    body = json.loads(answer.content)
    return {
        key: sorted((one["type"], one["value"]) for one in body[key] or [])
        for key in ("new", "deleted")
    }


def test_live_mode(bouncer):
    decide("range", "203.0.113.0/24", "challenge")
    decide("address", "203.0.113.9")
    decide("account", "li")
    decide("address", "203.0.113.9", where="/checkout")
    found = bouncer.get("/v1/decisions?ip=203.0.113.9&banned=true").json()
    assert [(one["type"], one["value"]) for one in found] == [
        ("ban", "203.0.113.9"), ("captcha", "203.0.113.0/24"),
    ], "the strictest first: the Lua bouncer looks at one"  # fmt: skip
    assert set(found[0]) == {
        "duration", "id", "origin", "scenario", "scope", "simulated", "type", "value",
    }  # fmt: skip
    assert bouncer.get("/v1/decisions?ip=198.51.100.1").content == b"null", "as Go writes nothing"
    assert bouncer.get("/v1/decisions?ip=203.0.113.8").json()[0]["type"] == "captcha"
    assert bouncer.get("/v1/decisions?scope=username&value=li").json()[0]["scope"] == "username"
    assert bouncer.get("/v1/decisions?type=captcha&ip=203.0.113.9").json()[0]["type"] == "captcha"
    inner = bouncer.get("/v1/decisions?range=203.0.0.0/16&contains=false").json()
    assert {one["value"] for one in inner} == {"203.0.113.0/24", "203.0.113.9"}
    assert len(bouncer.get("/v1/decisions").json()) == 3
    head = bouncer.client.head("/v1/decisions?ip=203.0.113.9")
    assert (head.status_code, head.content) == (200, b"")
    wrong = bouncer.get("/v1/decisions?ip=nonsense")
    assert wrong.status_code == 400
    assert "nonsense" in wrong.json()["message"]


def test_stream_mode(bouncer):
    first = decide("address", "203.0.113.1")
    decide("country", "CN")
    assert told(bouncer.get(f"{STREAM}?startup=true")) == {
        "new": [("ban", "203.0.113.1")], "deleted": [],
    }, "addresses and ranges where nothing else is asked for"  # fmt: skip
    assert bouncer.get(STREAM).content == b'{"deleted":null,"new":null}'
    second = decide("range", "198.51.100.0/24", "challenge")
    assert told(bouncer.get(f"{STREAM}?startup=false"))["new"] == [("captcha", "198.51.100.0/24")]
    undo(first)
    answer = bouncer.get(STREAM)
    assert told(answer)["deleted"] == [("ban", "203.0.113.1")]
    assert json.loads(answer.content)["deleted"][0]["duration"].startswith("-")
    bouncer.get(STREAM)
    undo(second)
    assert told(bouncer.get(STREAM))["deleted"] == [("captcha", "198.51.100.0/24")]
    countries = told(bouncer.get(f"{STREAM}?startup=true&scopes=Country"))
    assert countries["new"] == [("ban", "CN")]


def test_nothing_is_lost_when_an_answer_is(bouncer):
    """What was told last is told once more: nobody says whether it arrived."""
    bouncer.get(f"{STREAM}?startup=true")
    decide("address", "203.0.113.1")
    lost = told(bouncer.get(STREAM))
    assert told(bouncer.get(STREAM)) == lost
    assert told(bouncer.get(STREAM))["new"] == []


def test_each_key_has_its_own_place(bouncer):
    other = Follower("shop", "bouncer", "wordpress")
    for one in (bouncer, other):
        one.get(f"{STREAM}?startup=true")
    decide("address", "203.0.113.1")
    for _ in range(3):
        bouncer.get(STREAM)
    assert told(other.get(STREAM))["new"] == [("ban", "203.0.113.1")]


def test_a_first_call_without_startup_begins(bouncer):
    decide("address", "203.0.113.1")
    assert told(bouncer.get(STREAM))["new"] == [("ban", "203.0.113.1")]


def test_a_head_moves_nothing(bouncer):
    bouncer.get(f"{STREAM}?startup=true")
    decide("address", "203.0.113.1")
    for _ in range(3):
        bouncer.client.head(STREAM)
    assert told(bouncer.get(STREAM))["new"] == [("ban", "203.0.113.1")]


def test_a_place_that_is_in_the_stream_no_more(bouncer):
    gone = decide("address", "203.0.113.1")
    decide("address", "203.0.113.2")
    bouncer.get(f"{STREAM}?startup=true")
    undo(gone)
    decide("address", "203.0.113.3")
    DecisionChange.objects.filter(seq__lte=bouncer.now.acknowledged).delete()
    answer = told(bouncer.get(STREAM))
    assert answer["new"] == [("ban", "203.0.113.2"), ("ban", "203.0.113.3")]
    assert answer["deleted"] == [("ban", "203.0.113.1")]


def test_what_another_decision_holds_is_not_deleted(bouncer):
    """The Lua bouncer deletes by value, whoever else holds it."""
    first = decide("address", "203.0.113.1", where="")
    bouncer.get(f"{STREAM}?startup=true")
    bouncer.get(STREAM)
    undo(first)
    decide("address", "203.0.113.1")
    answer = told(bouncer.get(STREAM))
    assert answer == {"new": [("ban", "203.0.113.1")], "deleted": []}


def test_whoever_is_allowed_is_in_no_entry(bouncer):
    decide("range", "203.0.113.0/24")
    decide("range", "203.0.113.6/31")
    begins = told(bouncer.get(f"{STREAM}?startup=true"))["new"]
    assert begins == [("ban", "203.0.113.0/24"), ("ban", "203.0.113.6/31")]
    allow = decide("address", "203.0.113.7", "allow", minutes=None)
    answer = told(bouncer.get(STREAM))
    assert ("ban", "203.0.113.0/24") in answer["deleted"]
    assert ("ban", "203.0.113.6/31") in answer["deleted"]
    assert len(answer["new"]) == 8, "a /24 without one address"
    assert bouncer.get("/v1/decisions?ip=203.0.113.7").content == b"null"
    bouncer.get(STREAM)
    undo(allow)
    back = told(bouncer.get(STREAM))
    assert ("ban", "203.0.113.0/24") in back["new"]
    assert len(back["deleted"]) == 8
    assert told(bouncer.get(f"{STREAM}?startup=true"))["new"] == begins


def test_what_has_no_end_is_told_anew_each_day(bouncer):
    decide("address", "203.0.113.1", minutes=None)
    decide("address", "203.0.113.2")
    new = json.loads(bouncer.get(f"{STREAM}?startup=true").content)["new"]
    assert {one["duration"][:4] for one in new if one["value"].endswith(".1")} == {"168h"}
    bouncer.get(STREAM)
    Enforcer.objects.update(pulled=datetime.now(UTC) - timedelta(days=1))
    assert told(bouncer.get(STREAM))["new"] == [("ban", "203.0.113.1")]


def test_what_ran_out_is_deleted_though_nobody_marked_it(bouncer):
    row = decide("address", "203.0.113.1")
    bouncer.get(f"{STREAM}?startup=true")
    Decision.objects.filter(pk=row.pk).update(until=datetime.now(UTC))
    assert bouncer.get("/v1/decisions?ip=203.0.113.1").content == b"null"
    assert told(bouncer.get(f"{STREAM}?startup=true"))["new"] in ([], [("ban", "203.0.113.1")])


def test_long_answers_are_packed(bouncer):
    for number in range(30):
        decide("address", f"203.0.113.{number}")
    answer = bouncer.get(f"{STREAM}?startup=true", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(answer.content))["new"]) == 30


def test_usage_metrics(bouncer):
    def post(body: object):
        return bouncer.client.post("/v1/usage-metrics", body, content_type="application/json")

    good = {"remediation_components": [{"type": "nginx", "metrics": []}], "log_processors": None}
    assert post(good).status_code == 201
    assert post({"remediation_components": []}).status_code == 400
    assert post("no json").status_code == 400
    assert post([1]).status_code == 400
    assert (
        bouncer.client.post(
            "/v1/usage-metrics", "x" * (2 << 20), content_type="text/plain"
        ).status_code
        == 400
    )


@pytest.mark.parametrize("path", ["/v1/decisions", STREAM, "/v1/decisions?ip=203.0.113.1"])
@pytest.mark.parametrize("key", ["", "sde_wrong", "x" * 5000, "é"])
def test_without_the_key_nothing_is_told(path, key):
    decide("address", "203.0.113.1")
    answer = Client(headers={"X-Api-Key": key} if key else {}).get(path)
    assert answer.status_code == 403
    assert answer.json() == {"message": "access forbidden"}


def test_keys_of_others_open_nothing_here(bouncer):
    assert Follower("guard", "guard").get("/v1/decisions").status_code == 403
    assert bouncer.get("/api/guard/v1/feed").status_code == 401
    new = do_issue_enforcer_key(SETUP, enforcer_id=bouncer.row.pk)
    assert bouncer.get("/v1/decisions").status_code == 403
    assert Client(headers={"X-Api-Key": new}).get("/v1/decisions").status_code == 200
    do_remove_enforcer(SETUP, enforcer_id=bouncer.row.pk)
    assert Client(headers={"X-Api-Key": new}).get("/v1/decisions").status_code == 403


def test_keys_are_kept_as_hashes_and_nowhere_else(bouncer):
    assert len(bouncer.row.key_hash) == 64
    assert bouncer.key not in json.dumps(list(Enforcer.objects.values()), default=str)
    assert bouncer.key not in json.dumps(list(LedgerEntry.objects.values()), default=str)


def test_guessing_is_slowed_and_told_but_the_right_key_passes(bouncer, console):
    wrong = Client(headers={"X-Api-Key": "sde_guess"})
    statuses = [wrong.get(STREAM).status_code for _ in range(enforcer_keys.MOST_FAILURES + 2)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert bouncer.get(STREAM).status_code == 200, "behind a proxy all have one address"
    lines = [line for file in (console / "spool").glob("shangdun-system/*.log")
             for line in file.read_bytes().splitlines()]  # fmt: skip
    assert [json.loads(line)["enforcer.change"] for line in lines] == ["refused"]


def test_what_is_seen_of_it(bouncer):
    bouncer.get(STREAM)
    row = bouncer.now
    assert (row.agent, row.address) == ("test-client/v1.2", "127.0.0.1")
    first = row.last_seen
    bouncer.get("/v1/decisions?ip=203.0.113.1")
    assert bouncer.now.last_seen == first, "not each question is a write"
    Enforcer.objects.update(last_seen=first - SEEN_EVERY)
    bouncer.get("/v1/decisions?ip=203.0.113.1")
    assert bouncer.now.last_seen >= first


def test_the_rest_of_the_api_is_not_there(bouncer):
    for path in ("/v1/alerts", "/v1/watchers/login", "/v1/decisions/1"):
        assert bouncer.get(path).status_code == 404
    assert bouncer.client.delete("/v1/decisions/1").status_code == 404
    assert bouncer.client.post("/v1/decisions").status_code == 405
