"""Where letters may be handed over: a public server, or one in a private network that is named."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from shangdun.kernel.errors import ConfigError

METADATA = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local, and the keys of AWS, Azure, GCP, Tencent Cloud
        "fe80::/10",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "100.100.100.200/32",  # Alibaba Cloud
        "168.63.129.16/32",  # Azure's host
        "192.0.0.192/32",  # Oracle Cloud
        "0.0.0.0/8",
        "::/128",
    )
)

TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
"""Where the last 32 bits are an IPv4 address: NAT64 (RFC 6052) and IPv4-compatible."""


def place_of(host: str, port: int, allowed: Sequence[str]) -> tuple[str, int]:
    """The address to connect to, settled once: the name is not asked again.

    ``allowed`` are private networks in CIDR notation. Raises ``ConfigError`` (``letters.place``,
    ``.host``).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            "the server's name has no address",
            code="letters.host",
            where=host,
            fix="check the name",
        ) from error
    networks = [ipaddress.ip_network(text, strict=False) for text in allowed]
    for _, _, _, _, place in found:
        ip = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address):
            ip = ip.ipv4_mapped or ip.sixtofour or _translated(ip) or ip
        named = any(ip.version == network.version and ip in network for network in networks)
        if any(ip.version == network.version and ip in network for network in METADATA) or not (
            ip.is_global or named
        ):
            raise ConfigError(
                "the server is in a private network that is not named",
                code="letters.place",
                where=str(ip),
                fix="name its network below allowed networks if it is really meant",
            )
    return str(found[0][4][0]), port


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a gateway makes of an IPv6 one; ``::1`` is none of these."""
    if int(ip) <= 1 or not any(ip in network for network in TRANSLATED):
        return None
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
