"""Indicators of an incident: kept, removed, given away."""

from __future__ import annotations

from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.indicators.keep import Fresh
from shangdun.records.models import Indicator
from shangdun.records.roles import Role

Given = tuple[tuple[Any, ...], dict[str, Any]]
FRESH = Fresh(kind="ip", value="203.0.113.9")


def _incident(world: Any) -> dict[str, Any]:
    return {"incident_id": world.incident.pk}


def _kept(world: Any) -> dict[str, Any]:
    ACTIONS["add_indicators"](world.boss, [FRESH], **_incident(world))
    return _incident(world)


def _remove(world: Any) -> Given:
    given = _kept(world)
    return (), {**given, "indicator_id": Indicator.objects.latest("pk").pk}


CASES = {
    "add_indicators": lambda w: (([FRESH],), _incident(w)),
    "remove_indicator": _remove,
    "export_indicators": lambda w: ((), {**_kept(w), "form": "csv"}),
}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = dict.fromkeys(CASES, GROUPS)
