"""The decisions in force, in memory: whether one meets a request is a handful of dictionary looks.

Written by one thread (the follower), read by all that serve requests. Single operations on
dictionaries are atomic, and a whole new set is built aside and put in place at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Union

from shangdun_guard.addresses import Address, read_network

ALLOW, THROTTLE, CHALLENGE, BLOCK = "allow", "throttle", "challenge", "block"
_STRICTNESS = {THROTTLE: 1, CHALLENGE: 2, BLOCK: 3, ALLOW: 4}
"""An allow wins over everything, then the strictest."""
RANGES = frozenset(("address", "range"))
NAMED = ("account", "session", "device", "country", "network")


class Decision(NamedTuple):
    """One decision as the feed brings it."""

    uid: str
    measure: str
    kind: str
    value: str
    scope: str
    """"" everywhere, else a host, a path prefix, or both: ``shop.example/checkout``."""
    until: float | None
    """Seconds since 1970; None until it is undone."""
    rate: float
    """Requests a minute, of a throttle."""
    reason: str
    appeal: str


class Who(NamedTuple):
    """What is known of a request's sender."""

    address: Address | None = None
    account: tuple[str, ...] = ()
    """Every name the account goes by: user name, number, e-mail address."""
    session: str = ""
    device: str = ""
    country: str = ""
    network: str = ""


Held = Union[Decision, tuple[Decision, ...]]
# A plain decision or a tuple of them: 100,000 lists of one would double the memory.


def read_decision(row: Mapping[str, Any]) -> Decision:
    """A decision from a row of the feed. Raises ``ValueError`` where it is none."""
    try:
        measure, kind, value = str(row["measure"]), str(row["kind"]), str(row["value"])
        until, rate = row.get("until"), row.get("rate")
        decision = Decision(
            uid=str(row["uid"]),
            measure=sys.intern(measure),
            kind=sys.intern(kind),
            value=value,
            scope=sys.intern(str(row.get("scope") or "")),
            until=None if until is None else float(until),
            rate=float(rate or 0),
            reason=sys.intern(str(row.get("reason") or "")),
            appeal=str(row.get("appeal") or ""),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no decision: {error}") from error
    if measure not in _STRICTNESS:
        raise ValueError(f"measure {measure!r} is unknown")
    if kind not in RANGES and kind not in NAMED:
        raise ValueError(f"kind {kind!r} is unknown")
    return decision


class _Index:
    """Where decisions are found: by prefix length for addresses, by value for the rest."""

    def __init__(self) -> None:
        self.held: dict[str, Decision] = {}
        self.networks: dict[int, dict[int, dict[int, Held]]] = {32: {}, 128: {}}
        """bits → bits to shift away → leading bits → decisions."""
        self.named: dict[str, dict[str, Held]] = {kind: {} for kind in NAMED}

    def place(self, decision: Decision) -> tuple[dict[Any, Held], Any]:
        if decision.kind not in RANGES:
            return self.named[decision.kind], _folded(decision.kind, decision.value)
        found = read_network(decision.value)
        tables = self.networks[found.bits]
        shift = found.bits - found.length
        if shift not in tables:  # a new table is put in place at once: others are reading
            self.networks[found.bits] = tables = {**tables, shift: {}}
        return tables[shift], found.number

    def add(self, decision: Decision) -> None:
        table, key = self.place(decision)
        if decision.uid in self.held:
            self.remove(decision.uid)
        there = table.get(key)
        if there is None:
            table[key] = decision
        else:
            table[key] = (*_all(there), decision)
        self.held[decision.uid] = decision

    def remove(self, uid: str) -> None:
        decision = self.held.pop(uid, None)
        if decision is None:
            return
        table, key = self.place(decision)
        left = tuple(one for one in _all(table.get(key, ())) if one.uid != uid)
        if not left:
            table.pop(key, None)
        else:
            table[key] = left[0] if len(left) == 1 else left


class Decisions:
    """All decisions in force."""

    def __init__(self) -> None:
        self._index = _Index()
        self.refused = 0
        """Rows that could not be enforced: from a newer ShangDun, perhaps."""

    def __len__(self) -> int:
        return len(self._index.held)

    def __iter__(self) -> Iterator[Decision]:
        return iter(list(self._index.held.values()))

    def knows(self, kind: str) -> bool:
        """Is any decision of this kind in force? Saves looking up who somebody is."""
        return bool(self._index.named[kind])

    def change(
        self, added: Iterable[Mapping[str, Any]], removed: Iterable[str], *, full: bool = False
    ) -> None:
        """Take in what the feed brought: first what goes, then what comes; ``full``: all is new."""
        index = _Index() if full else self._index
        for uid in removed:
            index.remove(str(uid))
        for row in added:
            self._add(index, row)
        self._index = index

    def _add(self, index: _Index, row: Mapping[str, Any]) -> None:
        try:
            index.add(read_decision(row))
        except ValueError:
            self.refused += 1

    def expire(self, now: float) -> int:
        """Drop what is over at ``now`` (seconds since 1970); how many."""
        held = list(self._index.held.values())
        over = [one.uid for one in held if one.until is not None and one.until <= now]
        for uid in over:
            self._index.remove(uid)
        return len(over)

    def find(self, who: Who, host: str, path: str, now: float) -> Decision | None:
        """The decision that rules a request: an allow if there is one, else the strictest.

        Of several throttles the one with the lowest rate. ``path`` decoded, ``now`` in seconds
        since 1970; what is over by then is not found.
        """
        best: Decision | None = None
        for held in self._candidates(self._index, who):
            for one in _all(held):
                better = best is None or _rank(one) > _rank(best)
                if better and _in_force(one, host, path, now):
                    best = one
        return best

    @staticmethod
    def _candidates(index: _Index, who: Who) -> list[Held]:
        found: list[Held] = []
        if who.address is not None:
            number = who.address.number
            for shift, table in index.networks[who.address.bits].items():
                held = table.get(number >> shift)
                if held is not None:
                    found.append(held)
        named = index.named
        for account in who.account if named["account"] else ():
            found.extend(_one(named["account"], "account", account))
        if who.session:
            found.extend(_one(named["session"], "session", who.session))
        if who.device:
            found.extend(_one(named["device"], "device", who.device))
        if who.country:
            found.extend(_one(named["country"], "country", who.country))
        if who.network:
            found.extend(_one(named["network"], "network", who.network))
        return found


def _one(table: dict[str, Held], kind: str, value: str) -> tuple[Held, ...]:
    held = table.get(_folded(kind, value)) if table else None
    return () if held is None else (held,)


def _all(held: Held | tuple[()]) -> tuple[Decision, ...]:
    # a Decision is a tuple itself
    return (held,) if isinstance(held, Decision) else held


def _folded(kind: str, value: str) -> str:
    # Accounts, sessions and devices stay as they are: only the shop knows whether case matters.
    if kind == "network":
        return value.strip().upper().removeprefix("AS")
    return value.strip().upper() if kind == "country" else value


def _rank(one: Decision) -> tuple[int, float]:
    return _STRICTNESS[one.measure], -one.rate


def _in_force(one: Decision, host: str, path: str, now: float) -> bool:
    if one.until is not None and one.until <= now:
        return False
    return not one.scope or _covers(one.scope, host, path)


def _covers(scope: str, host: str, path: str) -> bool:
    # a scope is /checkout, shop.example or shop.example/checkout
    wanted, slash, prefix = scope.partition("/")
    if wanted and wanted.casefold() != host.casefold():
        return False
    stem = (slash + prefix).rstrip("/")
    return path.startswith(stem) and path[len(stem) : len(stem) + 1] in ("", "/")
