"""The incidents behind the response's figures, read in two queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Clock, ClockState, Incident, Verdict
from shangdun.records.roles import Capability
from shangdun.respond.figures import Course
from shangdun.respond.phases import Milestones

READ_AT_MOST = 50_000
FIELDS = (
    "pk", "number", "type", "grade", "occurred_at", "reported_at", "acknowledged_at", "triaged_at",
    "activated_at", "contained_at", "recovered_at", "drill_id",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """Which incidents figures are asked of."""

    since: datetime
    until: datetime
    drills: bool = False
    type: str = ""
    grade: int | None = None


def chosen_incidents(actor: Actor, chosen: Chosen) -> QuerySet[Incident]:
    """Reported in the time; no false alarms and none that became part of another."""
    require(actor, Capability.VIEW_INCIDENTS)
    rows = Incident.objects.filter(
        reported_at__gte=chosen.since, reported_at__lt=chosen.until, merged_into=None
    ).exclude(verdict=Verdict.FALSE_POSITIVE)
    rows = rows.filter(drill__isnull=not chosen.drills)
    if chosen.type:
        rows = rows.filter(type=chosen.type)
    if chosen.grade is not None:
        rows = rows.filter(grade=chosen.grade)
    return rows


def courses(actor: Actor, chosen: Chosen) -> list[Course]:
    """What the figures are reckoned from, the newest first."""
    rows = chosen_incidents(actor, chosen)
    tallies = _clock_tallies(rows)
    values = rows.order_by("-reported_at").values(*FIELDS)[:READ_AT_MOST]
    return [_course(row, *tallies.get(row["pk"], (0, 0))) for row in values]


def _clock_tallies(rows: QuerySet[Incident]) -> dict[int, tuple[int, int]]:
    """Incident → how many clocks were kept and missed."""
    kept = Count("pk", filter=Q(state=ClockState.MET))
    missed = Count("pk", filter=Q(state=ClockState.MISSED))
    counted = (
        Clock.objects.filter(
            incident__in=rows.order_by().values("pk"),
            state__in=(ClockState.MET, ClockState.MISSED),
            due_at__isnull=False,
        )
        .values("incident_id")
        .annotate(kept=kept, missed=missed)
        .values_list("incident_id", "kept", "missed")
    )
    return {incident: (met, over) for incident, met, over in counted}


def _course(row: dict[str, Any], kept: int, missed: int) -> Course:
    return Course(
        number=row["number"],
        type=row["type"],
        grade=row["grade"],
        occurred_at=row["occurred_at"],
        moments=Milestones(
            reported_at=row["reported_at"],
            acknowledged_at=row["acknowledged_at"] or row["triaged_at"],
            activated_at=row["activated_at"],
            contained_at=row["contained_at"],
            recovered_at=row["recovered_at"],
        ),
        kept=kept,
        missed=missed,
        drill=row["drill_id"] is not None,
    )
