"""Adding, changing, pausing and removing probes."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.observe.probe import Probe, ProbeKind, allowed_statuses, host_and_port
from shangdun.records import models
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models.probes import FIELDS
from shangdun.records.probes import get_probe
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST_PROBES = 200
RECORDS = ("A", "AAAA", "CNAME", "MX", "NS", "TXT")
INTERVALS = 5.0, 86_400.0
TIMEOUTS = 0.5, 60.0


@action(Capability.MANAGE_SOURCES)
def do_add_probe(
    actor: Actor, probe: Probe, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[models.Probe]:
    """Ask something more, from now on."""
    del actor
    _check(probe)
    if models.Probe.objects.count() >= MOST_PROBES:
        raise UsageError(
            f"there are {MOST_PROBES} probes already", code="probe.many", fix="remove one first"
        )
    _check_name(probe.name, but=0)
    now = clock.now()
    row = models.Probe(created=now)
    _write(row, probe, now)
    return Done(row, ("probe", row.name), now, _told(row))


@action(Capability.MANAGE_SOURCES)
def do_change_probe(
    actor: Actor,
    probe: Probe,
    *,
    enabled: bool = True,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[models.Probe]:
    """Change or pause the probe of number ``probe.uid``; what was measured stays with it."""
    row = get_probe(actor, probe.uid)
    if version is not None and version != row.version:
        theirs = {"version": row.version, **_told(row)}
        raise EditConflict(
            "somebody changed it meanwhile",
            mine={"version": version, **_values(probe)},
            theirs=theirs,
        )
    _check(probe)
    _check_name(probe.name, but=row.pk)
    now = clock.now()
    row.enabled = enabled
    row.version += 1
    _write(row, probe, now)
    return Done(row, ("probe", row.name), now, _told(row))


@action(Capability.MANAGE_SOURCES)
def do_remove_probe(actor: Actor, *, probe_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Ask it no more; the events of its answers stay in the lake."""
    row = get_probe(actor, probe_id)
    payload = _told(row)
    row.delete()
    return Done(None, ("probe", row.name), clock.now(), payload)


def _check(probe: Probe) -> None:
    name = probe.name.strip()
    if not name or name != clean_text(probe.name) or len(name) > 100:
        raise _wrong("name", "a probe needs a plain name", "at most 100 characters")
    low, high = INTERVALS
    if not low <= probe.interval <= high:
        raise _wrong("interval", "the interval is out of range", f"{low:g} to {high:g} seconds")
    low, high = TIMEOUTS
    if not low <= probe.timeout <= min(high, probe.interval):
        raise _wrong("timeout", "the timeout is out of range", "at most 60 s and the interval")
    if not (0 <= probe.retries <= 10 and 0 <= probe.redirects <= 10 and probe.latency_ms >= 0):
        raise _wrong("retries", "retries, redirects or latency are out of range", "0 to 10")
    _TARGETS[probe.kind](probe)


def _check_http(probe: Probe) -> None:
    try:
        url = urlsplit(probe.target)
        known = url.scheme in {"http", "https"} and url.hostname and (url.port or 1)
        allowed_statuses(probe.status)
    except ValueError as error:
        field = "status" if "status" in str(error) or "invalid literal" in str(error) else "target"
        raise _wrong(field, str(error), "https://shop.example/ and 200-399") from error
    if not known or url.username or any(letter.isspace() for letter in probe.target):
        raise _wrong("target", "this is no address of a page", "https://shop.example/health")


def _check_place(probe: Probe) -> None:
    try:
        _, port = host_and_port(probe.target, 443 if probe.kind is ProbeKind.TLS else 0)
    except ValueError as error:
        raise _wrong("target", str(error), "shop.example:443") from error
    if not 0 < port < 65_536:
        raise _wrong("target", f"{port} is no port", "shop.example:443")


def _check_dns(probe: Probe) -> None:
    if not probe.target or ":" in probe.target or "/" in probe.target:
        raise _wrong("target", "this is no host name", "shop.example")
    if probe.record not in RECORDS:
        raise _wrong("record", f"{probe.record} is not asked for", ", ".join(RECORDS))
    if probe.resolver:
        try:
            ipaddress.ip_address(host_and_port(probe.resolver, 53)[0])
        except ValueError as error:
            raise _wrong("resolver", str(error), "the address of a server: 223.5.5.5") from error


_TARGETS: dict[ProbeKind, Callable[[Probe], None]] = {
    ProbeKind.HTTP: _check_http,
    ProbeKind.TCP: _check_place,
    ProbeKind.TLS: _check_place,
    ProbeKind.DNS: _check_dns,
}


def _check_name(name: str, *, but: int) -> None:
    if models.Probe.objects.filter(name=name).exclude(pk=but).exists():
        raise _wrong("name", f"there is a probe named {name!r}", "choose another name")


def _wrong(field: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code=f"probe.{field}", fix=fix)


def _write(row: models.Probe, probe: Probe, now: datetime) -> None:
    for field, value in _values(probe).items():
        setattr(row, field, value)
    row.changed = now
    row.save()


def _values(probe: Probe) -> dict[str, Any]:
    values = msgspec.structs.asdict(probe)
    del values["uid"]
    return values | {"kind": probe.kind.value, "answers": list(probe.answers)}


def _told(row: models.Probe) -> dict[str, Any]:
    # the ledger's canonical form has no fractions
    fields = {field: str(getattr(row, field)) for field in ("kind", *FIELDS)}
    return fields | {"answers": list(row.answers), "enabled": row.enabled}
