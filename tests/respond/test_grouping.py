"""Grouping joins what belongs together, glues nothing else, and is the same every time."""

from __future__ import annotations

import time
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.finding import Entity
from shangdun.respond.grouping import Grouping, Item, OpenIncident, Policy, group
from shangdun.respond.noise import Noise, joining_entities

HOUR = 3_600_000
POLICY = Policy()


def item(ref: object, at: int = 0, severity: int = 4, rule: str = "r", **entities: str) -> Item:
    return Item(
        ref=str(ref),
        rule_uid=rule,
        severity=severity,
        first_time=at,
        time=at,
        entities=[Entity(kind, value) for kind, value in entities.items()],
    )


def incident(key: int, at: int = 0, size: int = 0, **entities: str) -> OpenIncident:
    spans = {Entity(kind, value): (at, at) for kind, value in entities.items()}
    return OpenIncident(key=key, entities=spans, size=size)


def run(
    *items: Item, incidents: list[OpenIncident] | None = None, waiting: list[Item] | None = None
) -> Grouping:
    return group(items, incidents or [], waiting or [], POLICY)


def test_sharing_a_who_joins_and_sharing_nothing_does_not() -> None:
    grouping = run(
        item(1, address="203.0.113.1"),
        item(2, account="li", address="203.0.113.1"),
        item(3, account="li", address="203.0.113.2"),
        item(4, address="203.0.113.3"),
    )
    assert grouping.joined == {"1": -1, "2": -1, "3": -1, "4": -2}


@pytest.mark.parametrize(("hours", "key"), [(24, 5), (25, -1)])
def test_the_window(hours: int, key: int) -> None:
    standing = [incident(5, account="li")]
    assert run(item(1, at=hours * HOUR, account="li"), incidents=standing).joined == {"1": key}
    assert run(item(1, at=-hours * HOUR, account="li"), incidents=standing).joined == {"1": key}


def test_a_bridge_joins_the_oldest_and_relates_the_rest() -> None:
    standing = [
        incident(3, account="li"),
        incident(8, order="77"),
        incident(9, address="203.0.113.1"),
    ]
    bridge = item(1, address="203.0.113.1", order="77", account="li")
    grouping = run(bridge, incidents=standing)
    assert grouping.joined == {"1": 3}
    assert grouping.related == {(3, 8), (3, 9)}


def test_a_host_joins_only_findings_that_name_nobody() -> None:
    assert run(item(1, host="web1"), item(2, host="web1")).joined == {"1": -1, "2": -1}
    with_people = run(
        item(1, host="web1", address="203.0.113.1"), item(2, host="web1", address="203.0.113.2")
    )
    assert with_people.joined == {"1": -1, "2": -2}


def test_a_campus_behind_one_address_is_not_one_attacker() -> None:
    """Once its network is named as shared, its people are told apart by their accounts."""
    students = [
        item(n, at=n * 1000, address="198.51.100.7", account=f"student{n}") for n in range(30)
    ]
    attacker = item("x", at=5, address="198.51.100.7", account="student3", rule="takeover")
    unknown = run(*students)
    assert set(unknown.joined.values()) == {-1}, "an address that is not named as shared joins"
    campus = Policy(noise=Noise(networks=(ip_network("198.51.100.0/28"),)))
    known = group([*students, attacker], [], [], campus)
    assert len(set(known.joined.values())) == 30
    assert known.joined["x"] == known.joined["3"]
    assert known.related == set()


def test_a_risky_entity_opens_with_its_smallest_finding() -> None:
    small = [item(n, severity=1, account="li") for n in range(3)]
    assert run(*small).joined == {}
    grouping = group(small, [], [], POLICY, {Entity("account", "li")})
    assert grouping.joined == {"0": -1, "1": -1, "2": -1}


def test_an_attacked_product_glues_nothing() -> None:
    grouping = run(
        item(1, product="p", address="203.0.113.1"), item(2, product="p", address="203.0.113.2")
    )
    assert grouping.joined == {"1": -1, "2": -2}


@pytest.mark.parametrize(
    "entity",
    [
        Entity("address", "-"),
        Entity("account", "-"),
        Entity("account", " NULL "),
        Entity("account", ""),
        Entity("address", "127.0.0.1"),
        Entity("address", "::1"),
        Entity("address", "10.1.2.3"),
        Entity("address", "::ffff:192.168.1.1"),
        Entity("address", "fd00::1"),
        Entity("address", "198.51.100.4"),
        Entity("account", "loadtest"),
    ],
)
def test_what_many_share_is_noise(entity: Entity) -> None:
    networks = (*Noise().networks, *Noise(networks=()).networks)
    noise = Noise(values=frozenset({"loadtest", "198.51.100.4"}), networks=networks)
    assert joining_entities("rule", [entity], noise) == [Entity("rule", "rule")]


