"""Announcing a sale, so that its rush is not taken for an attack, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import SaleEvent
from shangdun.records.models.sale_events import SaleScope
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_value

ANNOUNCERS = (Capability.MANAGE_RULES, Capability.ORDER_INCIDENTS)
LONGEST = timedelta(days=31)
FACTORS = 1.5, 1_000.0
MOST_NAMES = 200
MOST_AHEAD = timedelta(days=400)


class Announcement(msgspec.Struct, kw_only=True):
    """What is to be expected; one of the names is enough."""

    name_zh: str = ""
    name_en: str = ""
    since: datetime
    until: datetime
    scope: str = SaleScope.ALL
    names: Sequence[str] = ()
    """Beginnings of paths or identifiers of products; of the whole shop none."""
    factor: float = 10.0
    """Times the usual."""


@action(*ANNOUNCERS)
def do_announce_sale(
    actor: Actor, sale: Announcement, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[SaleEvent]:
    """Expect so many times the usual from then until then.

    Raises ``UsageError``: ``sale.name``, ``.time``, ``.scope``, ``.factor``.
    """
    now = clock.now()
    row = SaleEvent(
        name_zh=clean_value(sale.name_zh.strip(), 100),
        name_en=clean_value(sale.name_en.strip(), 100),
        since=sale.since,
        until=sale.until,
        scope=sale.scope,
        names=list(dict.fromkeys(clean_value(name.strip()) for name in sale.names if name.strip())),
        factor=sale.factor,
        author=person(actor),
        created=now,
    )
    _check(row)
    row.save()
    payload = {
        "name": str(row),
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "scope": str(row.scope),
        "names": row.names,
        "factor": f"{row.factor:g}",  # the ledger's canonical form has no fractions
    }
    return Done(row, ("sale_event", row.pk), now, payload)


def _check(row: SaleEvent) -> None:
    if not (row.name_zh or row.name_en):
        raise _wrong("name", "a sale needs a name", "write it in Chinese or in English")
    in_order = row.since < row.until <= row.since + LONGEST
    if not in_order or row.until <= row.created or row.since > row.created + MOST_AHEAD:
        raise _wrong("time", "the times do not fit", "at most 31 days, not over, not years ahead")
    if row.scope not in SaleScope.values or (row.scope == SaleScope.ALL) == bool(row.names):
        raise _wrong("scope", "say what the sale is about", "name pages or products, or take all")
    if len(row.names) > MOST_NAMES:
        raise _wrong("scope", f"more than {MOST_NAMES} names", "take the whole shop")
    if row.scope == SaleScope.ROUTES and not all(name.startswith("/") for name in row.names):
        raise _wrong("scope", "a page begins with /", "write it like /product/12")
    low, high = FACTORS
    if not low <= row.factor <= high:
        raise _wrong("factor", "the factor is out of range", f"{low:g} to {high:g}")


@action(*ANNOUNCERS)
def do_cancel_sale(
    actor: Actor, *, sale_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[SaleEvent]:
    """Expect it no more: from now on a rush is looked at as any other."""
    row = SaleEvent.objects.filter(pk=sale_id).first()
    if row is None:
        raise NotFound(f"there is no sale {sale_id}", fix="see the list")
    now = clock.now()
    if row.cancelled or row.until <= now:
        return Unchanged(row)
    row.cancelled, row.cancelled_by = now, person(actor)
    row.save(update_fields=["cancelled", "cancelled_by"])
    return Done(row, ("sale_event", row.pk), now, {"name": str(row)})


def _wrong(field: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code=f"sale.{field}", fix=fix)
