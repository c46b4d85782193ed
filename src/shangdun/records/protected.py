"""Who is never turned away: what people entered, and what follows from other things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address

import psutil
from django.db.models import Q, QuerySet

from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError
from shangdun.protect.never_block import Entry, NeverBlock, Purpose
from shangdun.protect.settings import ProtectConfig, protect_config
from shangdun.protect.target import Target, TargetKind, target
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import ConsoleAddress, RuleListEntry
from shangdun.records.models import NeverBlock as Row
from shangdun.records.roles import Capability

CONSOLE_DAYS = 30
LISTS = {
    "internal_addresses": Purpose.OWN,
    "our_addresses": Purpose.OWN,
    "staff_addresses": Purpose.OWN,
    "allowed_crawlers": Purpose.SEARCH,
}
"""Lists of the rules that say who is ours, by their name."""

MAY_LOCK_OUT = (
    Capability.DECIDE,
    Capability.MANAGE_RULES,
    Capability.MANAGE_PEOPLE,
    Capability.MANAGE_SOURCES,
)
"""Whose way to the console is kept open."""


def visible_never_block(actor: Actor) -> QuerySet[Row]:
    """Entered ones first, then those that follow from something."""
    require(actor, Capability.VIEW_DECISIONS)
    return Row.objects.order_by("derived", "purpose", "kind", "value")


def protected(now: datetime) -> NeverBlock:
    """Everybody who is never turned away, as stored."""
    rows = Row.objects.filter(Q(until=None) | Q(until__gt=now))
    fields = rows.values_list("kind", "value", "purpose", "note")
    return NeverBlock(
        Entry(Target(TargetKind(kind), value), Purpose(purpose), note)
        for kind, value, purpose, note in fields
    )


def derived_entries(now: datetime, config: ProtectConfig) -> list[Entry]:
    """Who follows from lists, settings, this machine and the use of the console; one a target."""
    found: dict[Target, Entry] = {}
    for entry in _all_derived(now, config):
        found.setdefault(entry.target, entry)
    return list(found.values())


def to_follow(now: datetime, config: ProtectConfig) -> bool:
    """Whether what is stored is behind what follows by now."""
    due = {entry.target for entry in derived_entries(now, config)}
    rows = Row.objects.values_list("kind", "value", "derived", "until")
    known, followed = set(), set()
    for kind, value, derived, until in rows:
        one = Target(TargetKind(kind), value)
        known.add(one)
        if until is not None and until <= now:
            return True
        if derived and until is None:
            followed.add(one)
    return bool(due - known or followed - due)


def _all_derived(now: datetime, config: ProtectConfig) -> Iterable[Entry]:
    yield from _console(now)
    yield from _listed()
    yield from _read(config.payment_networks, Purpose.PAYMENT, "protect.payment_networks")
    yield from _read(config.monitoring_networks, Purpose.MONITORING, "protect.monitoring_networks")
    yield from _read(own_addresses(), Purpose.OWN, "this machine")


def _console(now: datetime) -> Iterable[Entry]:
    rows = ConsoleAddress.objects.filter(last_seen__gt=now - timedelta(days=CONSOLE_DAYS))
    for row in rows.select_related("person").prefetch_related("person__groups"):
        if row.person.can(*MAY_LOCK_OUT):
            yield from _read([row.address], Purpose.CONSOLE, row.person.username)


def _listed() -> Iterable[Entry]:
    rows = RuleListEntry.objects.filter(belongs_to__name__in=LISTS)
    for name, value in rows.values_list("belongs_to__name", "value"):
        yield from _read([value], LISTS[name], name)


def _read(texts: Iterable[str], purpose: Purpose, note: str) -> Iterable[Entry]:
    """What is no address is left out: a list of rules may hold other things."""
    for text in texts:
        try:
            yield Entry(target("range" if "/" in text else "address", text), purpose, note)
        except UsageError:
            continue


@lru_cache(maxsize=1)
def own_addresses() -> tuple[str, ...]:
    """The addresses of this machine, from which its own probes come; asked once a process."""
    found = {"127.0.0.1", "::1"}
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            text = one.address.partition("%")[0]
            try:
                address = ip_address(text)
            except ValueError:
                continue
            if not address.is_loopback:
                found.add(text)
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def configured_protection() -> ProtectConfig:
    """The section ``[protect]``, read once a process."""
    return protect_config(load_config(home_directory()))
