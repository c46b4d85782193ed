"""Logistics: the inventory, and what incidents ask of it."""

from __future__ import annotations

from typing import Any

from shangdun.actions.supplies.inventory import (
    NewSupply,
    do_add_supply,
)
from shangdun.actions.supplies.requests import Wish, do_allocate, do_request_supplies
from shangdun.records.actor import SETUP
from shangdun.records.roles import Role
from shangdun.respond.supplies import SupplyKind

LAPTOP = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=5)
Case = tuple[tuple[Any, ...], dict[str, Any]]


def _supply(world: Any) -> Any:
    return do_add_supply(SETUP, LAPTOP)


def _request(world: Any) -> Any:
    return do_request_supplies(
        world.boss, Wish(what="laptops", quantity=2), incident_id=world.incident.pk
    )


def _add(world: Any) -> Case:
    return (LAPTOP,), {}


def _import(world: Any) -> Case:
    return ([LAPTOP],), {"origin": "inventory.xlsx"}


def _change(world: Any) -> Case:
    wanted = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=9)
    return (wanted,), {"supply_id": _supply(world).pk}


def _check(world: Any) -> Case:
    return (), {"supply_id": _supply(world).pk, "counted": 4}


def _archive(world: Any) -> Case:
    return (), {"supply_id": _supply(world).pk}


def _ask(world: Any) -> Case:
    return (Wish(what="laptops", quantity=2),), {"incident_id": world.incident.pk}


def _give(world: Any) -> Case:
    return (), {"incident_id": world.incident.pk, "supply_id": _supply(world).pk, "quantity": 2}


def _take_back(world: Any) -> Case:
    given = do_allocate(SETUP, **_give(world)[1])
    return (), {"allocation_id": given.pk, "returned": 1, "used": 1}


def _refuse(world: Any) -> Case:
    return (), {"request_id": _request(world).pk, "reason": "sold out"}


def _close(world: Any) -> Case:
    return (), {"request_id": _request(world).pk}


CASES = {
    "add_supply": _add,
    "allocate": _give,
    "archive_supply": _archive,
    "change_supply": _change,
    "check_supply": _check,
    "close_request": _close,
    "import_supplies": _import,
    "refuse_supplies": _refuse,
    "request_supplies": _ask,
    "return": _take_back,
}
LOGISTICS = {Role.LOGISTICS}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = dict.fromkeys(CASES, LOGISTICS) | {"request_supplies": GROUPS}
ACTORS = dict.fromkeys(CASES, SETUP)
