"""Supplies (物资): when one is short, expires or waits for its check."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError

SOON = timedelta(days=30)
"""An expiry so near is told: enough time to order."""


class SupplyKind(StrEnum):
    """The kinds that the plan names: materials, equipment, licences, people, suppliers; rooms."""

    MATERIAL = "material"
    EQUIPMENT = "equipment"
    LICENCE = "licence"
    PERSON = "person"
    SUPPLIER = "supplier"
    PLACE = "place"


class Concern(StrEnum):
    """What is wrong with a supply."""

    SHORT = "short"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    UNCHECKED = "unchecked"


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What the warnings look at. ``check_days`` 0: no check is asked for."""

    quantity: int
    away: int
    minimum: int
    expires_on: date | None
    checked_at: datetime | None
    created_at: datetime
    check_days: int


def concerns_of(stock: Stock, now: datetime, today: date) -> list[Concern]:
    """What is wrong, worst first. ``today`` is the company's day; an expiry day is still good."""
    found = []
    if stock.expires_on and stock.expires_on < today:
        found.append(Concern.EXPIRED)
    if stock.quantity - stock.away < stock.minimum:
        found.append(Concern.SHORT)
    if stock.expires_on and today <= stock.expires_on <= today + SOON:
        found.append(Concern.EXPIRING)
    if stock.check_days and check_due(stock) <= now:
        found.append(Concern.UNCHECKED)
    return found


def check_due(stock: Stock) -> datetime:
    """When somebody must look at it next; reckoned from its entry until the first check."""
    return (stock.checked_at or stock.created_at) + timedelta(days=stock.check_days)


def check_return(outstanding: int, returned: int, used: int) -> None:
    """Raise ``UsageError`` unless what comes back or is used up is a part of what is away."""
    if returned < 0 or used < 0 or returned + used == 0:
        raise UsageError(
            "nothing comes back", code="supply.return_none", fix="say how many come back"
        )
    if returned + used > outstanding:
        raise UsageError(
            f"only {outstanding} are away",
            code="supply.return_over",
            where=f"returned {returned}, used {used}",
            fix="correct the numbers",
        )
