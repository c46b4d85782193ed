"""What a bouncer is told: everything, or what changed since it asked, or what meets one address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import NamedTuple

from django.db.models import Q

from shangdun.protect.decision import Decision as Due
from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.crowdsec import (
    LONGEST_MILLIS,
    Entries,
    entries,
)
from shangdun.protect.target import (
    ON_THE_WIRE,
    Network,
    TargetKind,
    parse_network,
    supernets,
    within,
)
from shangdun.records import decision_feed
from shangdun.records.models import Decision

EARLIER = timedelta(minutes=5)
"""What ended so long before the last time a bouncer asked is told again where its place is lost."""
AT_ONCE = 500


class Told(NamedTuple):
    """An answer of the stream, and the place from which to ask on."""

    head: int
    new: Entries
    deleted: Entries
    more: bool = False


def everything(feed: decision_feed.Feed) -> Told:
    """For a bouncer that begins: ``feed`` is a full one."""
    allowed = _allowed_of(feed.added)
    return Told(feed.head, entries(feed.added, allowed), {})


def changes(after: int, pulled: datetime | None, now: datetime) -> Told:
    """What changed behind a place in the stream.

    An entry is deleted only where nothing else holds it: some bouncers delete by value alone.
    """
    feed = decision_feed.feed(after, now=now)
    if feed.full:
        return _after_a_gap(feed, pulled or now, now)
    renewed = _told_anew(pulled, now)
    if not feed.added and not feed.removed and not renewed:
        return Told(feed.head, {}, {}, feed.more)
    gone = _rows(Decision.objects.filter(uid__in=feed.removed))
    allowed = _allowed(now)
    moved = [
        ip_network(decision.target.value)
        for decision in (*feed.added, *gone)
        if decision.measure is Measure.ALLOW and decision.target.kind in ON_THE_WIRE
    ]
    if not moved:
        new = entries((*feed.added, *renewed), allowed)
        return Told(feed.head, new, _left(entries(gone, ()), new, allowed, now), feed.more)
    # Whoever is allowed, or no longer, was cut out of the ranges around him: these are told anew.
    around = _meeting(moved, now)
    new = entries((*feed.added, *renewed, *around), allowed)
    before = [network for network in allowed if network not in moved]
    old = entries((*gone, *around), ())
    for then in (before, [*before, *moved]):
        old |= entries(around, then)
    return Told(feed.head, new, _left(old, new, allowed, now), feed.more)


def meeting(text: str, now: datetime, *, contains: bool = True) -> Entries:
    """What holds for an address or range; without ``contains``, what lies within the range.

    Raises ``UsageError`` for what is no address.
    """
    asked = parse_network(text)
    allowed = _allowed(now)
    if any(within(asked, network) for network in allowed):
        return {}
    if contains:
        found = decision_feed.in_force(now).filter(kind__in=ON_THE_WIRE, value__in=supernets(asked))
        return entries(_rows(found), ())
    inner = decision_feed.in_force(now).filter(kind__in=ON_THE_WIRE).iterator()
    return entries((one for one in decision_feed.due(inner) if _within(one, asked)), allowed)


def of_value(kind: TargetKind, value: str, now: datetime) -> Entries:
    """What holds for exactly this account, session, country or range."""
    return entries(_rows(decision_feed.in_force(now).filter(kind=kind, value=value)), ())


def _after_a_gap(feed: decision_feed.Feed, pulled: datetime, now: datetime) -> Told:
    """Its place is not in the stream any more: everything that is, and what ended meanwhile."""
    told = everything(feed)
    since = pulled - EARLIER
    ended = Decision.objects.filter(Q(ended__gte=since) | Q(until__gte=since, until__lte=now))
    return told._replace(
        deleted=_left(entries(_rows(ended), ()), told.new, _allowed_of(feed.added), now)
    )


def _left(old: Entries, new: Entries, allowed: list[Network], now: datetime) -> Entries:
    """Of the old entries, those that neither the new ones nor another decision holds."""
    gone = {entry: held for entry, held in old.items() if entry not in new}
    values = list({entry.value for entry in gone})
    for start in range(0, len(values), AT_ONCE):
        some = values[start : start + AT_ONCE]
        standing = decision_feed.in_force(now).filter(value__in=some, scope="")
        for entry in entries(_rows(standing), allowed):
            gone.pop(entry, None)
    return gone


def _told_anew(pulled: datetime | None, now: datetime) -> list[Due]:
    """Once a day, what holds for longer than bouncers are told at once."""
    if pulled is None or pulled.date() == now.date():
        return []
    later = now + timedelta(milliseconds=LONGEST_MILLIS)
    return _rows(decision_feed.in_force(now).filter(Q(until=None) | Q(until__gt=later)))


def _allowed(now: datetime) -> list[Network]:
    return _allowed_of(_rows(decision_feed.in_force(now).filter(measure=Measure.ALLOW, scope="")))


def _allowed_of(decisions: Iterable[Due]) -> list[Network]:
    return [
        ip_network(one.target.value)
        for one in decisions
        if one.measure is Measure.ALLOW and one.target.kind in ON_THE_WIRE and not str(one.scope)
    ]


def _meeting(networks: Iterable[Network], now: datetime) -> list[Due]:
    """Decisions in force whose addresses overlap with one of the networks."""
    listed = list(networks)
    around = {text for network in listed for text in supernets(network)}
    found: dict[str, Due] = {}
    texts = sorted(around)
    for start in range(0, len(texts), AT_ONCE):
        rows = decision_feed.in_force(now).filter(
            kind__in=ON_THE_WIRE, value__in=texts[start : start + AT_ONCE]
        )
        found |= {one.uid: one for one in _rows(rows)}
    if any(network.prefixlen < network.max_prefixlen for network in listed):
        everywhere = decision_feed.in_force(now).filter(kind__in=ON_THE_WIRE).iterator()
        for one in decision_feed.due(everywhere):
            if any(_within(one, network) for network in listed):
                found[one.uid] = one
    return list(found.values())


def _within(decision: Due, network: Network) -> bool:
    return within(ip_network(decision.target.value), network)


def _rows(found: Iterable[Decision]) -> list[Due]:
    return decision_feed.due(found)
