"""Decisions in the words of CrowdSec's local API, as its bouncers read them.

Sources: `localapi_swagger.yaml` of crowdsecurity/crowdsec, and what its bouncers do with answers:
the Lua bouncer deletes by scope and value before it adds and takes the first of several decisions,
the firewall bouncer does both by type, HAProxy's by number, the PHP engine expects fractions of a
second in durations.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_network
from itertools import chain
from typing import Any, NamedTuple

from shangdun.protect.decision import EVERYWHERE, AuthorKind, Decision, Measure, author
from shangdun.protect.target import (
    ON_THE_WIRE,
    Network,
    Target,
    TargetKind,
    of_network,
    within,
)

SCOPES: Mapping[TargetKind, str] = {
    TargetKind.ADDRESS: "Ip",
    TargetKind.RANGE: "Range",
    TargetKind.NETWORK: "AS",
    TargetKind.COUNTRY: "Country",
    TargetKind.ACCOUNT: "username",
    TargetKind.SESSION: "session",
    TargetKind.DEVICE: "device",
}
TYPES: Mapping[Measure, str] = {
    Measure.BLOCK: "ban",
    Measure.CHALLENGE: "captcha",
    Measure.THROTTLE: "throttle",
}
DETECTED, BY_HAND = "crowdsec", "cscli"
"""Origins: bouncers are often told to take only these two, not the lists of a community."""
LONGEST_MILLIS = 7 * 86_400_000
"""A bouncer that never hears of us again lets go after a week; what holds longer is told anew."""
MOST_PIECES = 512


class Entry(NamedTuple):
    """What is one decision to a bouncer."""

    scope: str
    value: str
    type: str


class Held(NamedTuple):
    """How long an entry holds (ms since the epoch; None: until undone) and why."""

    until: int | None
    number: int
    origin: str
    scenario: str


Entries = dict[Entry, Held]


class Wanted(NamedTuple):
    """Which entries a bouncer asks for; empty is all."""

    scopes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    containing: tuple[str, ...] = ()
    not_containing: tuple[str, ...] = ()

    def takes(self, entry: Entry, held: Held) -> bool:
        """Whether this entry is asked for; letters' case does not matter."""
        scenario = held.scenario.lower()
        return (
            (not self.scopes or entry.scope.lower() in self.scopes)
            and (not self.types or entry.type in self.types)
            and (not self.origins or held.origin in self.origins)
            and (not self.containing or any(word in scenario for word in self.containing))
            and not any(word in scenario for word in self.not_containing)
        )


def wanted(query: Mapping[str, str], scopes: str = "") -> Wanted:
    """The filters of a query; ``scopes`` holds where it names none."""
    return Wanted(
        _words(query.get("scopes") or query.get("scope") or scopes),
        _words(query.get("type", "")),
        _words(query.get("origins", "")),
        tuple(_words(query.get("scenarios_containing", ""))),
        tuple(_words(query.get("scenarios_not_containing", ""))),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())


def entries(decisions: Iterable[Decision], allowed: Collection[Network]) -> Entries:
    """What bouncers are to enforce of these decisions.

    Bouncers know no exception: nobody within ``allowed`` is in an entry, and a range around
    somebody who is allowed comes in pieces. Decisions with a scope are left to those who see it.
    """
    found: Entries = {}
    lets_in = _finder(allowed)
    for decision in decisions:
        kind = TYPES.get(decision.measure)
        if kind is None or decision.scope != EVERYWHERE:
            continue
        told = Held(decision.until, _number(decision), _origin(decision), _scenario(decision))
        whole = decision.target
        if whole.kind is TargetKind.ADDRESS:
            left = [] if lets_in(whole.value) else [whole]
        else:
            left = pieces(whole, allowed)
        for target in left:
            entry = Entry(SCOPES[target.kind], target.value, kind)
            there = found.get(entry)
            if there is None or _longer(told, there):
                found[entry] = told
    return found


def _finder(allowed: Collection[Network]) -> Callable[[str], bool]:
    """Whether an address is in one of the networks: one look for each length."""
    firsts: dict[int, dict[int, set[int]]] = {4: {}, 16: {}}
    for network in allowed:
        host = network.max_prefixlen - network.prefixlen
        size = network.max_prefixlen // 8
        firsts[size].setdefault(host, set()).add(int(network.network_address) >> host)

    def lets_in(text: str) -> bool:
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        packed = socket.inet_pton(family, text)
        number = int.from_bytes(packed)
        return any(number >> host in known for host, known in firsts[len(packed)].items())

    return lets_in if allowed else lambda _text: False


def pieces(target: Target, allowed: Collection[Network]) -> list[Target]:
    """The target without those who are allowed.

    Nothing where all of it is allowed, or where so many are that no list of pieces is of use: then
    nobody is turned away rather than somebody by mistake.
    """
    if target.kind not in ON_THE_WIRE or not allowed:
        return [target]
    whole = ip_network(target.value)
    left: list[Network] = [whole]
    for hole in allowed:
        if whole.version != hole.version or not whole.overlaps(hole):
            continue
        left = list(chain.from_iterable(_without(piece, hole) for piece in left))
        if len(left) > MOST_PIECES:
            return []
    return [target] if left == [whole] else [of_network(piece) for piece in left]


def _without(piece: Network, hole: Network) -> Iterable[Network]:
    if within(piece, hole):
        return ()
    if within(hole, piece):
        return piece.address_exclude(hole)  # type: ignore[arg-type]  # of one version, as asked above
    return (piece,)


def as_json(entry: Entry, held: Held, now: int) -> dict[str, Any]:
    """An entry as an object of the API; one that is over has a negative duration."""
    left = LONGEST_MILLIS if held.until is None else min(held.until - now, LONGEST_MILLIS)
    return {
        "duration": go_duration(left),
        "id": held.number,
        "origin": held.origin,
        "scenario": held.scenario,
        "scope": entry.scope,
        "simulated": False,
        "type": entry.type,
        "value": entry.value,
    }


def go_duration(millis: int) -> str:
    """Milliseconds as Go's ``time.Duration`` prints them: ``3h59m58.123s``.

    Never without a fraction, which the PHP engine's expression asks for, and never ``0s``.
    """
    sign = "-" if millis < 0 else ""
    whole, fraction = divmod(abs(millis), 1000)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    front = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{front}{seconds}.{fraction or 1:03d}s"


def strictest_first(found: Entries) -> list[tuple[Entry, Held]]:
    """In the order in which a bouncer that takes the first does right."""
    order = list(TYPES.values())
    return sorted(found.items(), key=lambda item: order.index(item[0].type))


def _origin(decision: Decision) -> str:
    return BY_HAND if decision.author.startswith(f"{AuthorKind.PERSON}:") else DETECTED


def _scenario(decision: Decision) -> str:
    """The author, who is no person by name: bouncers write it into logs of others."""
    return _named(decision.author)


@lru_cache(maxsize=10_000)
def _named(text: str) -> str:
    who = author(text)
    return f"shangdun/{who.kind if who.kind is AuthorKind.PERSON else who}"


def _number(decision: Decision) -> int:
    """The same whenever it is told: 52 bits, which are exact as a number of JSON."""
    return int(decision.uid[:13], 16)


def _longer(one: Held, other: Held) -> bool:
    if other.until is None:
        return False
    return one.until is None or one.until > other.until
