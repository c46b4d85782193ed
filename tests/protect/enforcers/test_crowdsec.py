"""Decisions in CrowdSec's words: without those who are allowed, and as every bouncer reads them."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protect.enforcers.decisions import NOW, decision

from shangdun.protect.enforcers.crowdsec import (
    LONGEST_MILLIS,
    Entry,
    Held,
    Wanted,
    as_json,
    entries,
    go_duration,
    pieces,
    strictest_first,
    wanted,
)
from shangdun.protect.target import target

PHP = re.compile(r"(-?)(?:(?:(\d+)h)?(\d+)m)?(\d+).\d+(m?)s")
"""As the PHP remediation engine reads durations."""
LUA = re.compile(r"^((?P<hours>[0-9]+)h)?((?P<minutes>[0-9]+)m)?(?P<seconds>[0-9]+)")


@pytest.mark.parametrize(
    ("millis", "text"),
    [
        (14_398_123, "3h59m58.123s"),
        (-3000, "-3.001s"),
        (65_000, "1m5.001s"),
        (3_600_000, "1h0m0.001s"),
        (500, "0.500s"),
        (LONGEST_MILLIS, "168h0m0.001s"),
    ],
)
def test_durations_as_go_writes_them(millis, text):
    assert go_duration(millis) == text


@given(st.integers(1, 10 * LONGEST_MILLIS))
def test_durations_are_read_by_bouncers(millis):
    text = go_duration(millis)
    found = PHP.fullmatch(text)
    assert found
    hours, minutes, seconds = (int(found[part] or 0) for part in (2, 3, 4))
    assert 3600 * hours + 60 * minutes + seconds == millis // 1000
    lua = LUA.match(text)
    assert int(lua["hours"] or 0) == hours
    assert int(lua["seconds"]) == seconds


def test_each_kind_and_measure_has_its_word():
    made = [
        decision(1, "address", "203.0.113.9", author="person:wei"),
        decision(2, "range", "203.0.113.0/24", "challenge"),
        decision(3, "network", "AS64500", "throttle"),
        decision(4, "country", "cn"),
        decision(5, "account", "li"),
        decision(6, "session", "abc"),
        decision(7, "device", "d1"),
        decision(8, "address", "203.0.113.8", "allow"),
        decision(9, "address", "203.0.113.7", where="/checkout"),
    ]
    found = entries(made, ())
    assert [tuple(entry) for entry in found] == [
        ("Ip", "203.0.113.9", "ban"),
        ("Range", "203.0.113.0/24", "captcha"),
        ("AS", "64500", "throttle"),
        ("Country", "CN", "ban"),
        ("username", "li", "ban"),
        ("session", "abc", "ban"),
        ("device", "d1", "ban"),
    ]
    first = as_json(*next(iter(found.items())), NOW)
    assert first["origin"] == "cscli"
    assert first["scenario"] == "shangdun/person", "no name goes into logs of others"
    assert first["duration"] == "1h0m0.001s"
    assert first["id"] < 2**53, "exact as a number of JSON"
    assert strictest_first(found)[-1][0].type == "throttle"


NETWORKS = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(24, 32)).map(
        lambda given: ip_network((0x0A000000 | given[0] & 0xFFFF, given[1]), strict=False)
    ),
    st.tuples(st.integers(0, 2**32 - 1), st.integers(120, 128)).map(
        lambda given: ip_network((0x20010DB8 << 96 | given[0] & 0xFFFF, given[1]), strict=False)
    ),
)


@given(NETWORKS, st.lists(NETWORKS, max_size=4))
def test_pieces_are_the_whole_without_those_allowed(whole, allowed):
    kind = "address" if whole.prefixlen == whole.max_prefixlen else "range"
    text = str(whole.network_address) if kind == "address" else str(whole)
    left = [ip_network(one.value) for one in pieces(target(kind, text), allowed)]
    for address in whole:
        let_in = any(address in one for one in allowed if one.version == whole.version)
        assert sum(address in one for one in left) == (0 if let_in else 1)


def test_a_range_with_very_many_who_are_allowed_turns_nobody_away():
    allowed = [ip_network(f"10.{n >> 8}.{n & 255}.1/32") for n in range(400)]
    assert pieces(target("range", "10.0.0.0/8"), allowed) == []


def test_filters():
    held = Held(None, 1, "crowdsec", "shangdun/rule:SQLi")
    entry = Entry("Ip", "203.0.113.9", "ban")
    for query, takes in [
        ({}, True),
        ({"scopes": "ip,range"}, True),
        ({"scopes": "country"}, False),
        ({"type": "ban"}, True),
        ({"type": "captcha"}, False),
        ({"origins": "cscli,CrowdSec"}, True),
        ({"origins": "CAPI"}, False),
        ({"scenarios_containing": "sqli,xss"}, True),
        ({"scenarios_containing": "xss"}, False),
        ({"scenarios_not_containing": "sqli"}, False),
    ]:
        assert wanted(query).takes(entry, held) is takes, query
    assert wanted({}, "ip,range") == Wanted(scopes=frozenset({"ip", "range"}))


def test_what_has_no_end_is_told_for_as_long_as_bouncers_are():
    entry = Entry("Ip", str(ip_address("203.0.113.9")), "ban")
    assert as_json(entry, Held(None, 1, "", ""), NOW)["duration"].startswith("168h")
