"""Which decision meets a request: by address, range, names; allow first, then the strictest."""

from __future__ import annotations

import random
import time
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.conftest import resident

from shangdun_guard.addresses import read_address
from shangdun_guard.decisions import Decisions, Who

NOW = 1_760_000_000.0


def row(uid: str, measure: str, kind: str, value: str, **more: Any) -> dict[str, Any]:
    return {"uid": uid, "measure": measure, "kind": kind, "value": value, **more}


def found(rows: list[dict[str, Any]], who: Who, host: str = "shop.example", path: str = "/") -> str:
    decisions = Decisions()
    decisions.change(rows, [])
    best = decisions.find(who, host, path, NOW)
    return best.uid if best else ""


def at(text: str, **more: Any) -> Who:
    return Who(read_address(text), **more)


CASES = [
    (row("a", "block", "address", "203.0.113.7"), at("203.0.113.7"), True),
    (row("a", "block", "address", "203.0.113.7"), at("203.0.113.8"), False),
    (row("a", "block", "address", "203.0.113.7"), at("::ffff:203.0.113.7"), True),
    (row("a", "block", "range", "203.0.113.0/24"), at("203.0.113.200"), True),
    (row("a", "block", "range", "203.0.112.0/23"), at("203.0.114.1"), False),
    (row("a", "block", "range", "2001:db8:1:2::/64"), at("2001:db8:1:2:3:4:5:6"), True),
    (row("a", "block", "range", "2001:db8:1:2::/64"), at("2001:db8:1:3::1"), False),
    (row("a", "block", "account", "li.na"), at("8.8.8.8", account=("17", "li.na")), True),
    (row("a", "block", "account", "Li.Na"), at("8.8.8.8", account=("li.na",)), False),
    (row("a", "block", "session", "s1"), at("8.8.8.8", session="s1"), True),
    (row("a", "block", "device", "d1"), at("8.8.8.8", device="d2"), False),
    (row("a", "block", "country", "CN"), at("8.8.8.8", country="CN"), True),
    (row("a", "block", "network", "64500"), at("8.8.8.8", network="AS64500"), True),
    (row("a", "block", "address", "8.8.8.8", until=NOW), at("8.8.8.8"), False),
    (row("a", "block", "address", "8.8.8.8", until=NOW + 1), at("8.8.8.8"), True),
    (row("a", "block", "address", "8.8.8.8"), Who(), False),
]


@pytest.mark.parametrize(("decision", "who", "meets"), CASES)
def test_one_decision_meets_whom_it_names(decision: dict[str, Any], who: Who, meets: bool) -> None:
    assert bool(found([decision], who)) == meets


SCOPES = [
    ("", "shop.example", "/", True),
    ("/checkout", "shop.example", "/checkout", True),
    ("/checkout", "shop.example", "/checkout/pay", True),
    ("/checkout", "shop.example", "/checkouts", False),
    ("shop.example", "shop.example", "/x", True),
    ("shop.example", "other.example", "/x", False),
    ("shop.example/admin", "shop.example", "/admin/", True),
    ("shop.example/admin", "shop.example", "/", False),
]


@pytest.mark.parametrize(("scope", "host", "path", "meets"), SCOPES)
def test_a_scope_is_a_host_a_path_or_both(scope: str, host: str, path: str, meets: bool) -> None:
    decision = row("a", "block", "address", "8.8.8.8", scope=scope)
    assert bool(found([decision], at("8.8.8.8"), host, path)) == meets


def test_an_allow_wins_then_the_strictest_then_the_lowest_rate() -> None:
    rows = [
        row("fast", "throttle", "country", "CN", rate=600),
        row("slow", "throttle", "range", "8.8.0.0/16", rate=6),
        row("ask", "challenge", "range", "8.8.8.0/24"),
        row("no", "block", "address", "8.8.8.8"),
        row("yes", "allow", "account", "li.na"),
    ]
    assert found(rows, at("8.8.8.8", country="CN", account=("li.na",))) == "yes"
    assert found(rows, at("8.8.8.8", country="CN")) == "no"
    assert found(rows, at("8.8.8.9", country="CN")) == "ask"
    assert found(rows, at("8.8.9.9", country="CN")) == "slow"
    assert found(rows, at("9.9.9.9", country="CN")) == "fast"


