"""Who the client is: nobody can speak for somebody else, whatever he writes into headers."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun_guard.addresses import read_address, read_network
from shangdun_guard.proxies import Proxies, forwarded_for

TRUSTED = Proxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"])
ATTACKER = "203.0.113.66"

# (header lines as the shop receives them, the client that must come out)
CHAINS = [
    ([], "10.0.0.1"),
    ([""], "10.0.0.1"),
    ([ATTACKER], ATTACKER),
    ([f"8.8.8.8, {ATTACKER}"], ATTACKER),
    ([f"8.8.8.8,{ATTACKER},10.0.0.2"], ATTACKER),
    ([f"10.0.0.9, {ATTACKER}, 10.0.0.2, 192.0.2.1"], ATTACKER),
    (["8.8.8.8", ATTACKER], ATTACKER),  # two header lines: the last was added last
    ([f"8.8.8.8, {ATTACKER}", "10.1.1.1"], ATTACKER),
    ([f"8.8.8.8, {ATTACKER}:4711"], ATTACKER),
    ([f"for=8.8.8.8, {ATTACKER}"], ATTACKER),
    ([f"8.8.8.8', {ATTACKER}"], ATTACKER),
    ([f"\t8.8.8.8 ,\t{ATTACKER} "], ATTACKER),
    ([f"unknown, {ATTACKER}"], ATTACKER),
    ([f"127.0.0.1, ::1, {ATTACKER}"], ATTACKER),
    ([f"::ffff:{ATTACKER}"], ATTACKER),
    (["2001:db8::66"], "2001:db8::66"),
    (["8.8.8.8, [2001:db8::66]:4711"], "2001:db8::66"),
    (["8.8.8.8, 2001:db8::66%eth0"], "2001:db8::66"),
    (["8.8.8.8, fd00::1, 10.0.0.3"], "8.8.8.8"),  # fd00::1 is ours: it added 8.8.8.8
    ([f"8.8.8.8,{','.join(['x'] * 5000)},{ATTACKER}"], ATTACKER),
    ([",".join(["8.8.8.8"] * 20000) + f",{ATTACKER}"], ATTACKER),
    ([f"{ATTACKER},"], "10.0.0.1"),  # an empty last element: the proxy itself wrote nonsense
    (["8.8.8.8, nonsense"], "10.0.0.1"),
    (["8.8.8.8, 1.2.3.4.5"], "10.0.0.1"),
    (["8.8.8.8, 010.0.0.1"], "10.0.0.1"),  # octal or decimal? nobody knows
    (["8.8.8.8, 0x7f000001"], "10.0.0.1"),
    (["8.8.8.8, 134744072"], "10.0.0.1"),
    (["8.8.8.8, 8.8"], "10.0.0.1"),
    (["8.8.8.8, [::1"], "10.0.0.1"),
    (["8.8.8.8, 8.8.4.4:99999999"], "10.0.0.1"),
    (["8.8.8.8, 8.8.4.4:http"], "10.0.0.1"),
    (["8.8.8.8, \u0661.2.3.4"], "10.0.0.1"),  # an Arabic digit
]


@pytest.mark.parametrize(("lines", "client"), CHAINS)
def test_a_chain_is_read_from_the_right_across_trusted_hops_only(
    lines: list[str], client: str
) -> None:
    found = TRUSTED.client("10.0.0.1", lines)
    assert found.address is not None
    assert found.address.text == client
    assert found.is_proxy == (client == "10.0.0.1")
    assert found.believed


def test_nobody_is_believed_who_is_not_a_trusted_hop() -> None:
    found = TRUSTED.client(ATTACKER, ["8.8.8.8"])
    assert found.address is not None
    assert found.address.text == ATTACKER
    assert not found.believed


def test_without_trusted_networks_no_header_counts() -> None:
    found = Proxies().client("10.0.0.1", ["8.8.8.8"])
    assert (found.address, found.believed) == (read_address("10.0.0.1"), False)


@given(st.lists(st.text(max_size=40), max_size=6), st.ip_addresses(v=4))
def test_whatever_a_client_writes_the_address_its_proxy_saw_comes_out(
    lines: list[str], address: object
) -> None:
    seen = str(address)
    if TRUSTED.trusts(read_address(seen)):
        return
    found = TRUSTED.client("10.0.0.1", [*lines, seen])
    joined = TRUSTED.client("10.0.0.1", [", ".join([*lines, seen])])
    assert found.address == joined.address == read_address(seen)


def test_a_unix_socket_is_believed_only_when_configured() -> None:
    assert Proxies(["unix"]).client("", [ATTACKER]).address == read_address(ATTACKER)
    assert Proxies(["10.0.0.0/8"]).client("", [ATTACKER]).address is None


FORWARDED = [
    ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
    ('For="[2001:db8:cafe::17]:4711"', "[2001:db8:cafe::17]:4711"),
    ('by=203.0.113.43; for="192.0.2.43:47011"', "192.0.2.43:47011"),
    ("for=unknown", "unknown"),
    ('for="_gazonk"', "_gazonk"),
    ("proto=https", ""),
    ("for", ""),
    ("", ""),
]


@pytest.mark.parametrize(("element", "node"), FORWARDED)
def test_forwarded_of_rfc_7239(element: str, node: str) -> None:
    assert forwarded_for(element) == node


def test_forwarded_is_walked_like_the_other() -> None:
    hops = Proxies(["10.0.0.0/8"], "Forwarded")
    lines = ['for=8.8.8.8, for="[2001:db8::66]:80";proto=https', "for=10.0.0.5"]
    found = hops.client("10.0.0.1", lines)
    assert found.address == read_address("2001:db8::66")
    assert hops.client("10.0.0.1", ["for=_hidden"]).is_proxy


def test_a_header_of_one_address_is_read_too() -> None:
    assert Proxies(["10.0.0.1"], "x-real-ip").client("10.0.0.1", [ATTACKER]).address == (
        read_address(ATTACKER)
    )


@given(st.ip_addresses())
def test_addresses_read_as_the_standard_library_reads_them(address: object) -> None:
    found = read_address(str(address))
    assert found is not None
    assert ip_address(found.text) in (address, getattr(address, "ipv4_mapped", None))


@given(st.text(max_size=80))
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    read_address(text)


def test_the_holder_of_an_ipv6_address_is_its_64() -> None:
    one, two = read_address("2001:db8::1"), read_address("2001:db8::ffff:1")
    assert one
    assert two
    assert one.holder == two.holder == "2001:db8::/64"


def test_mapped_networks_are_folded() -> None:
    assert read_network("::ffff:192.0.2.0/120") == read_network("192.0.2.0/24")
