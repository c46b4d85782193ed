"""Indicators: one spelling, out of any text, there and back, and as STIX 2.1."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import UsageError
from shangdun.respond.indicators.kinds import Kind, Tlp, defang, normalise, refang
from shangdun.respond.indicators.reading import read_indicators
from shangdun.respond.indicators.stix import Sharable, bundle, pattern

NOW = datetime(2026, 11, 11, 8, tzinfo=UTC)
TEXT = """
攻击者 203.0.113[.]9 和 2001:db8:0:0::1 从 hxxps://Evil[.]Example/a.php?id=1 下载 shell.php，
mail to bad(at)evil.example; range 198.51.100.0/24; login[dot]shop[dot]cn; v2.10.3
sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
order 20261111000000000000000000000001
127.0.0.1 0.0.0.0 999.1.1.1 access.log index.html 12:30:45
"""


def test_a_text_gives_what_it_names_and_nothing_else():
    assert sorted(read_indicators(TEXT)) == sorted(
        [
            (Kind.URL, "https://evil.example/a.php?id=1"),
            (Kind.EMAIL, "bad@evil.example"),
            (Kind.HASH, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Kind.IP, "203.0.113.9"),
            (Kind.RANGE, "198.51.100.0/24"),
            (Kind.IP, "2001:db8::1"),
            (Kind.DOMAIN, "login.shop.cn"),
        ]
    )


SAME = {
    (Kind.IP, " 203[.]0[.]113[.]9 "): "203.0.113.9",
    (Kind.IP, "2001:DB8:0:0:0:0:0:1"): "2001:db8::1",
    (Kind.RANGE, "198.51.100.77/24"): "198.51.100.0/24",
    (Kind.DOMAIN, "EVIL.Example."): "evil.example",
    (Kind.DOMAIN, "恶意.cn"): "xn--fjqx7f.cn",
    (Kind.URL, "HXXP://EVIL[.]example:8080/A?b#c"): "http://evil.example:8080/A?b#c",
    (Kind.EMAIL, "Bad@EVIL.example"): "Bad@evil.example",
    (Kind.HASH, "D41D8CD98F00B204E9800998ECF8427E"): "d41d8cd98f00b204e9800998ecf8427e",
    (Kind.ACCOUNT, "vip[.]138"): "vip[.]138",
}


@pytest.mark.parametrize(("kind", "text"), SAME)
def test_one_spelling(kind, text):
    if text.startswith("恶意"):
        assert normalise(kind, text) == "恶意.cn".encode("idna").decode()
    else:
        assert normalise(kind, text) == SAME[kind, text]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.IP, "300.1.1.1"), (Kind.IP, "evil.example"), (Kind.RANGE, "203.0.113.9"),
        (Kind.DOMAIN, "not a domain"), (Kind.URL, "javascript:alert(1)"), (Kind.HASH, "abc"),
        (Kind.EMAIL, "nobody"), (Kind.USER_AGENT, ""), (Kind.ACCOUNT, "a\x00b"),
        (Kind.URL, "http://x.cn:99999/"),
    ],
)  # fmt: skip
def test_no_value_of_its_kind(kind, text):
    with pytest.raises(UsageError):
        normalise(kind, text)


@given(st.ip_addresses())
def test_an_address_comes_back_from_its_defanged_form(address):
    value = normalise(Kind.IP, str(address))
    shown = defang(Kind.IP, value)
    assert not re.search(r"\d\.\d", shown)
    assert refang(shown) == value


@given(st.from_regex(r"[a-z]{1,9}(\.[a-z]{1,9}){1,3}\.cn", fullmatch=True),
       st.from_regex(r"(/[a-z0-9.]{0,8}){0,3}", fullmatch=True))  # fmt: skip
def test_a_url_comes_back_from_its_defanged_form(host, path):
    value = normalise(Kind.URL, f"https://{host}{path}")
    shown = defang(Kind.URL, value)
    assert "http" not in shown
    assert normalise(Kind.URL, shown) == value


@given(st.text(max_size=400))
def test_no_text_makes_the_reading_fail(text):
    for kind, value in read_indicators(text):
        assert normalise(kind, value) == value


def test_hostile_text_costs_linear_time():
    import time  # noqa: PLC0415 - of this one test

    start = time.process_time()
    for text in ("a." * 200_000, "1:" * 200_000, "hxxp" * 100_000, "[" * 200_000, "a@" * 100_000):
        read_indicators(text)
    assert time.process_time() - start < 10


PATTERNS = {
    (Kind.IP, "203.0.113.9"): "[ipv4-addr:value = '203.0.113.9']",
    (Kind.IP, "2001:db8::1"): "[ipv6-addr:value = '2001:db8::1']",
    (Kind.RANGE, "198.51.100.0/24"): "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
    (Kind.HASH, "d41d8cd98f00b204e9800998ecf8427e"):
        "[file:hashes.'MD5' = 'd41d8cd98f00b204e9800998ecf8427e']",
    (Kind.ACCOUNT, "o'neil\\x"): "[user-account:account_login = 'o\\'neil\\\\x']",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), PATTERNS)
def test_patterns(kind, value):
    assert pattern(kind, value) == PATTERNS[kind, value]


def test_a_bundle_has_the_shape_of_stix_2_1():
    one = Sharable(
        kind=Kind.DOMAIN, value="evil.example", confidence=80, tlp=Tlp.AMBER_STRICT,
        source="pasted", note="", added_at=NOW,
    )  # fmt: skip
    made = bundle([one, one], company="Shop", incident="#7", now=NOW)
    identity, marking, indicator, again = made["objects"]
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    for thing in (made, *made["objects"]):
        assert re.fullmatch(f"{thing['type']}--{uuid}", thing["id"])
    for thing in made["objects"]:
        assert thing["spec_version"] == "2.1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", thing["created"])
    assert "spec_version" not in made
    assert indicator["created_by_ref"] == identity["id"]
    assert indicator["object_marking_refs"] == [marking["id"]]
    assert marking["id"] == "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
    assert {"pattern", "pattern_type", "valid_from"} <= indicator.keys()
    assert indicator["id"] == again["id"]
