"""Where a probe may connect: what an administrator names, but not what steals a cloud's keys."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from typing import NamedTuple

from shangdun.kernel.errors import UsageError

METADATA = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local, AWS, Azure, GCP, Tencent Cloud
        "fe80::/10",
        "fd00:ec2::254/128",  # AWS
        "fd20:ce::254/128",  # GCP
        "100.100.100.200/32",  # Alibaba Cloud
        "168.63.129.16/32",  # Azure's host
        "192.0.0.192/32",  # Oracle Cloud
        "0.0.0.0/8",  # connects to this machine by another name
        "::/128",
    )
)


TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
"""Where the last 32 bits are an IPv4 address: NAT64 (RFC 6052) and IPv4-compatible."""


class Place(NamedTuple):
    """An address to connect to, settled before the connection is made: a name is asked once."""

    family: int
    address: str
    port: int


class AddressGuard:
    """Resolves names and refuses addresses that no probe has business with."""

    def __init__(self, *, metadata: bool = False) -> None:
        self._metadata = metadata

    def resolve(self, host: str, port: int, *, elsewhere: bool = False) -> Place:
        """The first address of a host; ``elsewhere``: a redirect sent us to another host.

        Raises ``UsageError`` for one that is refused and ``OSError`` for a name without address.
        Then nothing was connected to.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        places = [Place(family, str(place[0]), port) for family, _, _, _, place in found]
        for place in places:
            self.check(place.address, elsewhere=elsewhere)
        return places[0]

    def check(self, address: str, *, elsewhere: bool = False) -> None:
        """Raises ``UsageError`` for an address that is refused."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address):
            ip = ip.ipv4_mapped or ip.sixtofour or _within(ip) or ip
        if not self._metadata and any(ip in network for network in METADATA):
            raise UsageError(
                f"{ip} is a link-local or metadata address",
                code="probe.address",
                fix="set monitor.metadata_addresses if it is really meant",
            )
        if elsewhere and not ip.is_global:
            raise UsageError(
                f"a redirect leads to the private address {ip}",
                code="probe.redirect",
                fix="probe the place it leads to by itself",
            )


class NamedGuard(AddressGuard):
    """For addresses that others than administrators write: private ones only where named.

    ``named`` are host and port of what an administrator watches, or the company's own website;
    everything else must be public, however its name is resolved by then.
    """

    def __init__(self, named: Collection[tuple[str, int]], *, metadata: bool = False) -> None:
        super().__init__(metadata=metadata)
        self._named = frozenset((host.lower(), port) for host, port in named)

    def resolve(self, host: str, port: int, *, elsewhere: bool = False) -> Place:
        strange = (host.lower(), port) not in self._named
        try:
            return super().resolve(host, port, elsewhere=elsewhere or strange)
        except UsageError as error:
            if elsewhere or error.code != "probe.redirect":
                raise
            raise UsageError(
                "a private address that no probe asks",
                code="control.private",
                fix="let an administrator add a probe of it",
            ) from error


def _within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a gateway makes of an IPv6 one; ``::1`` is none of these."""
    if int(ip) <= 1 or not any(ip in network for network in TRANSLATED):
        return None
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
