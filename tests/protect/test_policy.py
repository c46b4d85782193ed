"""Words of decisions, steps of the ladder, folding of neighbours, verified crawlers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.errors import UsageError
from shangdun.protect.crawlers import Crawlers, is_genuine
from shangdun.protect.customers import Customers, Guard
from shangdun.protect.decision import (
    APPEAL_ALPHABET,
    Decision,
    Measure,
    Scope,
    appeal_code,
    author,
    counting,
    new_uid,
    read_appeal,
    scope,
)
from shangdun.protect.escalation import DAY, GRACE, HOUR, LADDER, Past, next_level
from shangdun.protect.fold import fold
from shangdun.protect.never_block import Entry, NeverBlock, Purpose
from shangdun.protect.policy import Hold, Offence, Ruling, gathered, offences_in, ruling
from shangdun.protect.settings import CustomersConfig, ProtectConfig
from shangdun.protect.target import Target, subscriber, supernets, target


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("address", "::ffff:203.0.113.9", "203.0.113.9"),
        ("address", "[2001:DB8::1%eth0]", "2001:db8::1"),
        ("range", "203.0.113.77/24", "203.0.113.0/24"),
        ("range", "::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("network", "AS64500", "64500"),
        ("country", "cn", "CN"),
        ("account", " cafe\u0301\u200b ", "caf\u00e9"),
    ],
)
def test_equal_targets_are_equal_texts(kind: str, text: str, value: str) -> None:
    assert target(kind, text).value == value


def test_a_range_of_one_is_its_address_and_a_subscriber_of_ipv6_a_range() -> None:
    assert str(target("range", "203.0.113.9/32")) == "address 203.0.113.9"
    assert str(target("address", "203.0.113.0/24")) == "range 203.0.113.0/24"
    assert str(subscriber("2001:db8:1:2:3::4")) == "range 2001:db8:1:2::/64"
    assert str(subscriber("203.0.113.9")) == "address 203.0.113.9"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "203.0.113"),
        ("range", "0.0.0.0/0"),
        ("range", "2000::/3"),
        ("network", "AS0"),
        ("network", "AS99999999999"),
        ("country", "China"),
        ("account", "\u200b"),
        ("account", "x" * 201),
        ("planet", "Mars"),
    ],
)
def test_what_names_nobody_is_refused(kind: str, text: str) -> None:
    with pytest.raises(UsageError):
        target(kind, text)


@given(st.ip_addresses())
def test_every_address_is_covered_by_its_supernets_alone(address: object) -> None:
    one = subscriber(str(address)).network
    assert one is not None
    texts = supernets(one)
    assert len(set(texts)) == len(texts) <= 129
    for text in texts:
        assert target("range" if "/" in text else "address", text).covers(subscriber(str(address)))


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_codes_scopes_and_targets(text: str) -> None:
    assert read_appeal(text) == "" or len(read_appeal(text)) == 11
    for read in (scope, author, lambda value: target("address", value)):
        with suppress(UsageError):
            read(text)


def test_codes_are_read_however_they_are_typed() -> None:
    code = appeal_code(new_uid())
    assert set(code) <= {*APPEAL_ALPHABET, "-"}
    assert read_appeal(f" {code.lower().replace('-', ' ')} ") == code
    assert read_appeal(code[:-1]) == ""


def test_scopes_hold_where_they_say() -> None:
    everywhere, login = Scope(), scope("Shop.example/login")
    assert login == Scope("shop.example", "/login")
    assert login.holds("SHOP.example", "/login/again")
    assert not login.holds("shop.example", "/loginx")
    assert not login.holds("other.example", "/login")
    assert everywhere.covers(login)
    assert not login.covers(everywhere)
    assert scope("/a").covers(scope("shop.example/a/b"))


def decision(measure: Measure, **more: object) -> Decision:
    given = {
        "uid": new_uid(), "seq": 1, "measure": measure, "target": target("address", "203.0.113.9"),
        "reason": "", "author": "person:li", "since": 0, "until": None, "appeal": "",
    }  # fmt: skip
    return Decision(**{**given, **more})


def test_an_allow_counts_first_and_then_the_strictest() -> None:
    allow, block = decision(Measure.ALLOW), decision(Measure.BLOCK)
    slow, slower = decision(Measure.THROTTLE, rate=60), decision(Measure.THROTTLE, rate=10)
    assert counting([]) is None
    assert counting([slow, block, slower]) is block
    assert counting([slow, slower]) is slower
    assert counting([block, allow, slow]) is allow


def test_steps_go_up_while_offences_go_on_and_down_when_it_is_quiet() -> None:
    assert next_level(None, 4, 0) == 1
    assert next_level(None, 5, 0) == 2
    standing = Past(level=2, since=0, until=HOUR, standing=True)
    assert next_level(standing, 4, GRACE) == 0
    assert next_level(standing, 4, GRACE + 1) == 3
    top = Past(level=len(LADDER), since=0, until=7 * DAY, standing=True)
    assert next_level(top, 5, HOUR) == 0
    assert next_level(top, 5, 2 * DAY) == len(LADDER)
    ended = Past(level=3, since=0, until=DAY, standing=False)
    assert next_level(ended, 4, DAY + HOUR) == 4
    assert next_level(ended, 4, 2 * DAY + HOUR) == 3
    assert next_level(ended, 4, 5 * DAY) == 1


def found(entity: Entity, **more: object) -> Finding:
    given = {
        "uid": "u", "rule_uid": "r", "title": "t", "severity_id": 4, "time": 5, "first_time": 5,
        "entities": [entity],
    }  # fmt: skip
    return Finding(**{**given, **more})


def offences(*findings: Finding, **config: object) -> list[Offence]:
    return offences_in(
        findings,
        ProtectConfig(**config),
        is_noisy=lambda entity: entity.value == "10.0.0.1",
        weights={"doubtful": 0.3},
        now=4,
    )


def test_which_findings_may_lead_to_decisions() -> None:
    attacker = Entity("address", "203.0.113.9")
    (one,) = offences(found(attacker), found(attacker))
    assert (one.count, one.time) == (2, 4)  # an event from the future is one of now
    assert offences(found(Entity("address", "10.0.0.1"))) == []
    assert offences(found(Entity("product", "SKU-1"))) == []
    assert offences(found(Entity("address", "fe80::1"))) == []
    assert offences(found(Entity("address", "not an address"))) == []
    assert offences(found(attacker, severity_id=2)) == []
    assert offences(found(attacker, rule_uid="doubtful")) == []
    assert offences(found(attacker), exempt_rules=["r"]) == []
    victim = found(attacker, entities=[attacker, Entity("account", "wang")])
    assert [str(one.target) for one in offences(victim)] == ["address 203.0.113.9"]


def offence(whom: Target, **more: object) -> Offence:
    given = {"rule": "r", "title": "t", "severity": 4, "time": 0, "count": 1, "finding": "f"}
    return Offence(**{"target": whom, **given, **more})


def test_the_gravest_rule_speaks_for_a_target() -> None:
    whom = target("address", "203.0.113.9")
    both = [offence(whom, rule="scan", severity=3), offence(whom, rule="shell", severity=5)]
    (one,) = gathered(both).values()
    assert (one.rule, one.count) == ("shell", 2)


def test_many_neighbours_become_their_range_where_nobody_pays() -> None:
    storm = [offence(target("address", f"203.0.113.{n}"), severity=5) for n in range(20)]
    alone = offence(target("address", "198.51.100.1"))
    folded = fold([*storm, alone], {}, lambda around: True)
    assert {str(one.target) for one in folded} == {
        "range 203.0.113.0/24", "address 198.51.100.1"
    }  # fmt: skip
    (wide,) = [one for one in folded if one.count == 20]
    ruled = ruling(wide, None, 0, 30)
    assert ruled is not None
    assert ruled.measure is Measure.THROTTLE  # most who live there did nothing
    assert len(fold(storm, {}, lambda around: False)) == 20
    late = [offence(target("address", "203.0.113.77"))]
    assert len(fold(late, {target("range", "203.0.113.0/24"): 9}, lambda around: True)) == 1
    sixes = [offence(subscriber(f"2001:db8:1:{n:x}::1")) for n in range(9)]
    (wide,) = fold(sixes, {}, lambda around: True)
    assert str(wide.target) == "range 2001:db8:1::/48"


def test_the_guard_asks_a_person_about_what_it_does_not_know() -> None:
    def judged(whom: Target, known: Customers, **config: object) -> Hold | None:
        guard = Guard(known, CustomersConfig(**config), now=0)
        return guard.judged(
            Ruling(
                target=whom, measure=Measure.BLOCK, lasts=1, level=3, rate=0, rule="r", title="t",
                finding="", offences=1,
            )
        ).hold  # fmt: skip

    somebody = Customers.of([{"customer": "li", "address": "2001:db8:1:2::7"}], taken=0)
    assert judged(subscriber("2001:db8:1:2::9"), somebody) is Hold.CUSTOMERS
    assert judged(subscriber("2001:db8:1:3::9"), somebody) is None
    assert judged(target("network", "64500"), somebody) is Hold.UNKNOWN
    assert judged(subscriber("203.0.113.9"), Customers.unknown()) is Hold.UNKNOWN
    assert judged(subscriber("203.0.113.9"), Customers.unknown(), unknown="act") is None


def test_never_block_meets_what_lies_inside_and_around() -> None:
    entries = NeverBlock(
        [
            Entry(target("range", "203.0.113.0/28"), Purpose.PAYMENT),
            Entry(target("address", "2001:db8::1"), Purpose.CONSOLE),
            Entry(target("account", "monitor"), Purpose.MONITORING),
        ]
    )
    for kind, value in (
        ("address", "203.0.113.9"),
        ("range", "203.0.113.0/24"),
        ("range", "203.0.113.8/30"),
        ("range", "2001:db8::/64"),
        ("account", "monitor"),
    ):
        assert entries.met_by(target(kind, value)), value
    for kind, value in (("address", "203.0.113.16"), ("account", "li"), ("country", "CN")):
        assert not entries.met_by(target(kind, value)), value


class Zone:
    """A resolver that knows a few names, as DNS would answer."""

    def __init__(self) -> None:
        self.asked = 0

    def names(self, address: str) -> Sequence[str]:
        self.asked += 1
        table = {
            "66.249.66.1": ["crawl-66-249-66-1.googlebot.com."],
            "203.0.113.9": ["crawl-66-249-66-1.googlebot.com."],  # his own zone says anything
            "203.0.113.10": ["googlebot.com.evil.example."],
        }
        if address not in table:
            raise OSError("no name")
        return table[address]

    def addresses(self, name: str) -> Sequence[str]:
        return {"crawl-66-249-66-1.googlebot.com": ["66.249.66.1"]}.get(name, [])


def test_a_search_engine_is_who_has_the_name_both_ways() -> None:
    zone = Zone()
    assert is_genuine("66.249.66.1", "googlebot", zone)
    assert not is_genuine("66.249.66.1", "bingbot", zone)
    for pretender in ("203.0.113.9", "203.0.113.10", "203.0.113.11", "not an address"):
        assert not is_genuine(pretender, "googlebot", zone)


def test_verified_claims_are_remembered() -> None:
    zone = Zone()
    crawlers = Crawlers(zone)
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    claims = [("66.249.66.1", agent), ("203.0.113.9", agent), ("66.249.66.1", "curl/8")]
    (one,) = crawlers.verified(claims, now=0.0)
    assert (one.target.value, one.purpose, one.note) == ("66.249.66.1", "search", "dns: googlebot")
    asked = zone.asked
    assert len(crawlers.verified(claims, now=60.0)) == 1
    assert zone.asked == asked
