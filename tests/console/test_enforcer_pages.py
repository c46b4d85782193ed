"""The Enforcers page: connecting one, its key once, what each condition looks like, removing it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shangdun.console.enforcers import PRODUCTS, read_enforcers
from shangdun.records.actor import SETUP
from shangdun.records.models import DecisionChange, Enforcer, LedgerEntry

from .stream import Follower, decide

KEY = re.compile(r"sde_[0-9a-f]{48}")


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_kind_gets_its_key_once_and_a_configuration_with_it(people, client_of, product):
    client = client_of(people["administrator"])
    answer = client.post("/enforcers/add/", {"product": product, "name": f"my {product}"})
    row = Enforcer.objects.get()
    assert answer.headers["Location"] == f"/enforcers/{row.pk}/"
    assert (row.kind, row.product) == (PRODUCTS[product].kind, product)
    page = client.get(answer.headers["Location"]).content.decode()
    keys = set(KEY.findall(page))
    assert len(keys) == 1
    setup = re.search(r'<pre class="raw" id="setup">(.*?)</pre>', page, re.DOTALL)
    assert setup
    assert keys.pop() in setup[1]
    again = client.get(answer.headers["Location"]).content.decode()
    assert not KEY.search(again), "it is shown once"
    entry = LedgerEntry.objects.order_by("-seq").first()
    assert (entry.action, entry.subject_id) == ("add_enforcer", f"my {product}")


def test_the_key_works_until_a_new_one_is_made(people, client_of):
    client = client_of(people["administrator"])
    place = client.post("/enforcers/add/", {"product": "nginx", "name": "edge"}).headers["Location"]
    old = KEY.search(client.get(place).content.decode())[0]
    assert Client(headers={"X-Api-Key": old}).get("/v1/decisions").status_code == 200
    client.post(f"{place}key/")
    new = KEY.search(client.get(place).content.decode())[0]
    assert new != old
    assert Client(headers={"X-Api-Key": old}).get("/v1/decisions").status_code == 403
    assert Client(headers={"X-Api-Key": new}).get("/v1/decisions").status_code == 200
    client.post(f"{place}remove/")
    assert Client(headers={"X-Api-Key": new}).get("/v1/decisions").status_code == 403
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "taken"])
def test_a_name_that_cannot_be(people, client_of, name):
    Follower("taken", "guard")
    client = client_of(people["administrator"])
    answer = client.post("/enforcers/add/", {"product": "guard", "name": name})
    assert answer.status_code == 422
    assert Enforcer.objects.count() == 1


@pytest.mark.django_db
def test_conditions():
    now = timezone.now()
    for number in range(4):
        decide("address", f"203.0.113.{number}")
    head = DecisionChange.objects.latest("seq").seq
    DecisionChange.objects.update(time=now - timedelta(minutes=2))
    for name, figures in {
        "well": {"last_seen": now, "acknowledged": head},
        "behind": {"last_seen": now, "acknowledged": head - 2},
        "failing": {"last_seen": now, "acknowledged": head, "problem": "no"},
        "silent": {"last_seen": now - timedelta(hours=1), "acknowledged": head},
        "never": {},
    }.items():
        row = Follower(name, "guard").row
        Enforcer.objects.filter(pk=row.pk).update(**figures)
    found = {one.row.name: one for one in read_enforcers(SETUP)}
    assert {name: one.condition for name, one in found.items()} == {name: name for name in found}
    assert found["behind"].behind == 2
    assert timedelta(minutes=1) < found["behind"].lag < timedelta(minutes=3)


def test_the_list_costs_the_same_however_long_it_is(people, client_of, django_assert_num_queries):
    client = client_of(people["auditor"])
    client.get("/enforcers/rows/")
    decide("address", "203.0.113.9")
    counts = []
    for _ in range(2):
        for number in range(5):
            Follower(f"one of {Enforcer.objects.count()} {number}", "bouncer")
        with django_assert_num_queries(9, exact=False) as queries:
            client.get("/enforcers/rows/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
