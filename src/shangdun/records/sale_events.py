"""Announced sales as they are read: by people, and by the watch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from shangdun.detect.baseline.sale import Sale, Which
from shangdun.kernel.clock import to_millis
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import SaleEvent
from shangdun.records.models.sale_events import SaleScope
from shangdun.records.roles import Capability

LOOKED_BACK = timedelta(days=2)
"""Lines of a sale may come late: it still counts for the watch so long after its end."""
MOST_TOLD = 200
WHICH: dict[str, Which] = {
    SaleScope.ALL: "all",
    SaleScope.ROUTES: "routes",
    SaleScope.PRODUCTS: "products",
}


def visible_sales(actor: Actor) -> QuerySet[SaleEvent]:
    """The next to end first; whoever sees rules sees what calms them."""
    require(actor, Capability.VIEW_RULES)
    return SaleEvent.objects.select_related("author", "cancelled_by").order_by("until", "id")


def running_sales(now: datetime) -> QuerySet[SaleEvent]:
    """Those that run at ``now``."""
    return SaleEvent.objects.filter(cancelled=None, since__lte=now, until__gt=now).order_by("id")


def announced_sales(now: datetime) -> tuple[Sale, ...]:
    """What the watch is to know: sales to come, running, and over for less than two days."""
    rows = SaleEvent.objects.filter(cancelled=None, until__gt=now - LOOKED_BACK).order_by("id")
    return tuple(sale_of(row) for row in rows[:MOST_TOLD])


def sale_of(row: SaleEvent) -> Sale:
    """A stored sale as detection knows it."""
    return Sale(
        name=str(row),
        since=to_millis(row.since),
        until=to_millis(row.until),
        which=WHICH[row.scope],
        names=tuple(row.names),
        factor=row.factor,
    )
