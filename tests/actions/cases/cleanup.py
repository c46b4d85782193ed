"""Cleanup: the list laid out, points settled and measured, the attack sent again."""

from __future__ import annotations

from typing import Any

from tests.actions.conftest import finding

from shangdun.actions.action import ACTIONS
from shangdun.records.actor import JOBS, WATCH
from shangdun.records.models import CleanupItem, Incident
from shangdun.records.roles import Role

Given = tuple[tuple[Any, ...], dict[str, Any]]


def _item(world: Any, key: str) -> dict[str, Any]:
    ACTIONS["begin_cleanup"](world.boss, incident_id=world.incident.pk)
    return {"item_id": CleanupItem.objects.get(incident=world.incident, key=key).pk}


def _begin(world: Any) -> Given:
    return (), {"incident_id": world.incident.pk}


def _confirm(world: Any) -> Given:
    return (), {**_item(world, "temporary_measures"), "note": "all undone"}


def _waive(world: Any) -> Given:
    return (), {**_item(world, "data_whole"), "note": "there is no backup"}


def _reopen(world: Any) -> Given:
    given = _item(world, "temporary_measures")
    ACTIONS["confirm_item"](world.boss, **given, note="all undone")
    return (), {**given, "note": "one block was left"}


def _compare(world: Any) -> Given:
    return (), {**_item(world, "data_whole"), "live": "orders,5", "backup": "orders,6"}


def _measure(world: Any) -> Given:
    item = CleanupItem.objects.get(pk=_item(world, "system_normal")["item_id"])
    CleanupItem.objects.filter(pk=item.pk).update(state="shown")
    _probe_that_is_silent(world)
    return (), {"incident_id": world.incident.pk}


def _probe_that_is_silent(world: Any) -> None:
    assert world.probe.enabled  # no answer of it is known: it holds nothing


def _replay(world: Any) -> Given:
    ACTIONS["record_findings"](WATCH, batch=77, findings=[finding(7)])
    row = Incident.objects.order_by("-pk").first()
    row.findings.update(evidences=[{"raw": '"GET /catalogue/?q=1%27-- HTTP/1.1" 200 1'}])
    return (), {"incident_id": row.pk, "url": "http://127.0.0.1:9"}


GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
HANDLERS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
CASES = {
    "begin_cleanup": _begin,
    "confirm_item": _confirm,
    "waive_item": _waive,
    "reopen_item": _reopen,
    "compare_data": _compare,
    "measure_cleanup": _measure,
    "replay_attack": _replay,
}
ACTORS = {"measure_cleanup": JOBS}
MAY = {
    "begin_cleanup": HANDLERS,
    "confirm_item": HANDLERS,
    "waive_item": {Role.LEADERSHIP},
    "reopen_item": GROUPS,
    "compare_data": GROUPS,
    "measure_cleanup": set[Role](),
    "replay_attack": HANDLERS | {Role.ADMINISTRATOR},
}
