"""Announcing a sale, so that its rush is not taken for an attack, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

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


@action(*ANNOUNCERS)
def do_announce_sale(
    actor: Actor,
    *,
    name_zh: str = "",
    name_en: str = "",
    since: datetime,
    until: datetime,
    scope: str = SaleScope.ALL,
    names: Sequence[str] = (),
    factor: float = 10.0,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SaleEvent]:
    """Expect so many times the usual from then until then.

    Raises ``UsageError``: ``sale.name``, ``.time``, ``.scope``, ``.factor``.
    """
    now = clock.now()
    name_zh, name_en = clean_value(name_zh.strip(), 100), clean_value(name_en.strip(), 100)
    if not (name_zh or name_en):
        raise _wrong("name", "a sale needs a name", "write it in Chinese or in English")
    if not since < until <= since + LONGEST or until <= now or since > now + MOST_AHEAD:
        raise _wrong("time", "the times do not fit", "at most 31 days, not over, not years ahead")
    cleaned = list(dict.fromkeys(clean_value(name.strip()) for name in names if name.strip()))
    if scope not in SaleScope.values or (scope == SaleScope.ALL) == bool(cleaned):
        raise _wrong("scope", "say what the sale is about", "name pages or products, or take all")
    if len(cleaned) > MOST_NAMES:
        raise _wrong("scope", f"more than {MOST_NAMES} names", "take the whole shop")
    if scope == SaleScope.ROUTES and not all(name.startswith("/") for name in cleaned):
        raise _wrong("scope", "a page begins with /", "write it like /product/12")
    low, high = FACTORS
    if not low <= factor <= high:
        raise _wrong("factor", "the factor is out of range", f"{low:g} to {high:g}")
    row = SaleEvent.objects.create(
        name_zh=name_zh,
        name_en=name_en,
        since=since,
        until=until,
        scope=scope,
        names=cleaned,
        factor=factor,
        author=person(actor),
        created=now,
    )
    payload = {
        "name": str(row),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "scope": scope,
        "names": cleaned,
        "factor": f"{factor:g}",  # the ledger's canonical form has no fractions
    }
    return Done(row, ("sale_event", row.pk), now, payload)


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
