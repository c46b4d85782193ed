"""From repeated false alarms to a Sigma Filter: what they have in common, as narrow as can be.

A proposal is a conjunction of conditions on fields that *every* kept event of the false alarms
meets (their least general generalisation): a value they share, else a beginning they share, else
the smallest network that holds all their addresses. It names who it was and what was done, at least
two conditions, and takes further ones until no event of a confirmed finding meets it; where that
cannot be reached there is no proposal.

Source: Sigma 2.1, filters: a document with ``filter``, which lists rules and a condition that is
joined to each of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import takewhile
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import yaml

REPEATED = 3
"""So many false alarms of a rule make a pattern."""

NARROW = 2
"""So many conditions at least."""

PROPOSED = 3
LONGEST_VALUE = 300
SHORTEST_BEGINNING = 6
NETWORKS = {4: 24, 6: 48}
"""The widest network that still is one place."""

WHO = (
    "src_endpoint.ip",
    "user.name",
    "user.uid",
    "http_request.user_agent",
    "device.uid",
    "device.hostname",
    "session.uid",
    "SourceIp",
    "IpAddress",
    "User",
    "TargetUserName",
    "SubjectUserName",
    "Computer",
    "sourceIPAddress",
)
WHAT = (
    "http_request.url.path",
    "http_request.url.url_string",
    "http_request.http_method",
    "process.name",
    "process.cmd_line",
    "Image",
    "ParentImage",
    "CommandLine",
    "coupon.code",
    "product.uid",
    "api.operation",
    "eventName",
    "message",
)
_IGNORED = ("time", "class_uid", "category_uid", "type_uid", "severity_id", "activity_id", "status")
_VOLATILE = ("_time", ".time", ".length", ".latency", ".bytes", ".port", ".uid", "raw", "metadata.")
_ADDRESSES = frozenset({"src_endpoint.ip", "SourceIp", "IpAddress", "sourceIPAddress"})
_BOUNDARIES = "/-_.:; \\"

Event = Mapping[str, Any]


class Case(msgspec.Struct, frozen=True):
    """A judged finding: the caller's name for it and the fields of its kept events."""

    ref: int
    events: tuple[Event, ...]


class Condition(msgspec.Struct, frozen=True, order=True):
    """One field of an event; ``operator`` is empty (equal), ``startswith`` or ``cidr``.

    Texts are compared as Sigma does, in any case.
    """

    field: str
    operator: str
    value: str | int

    def holds(self, event: Event) -> bool:
        seen = event.get(self.field)
        if seen is None or isinstance(seen, (list, dict, bool)):
            return False
        if self.operator == "cidr":
            address = _address(seen)
            return address is not None and address in ip_network(self.value)
        text, wanted = str(seen).casefold(), str(self.value).casefold()
        return text.startswith(wanted) if self.operator else text == wanted


