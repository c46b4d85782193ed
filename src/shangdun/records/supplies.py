"""Supplies as they are read: the inventory, requests, what is with an incident."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Incident,
    RequestState,
    Supply,
    SupplyAllocation,
    SupplyRequest,
)
from shangdun.records.roles import Capability
from shangdun.respond.supplies import SOON, Concern, Stock, concerns_of

WAITING = (RequestState.OPEN, RequestState.PARTLY)


def visible_supplies(actor: Actor, *, archived: bool = False) -> QuerySet[Supply]:
    """The inventory by kind and name; on request what was taken out of it."""
    require(actor, Capability.VIEW_SUPPLIES)
    return Supply.objects.filter(archived_at__isnull=not archived).order_by("kind", "name", "id")


def get_supply(actor: Actor, supply_id: int) -> Supply:
    """One line of the inventory. Raises ``NotFound``."""
    require(actor, Capability.VIEW_SUPPLIES)
    supply = Supply.objects.filter(pk=supply_id).first()
    if supply is None:
        raise NotFound(f"there is no supply {supply_id}", fix="see the inventory")
    return supply


def visible_requests(actor: Actor) -> QuerySet[SupplyRequest]:
    """Requests of all incidents, urgent first, then as they were asked."""
    require(actor, Capability.VIEW_SUPPLIES)
    rows = SupplyRequest.objects.select_related("incident", "supply", "asked_by", "answered_by")
    return rows.order_by("-urgent", "asked_at", "id")


def waiting_requests(actor: Actor) -> QuerySet[SupplyRequest]:
    """What logistics still has to answer; drills are named as such by their incident."""
    return visible_requests(actor).filter(state__in=WAITING)


def get_request(actor: Actor, request_id: int) -> SupplyRequest:
    """One request. Raises ``NotFound``."""
    found = visible_requests(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound(f"there is no request {request_id}", fix="see the incident's supplies")
    return found


def visible_allocations(actor: Actor) -> QuerySet[SupplyAllocation]:
    """What went to incidents, newest first."""
    require(actor, Capability.VIEW_SUPPLIES)
    rows = SupplyAllocation.objects.select_related("supply", "incident", "by", "request")
    return rows.order_by("-at", "-id")


def get_allocation(actor: Actor, allocation_id: int) -> SupplyAllocation:
    """One allocation. Raises ``NotFound``."""
    found = visible_allocations(actor).filter(pk=allocation_id).first()
    if found is None:
        raise NotFound(f"there is no allocation {allocation_id}", fix="see what is out")
    return found


def supplies_times(incident: Incident) -> tuple[datetime | None, datetime | None]:
    """When logistics was first asked, and when everything asked was answered; None: not (yet).

    Refused and withdrawn requests are answered ones.
    """
    requests = SupplyRequest.objects.filter(incident=incident)
    asked = requests.aggregate(first=Min("asked_at"))["first"]
    if asked is None or requests.filter(state__in=WAITING).exists():
        return asked, None
    last = requests.order_by("-answered_at").values_list("answered_at", flat=True).first()
    return asked, last


def stock_of(supply: Supply) -> Stock:
    """What the warnings look at."""
    return Stock(
        quantity=supply.quantity,
        away=supply.away,
        minimum=supply.minimum,
        expires_on=supply.expires_on,
        checked_at=supply.checked_at,
        created_at=supply.created_at,
        check_days=supply.check_days,
    )


def warned(
    supplies: Iterable[Supply], now: datetime | None = None
) -> list[tuple[Supply, list[Concern]]]:
    """Each supply with what is wrong with it."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    return [(supply, concerns_of(stock_of(supply), moment, today)) for supply in supplies]


def supplies_with(concern: Concern, rows: QuerySet[Supply], now: datetime) -> QuerySet[Supply]:
    """The rows with that concern, found by the database; checks that are due by their last one."""
    today = timezone.localdate(now)
    if concern is Concern.SHORT:
        return rows.filter(quantity__lt=F("minimum") + F("away"))
    if concern is Concern.EXPIRED:
        return rows.filter(expires_on__lt=today)
    if concern is Concern.EXPIRING:
        return rows.filter(expires_on__gte=today, expires_on__lte=today + SOON)
    due = [row.pk for row, found in warned(rows.filter(check_days__gt=0), now) if concern in found]
    return rows.filter(Q(pk__in=due))