def test_public_documentation_and_unparsable_addresses_are_not_noise() -> None:
    for value in ("203.0.113.1", "2001:db8::1", "8.8.8.8", "not-an-address", "999.1.1.1"):
        entity = Entity("address", value)
        assert joining_entities("rule", [entity], Noise()) == [entity]


def test_private_addresses_join_where_the_shop_says_so() -> None:
    entity = Entity("address", "10.1.2.3")
    assert joining_entities("rule", [entity], Noise(networks=())) == [entity]


def test_low_findings_need_company_of_another_rule() -> None:
    low = [item(n, at=n, severity=2, rule="a", account="li") for n in range(5)]
    assert run(*low).joined == {}
    both = run(*low, item("b", at=9, severity=2, rule="b", account="li"))
    assert set(both.joined.values()) == {-1}
    assert len(both.joined) == 6
    assert (
        run(item(1, severity=2, account="li"), item(2, severity=2, rule="b", account="li")).joined
        == {}
    )
    informational = [item(n, severity=1, rule=str(n), account="li") for n in range(9)]
    assert run(*informational).joined == {}


def test_what_waits_joins_when_something_grave_comes() -> None:
    waiting = [
        item("w", severity=1, rule="scan", address="203.0.113.1"),
        item("v", severity=2, account="z"),
    ]
    grouping = run(item(1, at=HOUR, address="203.0.113.1"), waiting=waiting)
    assert grouping.joined == {"1": -1, "w": -1}


def test_low_findings_join_a_standing_incident() -> None:
    grouping = run(item(1, severity=1, account="li"), incidents=[incident(4, account="li")])
    assert grouping.joined == {"1": 4}


def test_a_huge_incident_stops_gathering_what_joins() -> None:
    standing = [incident(1, size=POLICY.entities_that_join, account="li")]
    grouping = run(
        item(1, account="li", address="203.0.113.1"),
        item(2, at=1, address="203.0.113.1"),
        incidents=standing,
    )
    assert grouping.joined == {"1": 1, "2": -1}


def test_one_address_against_a_thousand_accounts_is_one_incident_and_quick() -> None:
    items = [item(n, at=n, address="203.0.113.1", account=f"a{n}") for n in range(1000)]
    began = time.process_time()
    assert set(run(*items).joined.values()) == {-1}
    assert time.process_time() - began < 5


ITEMS = st.lists(
    st.builds(
        dict,
        at=st.integers(0, 60 * HOUR),
        severity=st.integers(1, 6),
        rule=st.sampled_from("rst"),
        account=st.sampled_from(["li", "wang", "-", "chen"]),
        address=st.sampled_from(["203.0.113.1", "203.0.113.2", "10.0.0.1", "203.0.113.3"]),
    ),
    max_size=25,
).map(lambda rows: [item(n, **row) for n, row in enumerate(rows)])


@given(ITEMS, st.randoms())
def test_the_order_in_which_items_come_does_not_matter(items: list[Item], random) -> None:
    shuffled = items[:]
    random.shuffle(shuffled)
    one, other = run(*items), run(*shuffled)
    assert (one.joined, one.related) == (other.joined, other.related)


@given(ITEMS)
def test_the_grave_never_wait_and_members_of_an_incident_are_connected(items: list[Item]) -> None:
    grouping = run(*items)
    assert {i.ref for i in items if i.severity >= POLICY.opens_at} <= set(grouping.joined)
    links = {i.ref: set(joining_entities(i.rule_uid, i.entities, POLICY.noise)) for i in items}
    for key in set(grouping.joined.values()):
        members = [ref for ref, joined in grouping.joined.items() if joined == key]
        reached, grew = {members[0]}, True
        while grew:
            near = {m for m in members if any(links[m] & links[r] for r in reached)}
            grew = not near <= reached
            reached |= near
        assert reached == set(members)


@given(ITEMS)
def test_pairs_that_are_related_name_the_older_first(items: list[Item]) -> None:
    for older, newer in run(*items).related:
        assert older > newer  # keys of new incidents count downwards
