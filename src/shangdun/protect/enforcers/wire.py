"""Addresses and ranges as networks of integers and lengths, checked again before they are written.

A value comes from the records, where ``protect.target`` normalised it. What leaves this module is
made of numbers, so that no text of anybody reaches a firewall or a web server.
"""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_network
from typing import NamedTuple

from shangdun.protect.enforcers.due import Slot
from shangdun.protect.target import WIDEST, TargetKind


class Prefix(NamedTuple):
    """A network: the version of IP, the length of its prefix, its first address as text."""

    version: int
    length: int
    first: str

    @property
    def text(self) -> str:
        """In CIDR notation."""
        return f"{self.first}/{self.length}"


def prefix(slot: Slot) -> Prefix | None:
    """The network of a slot; None for what is none, or wider than anybody may turn away."""
    value = slot.value
    if slot.kind is TargetKind.ADDRESS:
        return _address(value)
    if slot.kind is not TargetKind.RANGE:
        return None
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return None
    if network.prefixlen < WIDEST[network.version]:
        return None
    return Prefix(network.version, network.prefixlen, str(network.network_address))


def _address(value: str) -> Prefix | None:
    """IPv4 by the C library, six times as fast as ``ipaddress``."""
    try:
        if ":" in value:
            return Prefix(6, 128, str(IPv6Address(value.partition("%")[0])))
        return Prefix(4, 32, socket.inet_ntoa(socket.inet_pton(socket.AF_INET, value)))
    except (OSError, ValueError):
        return None


def value_of(found: Prefix) -> tuple[TargetKind, str]:
    """The kind and value by which records name this network."""
    single = 128 if found.version == 6 else 32
    if found.length == single:
        return TargetKind.ADDRESS, found.first
    return TargetKind.RANGE, found.text