def test_changes_add_replace_take_away_and_begin_anew() -> None:
    decisions = Decisions()
    decisions.change(
        [row("a", "block", "address", "8.8.8.8"), row("b", "challenge", "address", "8.8.8.8")], []
    )
    decisions.change([row("a", "throttle", "address", "9.9.9.9", rate=1)], [])
    assert decisions.find(at("8.8.8.8"), "", "/", NOW).uid == "b"  # type: ignore[union-attr]
    assert decisions.find(at("9.9.9.9"), "", "/", NOW).measure == "throttle"  # type: ignore[union-attr]
    decisions.change([], ["b", "never there"])
    assert decisions.find(at("8.8.8.8"), "", "/", NOW) is None
    decisions.change([row("c", "block", "device", "d")], [], full=True)
    assert [one.uid for one in decisions] == ["c"]
    assert decisions.knows("device")
    assert not decisions.knows("account")


def test_rows_of_a_newer_shangdun_are_left_out_and_counted() -> None:
    decisions = Decisions()
    decisions.change(
        [
            row("a", "tarpit", "address", "8.8.8.8"),
            row("b", "block", "planet", "Mars"),
            row("c", "block", "address", "nonsense"),
            {"uid": "d"},
            row("e", "block", "address", "8.8.8.8"),
        ],
        [],
    )
    assert (len(decisions), decisions.refused) == (1, 4)


def test_what_is_over_is_dropped() -> None:
    decisions = Decisions()
    rows = [row(str(n), "block", "address", f"10.0.0.{n}", until=NOW + n) for n in range(9)]
    decisions.change(rows, [])
    assert decisions.expire(NOW + 4) == 5
    assert len(decisions) == 4


def network(address: Any, length: int) -> Any:
    return ip_network((address, length), strict=False)


networks = st.one_of(
    st.builds(network, st.ip_addresses(v=4), st.integers(8, 32)),
    st.builds(network, st.ip_addresses(v=6), st.integers(19, 128)),
)


@given(st.lists(networks, max_size=8), st.ip_addresses())
def test_ranges_match_as_the_standard_library_matches(
    ranges: list[IPv4Network | IPv6Network], address: Any
) -> None:
    mapped = getattr(address, "ipv4_mapped", None)
    meant = mapped or address
    rows = [row(str(n), "block", "range", str(one)) for n, one in enumerate(ranges)]
    expected = any(meant.version == one.version and ip_address(str(meant)) in one for one in ranges)
    assert bool(found(rows, at(str(address)))) == expected


def test_a_hundred_thousand_decisions_cost_microseconds_and_a_known_memory() -> None:
    rng = random.Random(7)
    rows = [
        row(f"{n:032x}", "block", "address", str(ip_address(rng.getrandbits(32))), reason="rule x",
            until=NOW + 3600, appeal="ABCDE-FGHJK")
        for n in range(90_000)
    ]  # fmt: skip
    ranges = [network(rng.getrandbits(32), rng.choice((16, 20, 22, 24))) for _ in range(10_000)]
    rows += [row(f"r{n}", "challenge", "range", str(one)) for n, one in enumerate(ranges)]
    before = resident()
    decisions = Decisions()
    decisions.change(rows, [], full=True)
    held = resident() - before
    who = [at(str(ip_address(rng.getrandbits(32)))) for _ in range(5000)]
    began = time.process_time()
    for one in who:
        decisions.find(one, "shop.example", "/", NOW)
    took = (time.process_time() - began) / len(who)
    assert len(decisions) == 100_000
    assert took < 50e-6, "typically 3 µs; the bar leaves room for a busy machine"
    assert held < 100_000_000, "bytes, beside the strings of the feed"
