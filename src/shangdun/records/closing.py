"""What still stands open when somebody wants to close an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shangdun.records.cleanup import measure
from shangdun.records.models import (
    ClockState,
    ComplaintState,
    Incident,
    ItemState,
    NoticeState,
    Task,
)
from shangdun.records.models.runs import FAILED, OVER
from shangdun.records.orders import plan_started
from shangdun.respond.cleanup.checklist import CheckKind
from shangdun.respond.regulators.law import Start

UNDER_WAY = (
    NoticeState.LEGAL,
    NoticeState.APPROVED,
    NoticeState.SENDING,
    NoticeState.PAUSED,
)


class OpenPoint(NamedTuple):
    """``part`` names what it is, ``number`` how many, ``url`` where it is settled."""

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


def _tasks(incident: Incident, now: datetime) -> int:
    del now
    rows = Task.objects.filter(incident=incident).exclude(state__in=OVER)
    return rows.exclude(state=FAILED, held=False).count()


def _clocks(incident: Incident, now: datetime) -> int:
    """Duties that run; a summary that is due after the handling ends waits for the closing.

    General duties without a deadline (report "as prescribed") hold up only what leadership made a
    case of the plan: otherwise the law's first sentence would keep every small incident open.
    """
    del now
    running = incident.clocks.filter(state__in=(ClockState.RUNNING, ClockState.MISSED), met_at=None)
    if not plan_started(incident):
        running = running.exclude(due_at=None)
    return sum(row.frozen.get("starts") != Start.HANDLING_ENDED for row in running)


def _notices(incident: Incident, now: datetime) -> int:
    del now
    return incident.notices.filter(state__in=UNDER_WAY).count()


def _complaints(incident: Incident, now: datetime) -> int:
    del now
    return incident.complaints.filter(state=ComplaintState.OPEN).count()


def _supplies(incident: Incident, now: datetime) -> int:
    del now
    return incident.supply_allocations.filter(ended_at=None).count()


def _handovers(incident: Incident, now: datetime) -> int:
    del now
    return incident.evidence.filter(disposed_at=None).exclude(offered_to=None).count()


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
    "tasks": (_tasks, "incident_board"),
    "notices": (_notices, "incident_notices"),
    "complaints": (_complaints, "incident_notices"),
    "clocks": (_clocks, "incident_clocks"),
    "handovers": (_handovers, "incident_evidence"),
    "supplies": (_supplies, "incident_supplies"),
    "cleanup": (_cleanup, "incident_cleanup"),
}
