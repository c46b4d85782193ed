"""Those whom no decision may turn away, and which decisions would."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import ip_network

import msgspec

from shangdun.protect.target import ON_THE_WIRE, Target, supernets


class Purpose(StrEnum):
    """Why somebody is never turned away."""

    OWN = "own"
    """Addresses of the shop and of this machine."""
    CONSOLE = "console"
    """From where people who may decide have used the console lately."""
    PAYMENT = "payment"
    """Callbacks of payment providers: without them paid orders stay unpaid."""
    SEARCH = "search"
    """Search engines whose name was verified both ways (``protect.crawlers``)."""
    MONITORING = "monitoring"
    PARTNER = "partner"


class Entry(msgspec.Struct, frozen=True):
    """One who is protected, and why."""

    target: Target
    purpose: Purpose
    note: str = ""


class NeverBlock:
    """All entries, asked by target in time that does not grow with them, except for wide ranges."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_target: dict[Target, Entry] = {}
        for entry in entries:
            self._by_target.setdefault(entry.target, entry)
        self._networks = [
            (network, entry)
            for entry in self._by_target.values()
            if (network := entry.target.network) is not None
        ]
        self._values = {entry.target.value: entry for _, entry in self._networks}

    def __len__(self) -> int:
        return len(self._by_target)

    def met_by(self, target: Target) -> list[Entry]:
        """The entries that a decision about ``target`` would turn away, wholly or in part.

        Of an address or a range: every entry that lies inside it or around it.
        """
        if target.kind not in ON_THE_WIRE:
            found = self._by_target.get(target)
            return [found] if found else []
        network = ip_network(target.value)
        around = [self._values[text] for text in supernets(network) if text in self._values]
        if network.prefixlen == network.max_prefixlen:
            return around
        inside = [
            entry
            for other, entry in self._networks
            if other.prefixlen > network.prefixlen and target.covers(entry.target)
        ]
        return around + inside
