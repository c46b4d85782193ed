"""Saying what is known of an incident."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shangdun.records.roles import Role
from shangdun.respond.facts import Facts

KNOWN = datetime(2026, 3, 4, 9, tzinfo=UTC)


def _facts(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (), {"incident_id": world.incident.pk, "facts": Facts(known_at=KNOWN, people=5)}


CASES = {"state_facts": _facts}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = {"state_facts": GROUPS}