class Proposal(msgspec.Struct, frozen=True):
    """Conditions that hold together, and the false alarms (``Case.ref``) that led to them."""

    conditions: tuple[Condition, ...]
    covers: tuple[int, ...]

    def holds(self, event: Event) -> bool:
        return all(condition.holds(event) for condition in self.conditions)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a filter is for: rules over single events, all of one log source."""

    rules: tuple[str, ...]
    """Identifiers."""
    judged: tuple[str, ...]
    """Those rules and the correlations that count them: what the filter may change."""
    logsource: Mapping[str, str]
    title: str
    """Of the filter."""


class Effect(msgspec.Struct, frozen=True):
    """What a filter would have done to recorded findings, as far as their kept events tell."""

    removed: tuple[int, ...]
    """All kept events meet it."""
    thinned: tuple[int, ...]
    """Some do."""
    kept: tuple[int, ...]
    unknown: tuple[int, ...]
    """No event with fields was kept."""


def propose(false: Sequence[Case], confirmed: Sequence[Case]) -> list[Proposal]:
    """Filters for the false alarms of one rule, those that cover most first; often none.

    No proposal meets an event of a ``confirmed`` finding.
    """
    cases = [case for case in false if case.events]
    danger = [event for case in confirmed for event in case.events]
    found: dict[tuple[Condition, ...], Proposal] = {}
    for group in _groups(cases):
        if len(group) < REPEATED:
            continue
        conditions = _choose(_common(group), danger)
        if conditions:
            covers = tuple(
                case.ref
                for case in cases
                if all(_meets(conditions, event) for event in case.events)
            )
            found.setdefault(conditions, Proposal(conditions, covers))
    best = sorted(found.values(), key=lambda one: (-len(one.covers), one.conditions))
    return best[:PROPOSED]


def effect(proposal: Proposal, cases: Iterable[Case]) -> Effect:
    """What the filter would have done to these findings."""
    told: dict[str, list[int]] = {"removed": [], "thinned": [], "kept": [], "unknown": []}
    for case in cases:
        met = sum(proposal.holds(event) for event in case.events)
        if not case.events:
            fate = "unknown"
        elif met == len(case.events):
            fate = "removed"
        else:
            fate = "thinned" if met else "kept"
        told[fate].append(case.ref)
    return Effect(**{fate: tuple(refs) for fate, refs in told.items()})


def to_yaml(proposal: Proposal, target: Target, *, description: str, date: str) -> str:
    """The filter as a Sigma 2.1 document; the same conditions on the same rules keep its ``id``.

    ``date`` is ISO 8601.
    """
    selection = {
        f"{one.field}|{one.operator}" if one.operator else one.field: _literal(one)
        for one in proposal.conditions
    }
    identity = repr((sorted(target.rules), proposal.conditions))
    document = {
        "title": target.title,
        "id": str(uuid5(NAMESPACE_URL, f"shangdun:filter:{identity}")),
        "description": description,
        "date": date,
        "logsource": dict(target.logsource),
        "filter": {
            "rules": list(target.rules),
            "selection": selection,
            "condition": "not selection",
        },
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _groups(cases: list[Case]) -> list[list[Case]]:
    """All of them, and those that share the value of a telling field."""
    groups = [cases]
    for field in (*WHO, *WHAT):
        values = [_only({_plain(event.get(field)) for event in case.events}) for case in cases]
        for value, number in Counter(values).items():
            if value is not None and REPEATED <= number < len(cases):
                pairs = zip(cases, values, strict=True)
                groups.append([case for case, own in pairs if own == value])
    return groups


def _common(cases: list[Case]) -> list[Condition]:
    """What every event of every case meets, the most telling first."""
    events = [event for case in cases for event in case.events]
    fields = set(events[0]).intersection(*events[1:])
    order = {field: place for place, field in enumerate((*WHO, *WHAT))}
    found = []
    for field in sorted(fields, key=lambda field: (order.get(field, len(order)), field)):
        if field not in order and _is_volatile(field):
            continue
        condition = _generalise(field, [event[field] for event in events])
        if condition:
            found.append(condition)
    return found


def _generalise(field: str, values: list[Any]) -> Condition | None:
    plain = [_plain(value) for value in values]
    if any(value in {None, "", "-"} for value in plain):
        return None
    if (value := _only({v.casefold() if isinstance(v, str) else v for v in plain})) is not None:
        first = plain[0]
        shown = first if isinstance(first, str) else value
        return Condition(field, "", shown) if len(str(shown)) <= LONGEST_VALUE else None
    if field in _ADDRESSES:
        return _network(field, plain)
    beginning = _beginning([str(value) for value in plain])[:LONGEST_VALUE]
    cut = max((beginning.rfind(mark) for mark in _BOUNDARIES), default=-1) + 1
    if cut < SHORTEST_BEGINNING or field not in (*WHO, *WHAT):
        return None
    return Condition(field, "startswith", beginning[:cut])


def _beginning(texts: list[str]) -> str:
    """What all begin with: the first and last in order differ soonest."""
    first, last = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)


def _network(field: str, values: Sequence[object]) -> Condition | None:
    addresses = [address for value in values if (address := _address(value)) is not None]
    if len(addresses) < len(values) or len({address.version for address in addresses}) > 1:
        return None
    version, bits = addresses[0].version, addresses[0].max_prefixlen
    differing = int(min(addresses)) ^ int(max(addresses))
    prefix = bits - differing.bit_length()
    if prefix < NETWORKS[version]:
        return None
    return Condition(field, "cidr", str(ip_network((addresses[0], prefix), strict=False)))


def _choose(common: list[Condition], danger: list[Event]) -> tuple[Condition, ...]:
    """Who and what, then as many more as it takes to leave every confirmed event alone."""
    who = next((one for one in common if one.field in WHO), None)
    what = next((one for one in common if one.field in WHAT), None)
    chosen = [one for one in (who, what) if one]
    rest = [one for one in common if one not in chosen]
    while len(chosen) < NARROW and rest:
        chosen.append(rest.pop(0))
    left = [event for event in danger if _meets(chosen, event)]
    while left and rest:
        best = min(rest, key=lambda one: sum(one.holds(event) for event in left))
        rest.remove(best)
        spared = [event for event in left if best.holds(event)]
        if len(spared) < len(left):
            chosen.append(best)
            left = spared
    return () if left or len(chosen) < NARROW else tuple(chosen)


def _meets(conditions: Iterable[Condition], event: Event) -> bool:
    return all(condition.holds(event) for condition in conditions)


def _is_volatile(field: str) -> bool:
    return field.startswith(_IGNORED) or any(part in field for part in _VOLATILE)


def _plain(value: object) -> str | int | None:
    if isinstance(value, (bool, float)) or not isinstance(value, (str, int)):
        return None
    return value


def _only(values: set[Any]) -> Any:  # noqa: ANN401  whatever the set holds
    return next(iter(values)) if len(values) == 1 else None


def _address(value: object) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(str(value))
    except ValueError:
        return None


def _literal(condition: Condition) -> str | int:
    r"""A value as Sigma takes it for itself: ``*``, ``?`` and ``\`` are escaped."""
    if isinstance(condition.value, int) or condition.operator == "cidr":
        return condition.value
    text = condition.value
    for special in ("\\", "*", "?"):
        text = text.replace(special, f"\\{special}")
    return text
