"""A profile speaks of what it knows well, and of nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bench.inspect_sets import public

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.profile import ROUTES, Profile
from shangdun_guard.inspector.profile_field import CHOICES, FieldProfile
from shangdun_guard.inspector.profile_route import CHILDREN, FIELDS, template
from shangdun_guard.inspector.profile_shape import alphabet, length_step, step_limit, type_of
from shangdun_guard.inspector.tuning import TunedInspector
from shangdun_guard.request import Request

HEAD = (("host", "shop.example"), ("user-agent", "Mozilla/5.0"))
FORM = (*HEAD, ("content-type", "application/x-www-form-urlencoded"))


def order(rng: random.Random) -> Request:
    """A form of a shop: a number, a choice, a word, a text."""
    body = (
        f"product={rng.randrange(1, 9999)}&size={rng.choice('SML')}"
        f"&coupon={rng.choice(('', 'NEW', 'MAY24'))}"
        f"&note={rng.choice(('please+ring', 'thank+you', '%E8%AF%B7%E6%8C%89%E9%97%A8%E9%93%83'))}"
    )
    return Request("POST", f"/shop/{rng.randrange(99)}/order", FORM, body.encode())


@pytest.fixture(scope="module")
def learned() -> Profile:
    profile, inspector, rng = Profile(), Inspector(), random.Random(3)
    for number in range(1500):
        request = order(rng)
        assert profile.learn(request, inspector.inspect(request), f"client {number % 40}")
    return profile


def post(body: str, method: str = "POST", head: tuple[tuple[str, str], ...] = FORM) -> Request:
    return Request(method, "/shop/5/order", head, body.encode())


def codes(profile: Profile, request: Request) -> set[str]:
    return {sign.code for judged in profile.judge(request) for sign in judged.signs}


HONEST = "product=77&size=M&coupon=NEW&note=thank+you"
DEVIATIONS = {
    "anomaly.type": "product=77x&size=M&coupon=NEW&note=x",
    "anomaly.choice": "product=77&size=Q&coupon=NEW&note=x",
    "anomaly.characters": "product=7'7&size=M&coupon=NEW&note=x",
    "anomaly.length": f"product=77&size=M&coupon=NEW&note={'please ' * 20}",
    "anomaly.name": HONEST + "&admin=1",
    "anomaly.missing": "size=M&coupon=NEW&note=thank+you",
    "anomaly.repeated": HONEST + "&product=3",
}


@pytest.mark.parametrize("code", DEVIATIONS)
def test_deviations(learned: Profile, code: str) -> None:
    assert code not in codes(learned, post(HONEST))
    assert code in codes(learned, post(DEVIATIONS[code]))


def test_methods_media_and_paths(learned: Profile) -> None:
    assert codes(learned, Request("PUT", "/shop/5/order", FORM, b"")) == {"anomaly.method"}
    xml = (*HEAD, ("content-type", "text/xml"))
    assert "anomaly.media" in codes(learned, post("<a/>", head=xml))
    elsewhere = Request("GET", "/shop/gone", HEAD)
    assert codes(learned, elsewhere) == {"anomaly.path"}
    closed = Profile.from_json(learned.to_json())
    closed.is_closed = True
    assert codes(closed, elsewhere) == {"anomaly.path", "anomaly.closed"}
    assert not TunedInspector(profile=learned).inspect(elsewhere).attack
    assert TunedInspector(profile=closed).inspect(elsewhere).classes == ("anomaly",)


def test_no_honest_order_is_an_attack(learned: Profile) -> None:
    inspector, rng = TunedInspector(profile=learned), random.Random(99)
    assert [r for r in (order(rng) for _ in range(500)) if inspector.inspect(r).attack] == []


def test_a_form_that_the_shop_did_not_make_is_an_attack(learned: Profile) -> None:
    inspector = TunedInspector(profile=learned)
    verdict = inspector.inspect(post("productA=77&size=M&coupon=NEW&note=thank+you"))
    assert verdict.classes == ("anomaly",)
    assert {hit.code for hit in verdict.hits} == {"anomaly.name", "anomaly.missing"}
    assert not Inspector().inspect(post("productA=77&size=M&note=thank+you")).attack


def test_nothing_is_said_before_enough_is_known() -> None:
    inspector, rng = Inspector(), random.Random(4)
    few, alone = Profile(), Profile()
    for number in range(1500):
        request = order(rng)
        verdict = inspector.inspect(request)
        alone.learn(request, verdict, "the same client")
        if number < 150:
            few.learn(request, verdict, f"client {number}")
    for body in DEVIATIONS.values():
        assert codes(few, post(body)) == set()
        assert codes(alone, post(body)) == set(), "one client cannot teach what is normal"


def test_attacks_teach_nothing(learned: Profile) -> None:
    before = learned.to_json()
    attack = post("product=1+union+select+password+from+users--+&size=M&coupon=&note=x")
    assert not learned.learn(attack, Inspector().inspect(attack), "client 1")
    assert learned.to_json() == before


def test_age_forgets_what_is_not_seen_again(learned: Profile) -> None:
    profile = Profile.from_json(learned.to_json())
    for _ in range(12):
        profile.age()
    assert profile.routes == {}


def test_text_form(learned: Profile) -> None:
    assert Profile.from_json(learned.to_json()).to_json() == learned.to_json()
    for broken in ("[]", "{}", '{"version": 2}', '{"version": 1, "closed": 0, "routes": {"a": 1}}'):
        with pytest.raises(ValueError, match=r"profile"):
            Profile.from_json(broken)


def many() -> Iterator[Request]:
    for number in range(4000):
        text = f"n{number}=" + "x" * (number % 300)
        yield Request("POST", f"/a{number % 900}/b{number}/c", FORM, text.encode())


def test_memory_is_bounded() -> None:
    profile, clean = Profile(), Inspector().inspect(post(HONEST))
    for number, request in enumerate(many()):
        profile.learn(request, clean, f"client {number}")
        profile.learn(post(f"k{number}={number}"), clean, f"client {number}")
    assert len(profile.routes) <= ROUTES
    assert max(len(route.fields) for route in profile.routes.values()) <= FIELDS
    assert max(len(seen) for seen in profile.below.values()) <= CHILDREN
    wild = post("k9999=1&unheard=2")
    assert codes(profile, wild) == set(), "a route that takes any name misses none"


def test_paths_are_templates() -> None:
    assert template("/order/7731/items") == "/order/{}/items"
    assert template("/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301") == "/u/{}"
    assert template("/women/dresses") == "/women/dresses"


@given(st.integers(0, 1 << 20))
def test_rungs_of_lengths(length: int) -> None:
    step = length_step(length)
    assert length <= step_limit(step)
    assert step == 0 or step_limit(step - 1) < length


@given(st.text(max_size=300))
def test_shapes_never_fail(text: str) -> None:
    assert type_of(text)
    assert bool(alphabet(text)) == bool(text)


def test_choices_are_few() -> None:
    known = FieldProfile()
    for number in range(CHOICES + 1):
        known.learn(str(number), number)
    assert known.choices is None


def test_csic_2010(shared_data: Path) -> None:
    """Learned from a part of the normal training requests, judged on a part of the others."""
    assert shared_data == public.DATA
    profile, inspector = Profile(), Inspector()
    for sample in public.csic("normalTrafficTraining", every=3):
        session = dict(sample.request.headers).get("cookie", "")
        profile.learn(sample.request, inspector.inspect(sample.request), session)
    tuned = TunedInspector(profile=profile)
    told = {
        name: [tuned.inspect(sample.request).attack for sample in public.csic(name, every=10)]
        for name in ("normalTrafficTest", "anomalousTrafficTest")
    }
    assert sum(told["normalTrafficTest"]) <= 2
    assert sum(told["anomalousTrafficTest"]) > 0.7 * len(told["anomalousTrafficTest"])
