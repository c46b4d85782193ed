"""Grade, asking, orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.orders.ordering import NewOrder
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import Asking, OrderInstruction, Ruling
from shangdun.records.roles import Role
from shangdun.respond.groups import Group

Given = tuple[tuple[Any, ...], dict[str, Any]]
START = NewOrder(ruling=Ruling.START, instructions={Group.TECHNICAL_SUPPORT: "Close the hole."})


def _order(world: Any) -> Given:
    return (START,), {"incident_id": world.incident.pk}


def _acknowledge(world: Any) -> Given:
    ACTIONS["order"](world.boss, START, incident_id=world.incident.pk)
    return (), {"instruction_id": OrderInstruction.objects.get().pk}


def _grade(world: Any) -> Given:
    return (), {"incident_id": world.incident.pk, "grade": 3, "reason": "the press calls"}


def _release(world: Any) -> Given:
    ACTIONS["override_grade"](world.boss, **_grade(world)[1])
    return (), {"incident_id": world.incident.pk, "reason": "the press was wrong"}


def _open(world: Any) -> Given:
    return (), {"incident_id": world.incident.pk}


def _pass_on(world: Any) -> Given:
    tomorrow = FixedClock(datetime.now(UTC) + timedelta(days=1))
    return (), {"asking_id": Asking.objects.get(incident=world.incident).pk, "clock": tomorrow}


def _asking(world: Any) -> Given:
    del world
    return (), {"minutes": [10, 20, 10, 5, 3]}


CASES = {
    "order": _order,
    "acknowledge_order": _acknowledge,
    "override_grade": _grade,
    "release_override": _release,
    "open_order": _open,
    "pass_on": _pass_on,
    "change_asking": _asking,
}
ACTORS = {"pass_on": JOBS}
LEADS = {Role.LEADERSHIP}
MAY = {
    "order": LEADS,
    "acknowledge_order": {Role.TECHNICAL_SUPPORT},
    "override_grade": LEADS,
    "release_override": LEADS,
    "open_order": LEADS,
    "change_asking": {Role.LEADERSHIP, Role.ADMINISTRATOR},
}
