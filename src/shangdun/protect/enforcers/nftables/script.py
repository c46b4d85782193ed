"""What ``nft -f`` is given: one transaction, made of numbers and our own names.

Every length of a prefix has a set of its own: ``block4_24`` holds IPv4 networks of 24 bits, and a
rule masks the source before it looks there. So ranges may lie within each other and each runs out
by itself. An interval set could not hold them, and before each addition nft 1.0.6 reads all of it:
1.0 to 2.0 s with 68,000 ranges, where sets of this kind took 3 to 24 ms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Slot, Until
from shangdun.protect.enforcers.nftables.settings import NftablesSettings
from shangdun.protect.enforcers.wire import Prefix, prefix

LONGEST_SECONDS = 365 * 86_400
"""An entry that holds longer is put anew by whoever still runs then."""
AT_ONCE = 4000
"""Elements of one command: bison, which nft parses with, has a stack with an end."""
MEASURES = (Measure.ALLOW, Measure.BLOCK, Measure.THROTTLE)
"""In the order in which the chains ask."""
PRIORITY = "filter - 10"


class SetName(NamedTuple):
    """A set: whom it is for and how long its prefixes are."""

    measure: Measure
    version: int
    length: int

    def __str__(self) -> str:
        return f"{self.measure}{self.version}_{self.length}"


Elements = dict[SetName, list[tuple[str, Until]]]


def elements(slots: Iterable[tuple[Slot, Until]]) -> tuple[Elements, list[Slot]]:
    """The slots by their sets, and those that are no network that may be turned away."""
    found: Elements = defaultdict(list)
    wrong: list[Slot] = []
    for slot, until in slots:
        network = prefix(slot)
        if network is None or slot.measure not in MEASURES:
            wrong.append(slot)
        else:
            found[set_of(slot.measure, network)].append((network.first, until))
    return found, wrong


def set_of(measure: Measure, network: Prefix) -> SetName:
    """Where a network stands."""
    return SetName(measure, network.version, network.length)


def anew(settings: NftablesSettings, wanted: Elements, now: int) -> Iterator[str]:
    """The table as a whole, in place of the one that is there."""
    yield f"add table inet {settings.table}\n"
    yield f"delete table inet {settings.table}\n"
    yield from frame(settings, wanted.keys())
    for name, listed in wanted.items():
        yield from _put(settings.table, name, listed, now)


def changed(table: str, put: Elements, drop: Elements, now: int) -> Iterator[str]:
    """Only what changes.

    An element is added before it is deleted, since deleting what has run out would fail the whole
    transaction, and deleted before it is added with its end, since adding alone keeps the old one.
    """
    for name, listed in (*drop.items(), *put.items()):
        plain = [first for first, _until in listed]
        yield from _each(f"add element inet {table} {name}", plain)
        yield from _each(f"delete element inet {table} {name}", plain)
    for name, listed in put.items():
        yield from _put(table, name, listed, now)


def frame(settings: NftablesSettings, names: Iterable[SetName]) -> Iterator[str]:
    """Sets, chains and rules; what is there already stays, with its elements."""
    table = settings.table
    known = sorted(set(names))
    yield f"add table inet {table}\n"
    for measure in MEASURES:
        yield f"add counter inet {table} {measure}\n"
    for version in (4, 6):
        yield (
            f"add set inet {table} pace{version} {{ type ipv{version}_addr; size 65535; "
            "flags dynamic,timeout; timeout 2m; }\n"
        )
    for name in known:
        yield f"add set inet {table} {name} {{ type ipv{name.version}_addr; flags timeout; }}\n"
    yield f"add chain inet {table} decide\n"
    yield f"flush chain inet {table} decide\n"
    for measure in MEASURES:
        for name in known:
            if name.measure is measure:
                yield f"add rule inet {table} decide {rule(name, settings)}\n"
    for hook in settings.hooks:
        kind = f"{{ type filter hook {hook} priority {PRIORITY}; policy accept; }}"
        yield f"add chain inet {table} {hook} {kind}\n"
        yield f"flush chain inet {table} {hook}\n"
        for condition in conditions(settings.ports):
            yield f"add rule inet {table} {hook} {condition}jump decide\n"


def conditions(ports: list[int]) -> list[str]:
    """Which packets are looked at; QUIC comes by UDP."""
    if not ports:
        return [""]
    listed = ", ".join(str(port) for port in sorted(set(ports)))
    return [f"{protocol} dport {{ {listed} }} " for protocol in ("tcp", "udp")]


def rule(name: SetName, settings: NftablesSettings) -> str:
    """What becomes of a packet whose source is in the set."""
    source = masked(name.version, name.length)
    found = f"{source} @{name} "
    if name.measure is Measure.ALLOW:
        return f"{found}counter name {name.measure} accept"
    if name.measure is Measure.BLOCK:
        return f"{found}counter name {name.measure} drop"
    pace = f"limit rate over {settings.connections_a_minute}/minute burst 10 packets"
    each = masked(name.version, 32 if name.version == 4 else 64)
    return (
        f"{found}ct state new update @pace{name.version} {{ {each} {pace} }} "
        f"counter name {name.measure} drop"
    )


def masked(version: int, length: int) -> str:
    """The source address, or the network of this length that it is in."""
    if version == 4:
        mask = str(IPv4Network((0, length)).netmask)
        return "ip saddr" if length == 32 else f"ip saddr & {mask}"
    mask = str(IPv6Network((0, length)).netmask)
    return "ip6 saddr" if length == 128 else f"ip6 saddr & {mask}"


def _put(table: str, name: SetName, listed: list[tuple[str, Until]], now: int) -> Iterator[str]:
    texts = (f"{first}{_timeout(until, now)}" for first, until in listed)
    yield from _each(f"add element inet {table} {name}", texts)


def _each(command: str, texts: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == AT_ONCE:
            yield _command(command, batch)
            batch = []
    if batch:
        yield _command(command, batch)


def _command(command: str, batch: list[str]) -> str:
    listed = ",\n".join(batch)
    return f"{command} {{ {listed} }}\n"


def _timeout(until: Until, now: int) -> str:
    if until is None:
        return ""
    seconds = -(-(until - now) // 1000)
    return f" timeout {min(max(seconds, 1), LONGEST_SECONDS)}s"
