"""Whom a decision is about, written in one way only, so that equal targets are equal texts."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from shangdun.kernel.errors import UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_VALUE = 200
WIDEST = {4: 8, 6: 19}
"""The shortest prefix of a range: the largest blocks that registries give to one holder."""

SUBSCRIBER = {4: 32, 6: 64}
"""What one subscriber has: an IPv4 address, or an IPv6 /64 of which his devices change the rest by
the hour (RFC 4862, 8981; a /64 is the smallest that RFC 6177 leaves to a site)."""

MAPPED = ip_network("::ffff:0:0/96")
"""IPv4 addresses written as IPv6 (RFC 4291, 2.5.5.2)."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_AS_NUMBER = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_LARGEST_AS = 2**32 - 1


class TargetKind(StrEnum):
    """What a decision can be about."""

    ADDRESS = "address"
    RANGE = "range"
    NETWORK = "network"
    """An autonomous system, by its number."""
    COUNTRY = "country"
    ACCOUNT = "account"
    SESSION = "session"
    DEVICE = "device"


ON_THE_WIRE = frozenset({TargetKind.ADDRESS, TargetKind.RANGE})
"""Kinds that every enforcer can tell; the others need somebody who knows more than the address."""


class Target(msgspec.Struct, frozen=True, order=True):
    """A kind and its value as ``target()`` writes it: ``address 203.0.113.9``, ``country CN``."""

    kind: TargetKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    @property
    def network(self) -> Network | None:
        """The addresses that an address or a range covers; None for other kinds."""
        if self.kind in ON_THE_WIRE:
            return ip_network(self.value)
        return None

    def covers(self, other: Target) -> bool:
        """Whether everybody whom ``other`` names is also named by this target.

        What cannot be known without a database of networks and countries counts as not covered.
        """
        if self == other:
            return True
        mine, others = self.network, other.network
        if mine is None or others is None:
            return False
        return within(others, mine)

    def meets(self, other: Target) -> bool:
        """Whether the targets share somebody, as far as their texts tell."""
        return self.covers(other) or other.covers(self)


def target(kind: str, value: str) -> Target:
    """The target that a person, a finding or an interface wrote, in its one form.

    Addresses: IPv4 inside IPv6 becomes IPv4, no zone, no port; a range of one address becomes the
    address. Networks: digits without ``AS``. Countries: ISO 3166-1 alpha-2 in capitals. Accounts,
    sessions, devices: NFC, no control characters, no spaces around, letters as they are, since only
    the shop knows whether case matters to it. Raises ``UsageError`` (``target.kind``,
    ``target.value``).
    """
    if kind not in TargetKind.__members__.values():
        raise UsageError(
            f"{kind!r} is no kind of target",
            code="target.kind",
            fix=f"one of {', '.join(TargetKind)}",
        )
    chosen = TargetKind(kind)
    text = value.strip()
    match chosen:
        case TargetKind.ADDRESS:
            return _of_address(text)
        case TargetKind.RANGE:
            return of_network(parse_network(text))
        case TargetKind.NETWORK:
            return Target(chosen, _as_number(text))
        case TargetKind.COUNTRY:
            return Target(chosen, _country(text))
        case _:
            return Target(chosen, _opaque(text))


def of_network(network: Network) -> Target:
    """The range, or the address that it consists of; raises ``UsageError`` if it is too wide."""
    network = folded(network)
    if network.prefixlen == network.max_prefixlen:
        return Target(TargetKind.ADDRESS, str(network.network_address))
    if network.prefixlen < WIDEST[network.version]:
        raise UsageError(
            f"{network} is a part of the whole internet",
            code="target.value",
            fix=f"at least /{WIDEST[network.version]}",
        )
    return Target(TargetKind.RANGE, str(network))


def subscriber(text: str) -> Target:
    """The address, or of IPv6 the /64 around it; raises ``UsageError`` (``target.value``).

    Who is turned away must not come back by the next address of his own network.
    """
    address = parse_address(text)
    return of_network(ip_network((address, SUBSCRIBER[address.version]), strict=False))


def parse_address(text: str) -> Address:
    """An address with IPv4 in IPv6 folded and without zone; raises ``UsageError``."""
    try:
        address = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError as error:
        raise UsageError(
            f"{text[:60]!r} is no address", code="target.value", fix="write it as 203.0.113.9"
        ) from error
    return getattr(address, "ipv4_mapped", None) or address


def parse_network(text: str) -> Network:
    """A range in CIDR notation, bits of the host allowed; raises ``UsageError``."""
    try:
        return folded(ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise UsageError(
            f"{text[:60]!r} is no range", code="target.value", fix="write it as 203.0.113.0/24"
        ) from error


def folded(network: Network) -> Network:
    """IPv4 written in IPv6 as IPv4."""
    if isinstance(network, IPv6Network) and network.prefixlen >= 96 and within(network, MAPPED):
        packed = network.network_address.packed[12:]
        return IPv4Network((packed, network.prefixlen - 96), strict=False)
    return network


def within(inner: Network, outer: Network) -> bool:
    """Whether every address of ``inner`` is in ``outer``."""
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False


def supernets(network: Network) -> list[str]:
    """The texts of every range, and of the address, that cover this network: at most 129.

    So that what covers it is found by looking up equal texts.
    """
    found = []
    for prefix in range(network.prefixlen, WIDEST[network.version] - 1, -1):
        wider = network.supernet(new_prefix=prefix)
        single = wider.prefixlen == wider.max_prefixlen
        found.append(str(wider.network_address if single else wider))
    return found


def _of_address(text: str) -> Target:
    if "/" in text:
        return of_network(parse_network(text))
    return Target(TargetKind.ADDRESS, str(parse_address(text)))


def _as_number(text: str) -> str:
    matched = _AS_NUMBER.fullmatch(text)
    number = int(matched[1]) if matched else 0
    if not 0 < number <= _LARGEST_AS:
        raise UsageError(
            f"{text[:60]!r} is no network", code="target.value", fix="write it as AS64500"
        )
    return str(number)


def _country(text: str) -> str:
    code = text.upper()
    if not _COUNTRY.fullmatch(code):
        raise UsageError(
            f"{text[:60]!r} is no country",
            code="target.value",
            fix="write its two letters (ISO 3166-1), as in CN",
        )
    return code


def _opaque(text: str) -> str:
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(char for char in plain if unicodedata.category(char)[0] != "C").strip()
    if not kept or len(kept) > LONGEST_VALUE:
        raise UsageError(
            f"a name of 1 to {LONGEST_VALUE} characters is needed",
            code="target.value",
            fix="write it as the shop does",
        )
    return kept
