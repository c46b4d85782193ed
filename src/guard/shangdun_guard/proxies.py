"""Who is the client? Headers are believed only hop by hop, from the right, across trusted networks.

A client may write what it likes into ``X-Forwarded-For``; the proxy in front of the shop appends
the address it saw. So only the part right of the first address that is not ours is evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shangdun_guard.addresses import Address, read_address, read_network

UNIX = "unix"
"""Among the trusted networks: whoever speaks over a Unix socket."""
HOPS = 32
"""A header is read this far from its right end; real chains have fewer than five."""


class Client(NamedTuple):
    """Where a request came from, as far as that is evidence."""

    address: Address | None
    is_proxy: bool
    """Only trusted hops were named: decisions about addresses must not meet a proxy of ours."""
    believed: bool
    """The nearest hop is a trusted one, so that its other headers are evidence too."""


class Proxies:
    """The trusted hops in front of the shop, and the one header they write."""

    def __init__(self, networks: Iterable[str] = (), header: str = "x-forwarded-for") -> None:
        """``networks`` in CIDR notation or ``unix``. Raises ``ValueError``."""
        given = list(networks)
        self.header = header.lower()
        self._unix = UNIX in given
        self._tables: dict[int, dict[int, set[int]]] = {}
        for text in given:
            if text != UNIX:
                found = read_network(text)
                lengths = self._tables.setdefault(found.bits, {})
                lengths.setdefault(found.bits - found.length, set()).add(found.number)

    def trusts(self, address: Address | None) -> bool:
        """Is this hop ours? None is a Unix socket."""
        if address is None:
            return self._unix
        tables = self._tables.get(address.bits)
        if not tables:
            return False
        return any(address.number >> shift in numbers for shift, numbers in tables.items())

    def client(self, peer: str, values: Iterable[str]) -> Client:
        """The client of a request from ``peer`` with the header's ``values``, in their order.

        Every line of the header counts, as if joined by commas (RFC 9110, 5.3). An element that
        is no address ends the walk: what stands left of it is nobody's word.
        """
        nearest = read_address(peer)
        if not self.trusts(nearest):
            return Client(nearest, is_proxy=False, believed=False)
        last = nearest
        for element in reversed(self._elements(values)):
            hop = read_address(element)
            if hop is None:
                break
            last = hop
            if not self.trusts(hop):
                return Client(hop, is_proxy=False, believed=True)
        return Client(last, is_proxy=True, believed=True)

    def _elements(self, values: Iterable[str]) -> list[str]:
        joined = ",".join(values)
        parts = joined.rsplit(",", HOPS)
        if len(parts) > HOPS:
            parts = parts[1:]
        if self.header == "forwarded":
            return [forwarded_for(part) for part in parts]
        return parts


def forwarded_for(element: str) -> str:
    """The ``for`` of one element of ``Forwarded`` (RFC 7239, 4), "" where there is none.

    Obfuscated identifiers and ``unknown`` come back as they are: they are no addresses.
    """
    for pair in element.split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return value.strip('"')
    return ""
