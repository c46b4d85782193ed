"""Internet addresses as proxies and decisions write them, as numbers that compare quickly."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

LONGEST = 64
"""Characters; the longest honest way to write one, with zone and port, is shorter."""
V4_BITS, V6_BITS = 32, 128
NEIGHBOURS = 64
"""An IPv6 customer is given a /64 at least: whoever holds one address holds them all."""


class Address(NamedTuple):
    """One client's address; IPv4 inside IPv6 is folded into IPv4."""

    bits: int
    """32 or 128."""
    number: int
    text: str

    @property
    def holder(self) -> str:
        """Who stands behind it: the address, or the /64 of an IPv6 address."""
        if self.bits == V4_BITS:
            return self.text
        return f"{IPv6Address(self.number >> NEIGHBOURS << NEIGHBOURS)}/{NEIGHBOURS}"


class Network(NamedTuple):
    """A range of addresses; a single address is one of full length."""

    bits: int
    length: int
    number: int
    """The network's leading ``length`` bits."""


@lru_cache(maxsize=8192)
def read_address(text: str) -> Address | None:
    """The address in a header or socket, or None where it is none.

    Understands ``1.2.3.4``, ``1.2.3.4:80``, ``::1``, ``[::1]``, ``[::1]:80``, zones (``%eth0``,
    dropped) and IPv4-mapped addresses (RFC 4291, 2.5.5.2). Nothing else, no shorthand.
    """
    if len(text) > LONGEST:
        return None
    bare = _without_port(text.strip())
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return Address(found.max_prefixlen, int(found), str(found))


def _without_port(text: str) -> str:
    if text.startswith("["):
        inside, closed, port = text[1:].partition("]")
        good = closed and ":" in inside and (not port or _is_suffix(port))
        return inside if good else ""
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host if _is_port(port) else ""
    return text


def _is_suffix(text: str) -> bool:
    return text[0] == ":" and _is_port(text[1:])


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5


def _plain_v4(text: str) -> Network | None:
    # By far the most, and ten times faster than ``ipaddress`` reads them.
    address, slash, length = text.partition("/")
    if slash and not (length.isascii() and length.isdigit() and len(length) <= 2):
        return None
    bits = int(length) if slash else V4_BITS
    try:
        number = int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
    except (OSError, ValueError):
        return None
    return Network(V4_BITS, bits, number >> (V4_BITS - bits)) if bits <= V4_BITS else None


def read_network(text: str) -> Network:
    """A range in CIDR notation, or one address. Raises ``ValueError``."""
    plain = _plain_v4(text)
    if plain is not None:
        return plain
    found = ip_network(text.strip(), strict=False)
    bits: int = found.max_prefixlen
    length, number = found.prefixlen, int(found.network_address)
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is not None and length >= V6_BITS - V4_BITS:
        bits, length, number = V4_BITS, length - (V6_BITS - V4_BITS), int(mapped)
    return Network(bits, length, number >> (bits - length))
