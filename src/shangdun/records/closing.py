"""What still stands open when somebody wants to close an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shangdun.records.cleanup import measure
from shangdun.records.models import Incident, ItemState
from shangdun.respond.cleanup.checklist import CheckKind


class OpenPoint(NamedTuple):
    """``part`` names what it is, ``number`` how many, ``url`` the page of the incident where it is settled."""

    part: str
    number: int
    url: str


def open_points(incident: Incident, now: datetime) -> list[OpenPoint]:
    """Everything unfinished, in the order of the plan; empty: it may be closed."""
    found = []
    for part, (count, url) in _PARTS.items():
        number = count(incident, now)
        if number:
            found.append(OpenPoint(part, number, url))
    return found


def _cleanup(incident: Incident, now: datetime) -> int:
    """Points not shown; a measured one counts as it is this moment, whatever it once was."""
    unshown = 0
    for item in incident.cleanup_items.all():
        if item.state == ItemState.WAIVED:
            continue
        holds = measure(item, incident, now).holds
        by_hand = item.check_kind == CheckKind.BY_HAND or holds is None
        unshown += item.state != ItemState.SHOWN if by_hand else not holds
    return unshown


_PARTS: dict[str, tuple[Callable[[Incident, datetime], int], str]] = {
    "cleanup": (_cleanup, "incident_cleanup"),
}
