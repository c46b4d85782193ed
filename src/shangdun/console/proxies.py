"""The proxies in front of the console, as ``shangdun.toml`` names them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from shangdun.kernel.errors import ConfigError


def networks_of(texts: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks; a text that is none raises ``ConfigError`` before anybody is let in."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise ConfigError(
                str(error), where="web.proxies", fix="write networks: 10.0.0.0/8, 192.0.2.7/32"
            ) from error
    return tuple(found)
