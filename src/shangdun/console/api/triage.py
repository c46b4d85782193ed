"""Reading what the flood was made into: stories, risk, suppressions, the reduction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from shangdun.console.api.reading import Person, person_of
from shangdun.console.steps import as_data, chapters_of
from shangdun.records.access import get_incident_by_number
from shangdun.records.entities import riskiest
from shangdun.records.reduction import reduced
from shangdun.records.suppressions import in_force, visible_suppressions

LISTED = 100
HOURS = (24, 7 * 24)

router = Router(auth=Person(csrf=False))


class StepOut(Schema):
    """One stage of an attack; times in milliseconds since the epoch."""

    tactic: str
    title: str
    threats: list[str]
    severity_id: int
    first_time: int
    time: int
    findings: int
    events: int
    subjects: int
    rules: list[dict[str, Any]]
    entities: list[dict[str, Any]]


class RiskOut(Schema):
    """``score`` is that of this moment; it halves every day."""

    kind: str
    value: str
    score: float
    findings: int
    rules: list[str]
    first_time: datetime
    last_time: datetime


class SuppressionOut(Schema):
    id: int
    rule_uid: str
    title: str
    kind: str
    value: str
    reason: str
    author: str | None
    created: datetime
    until: datetime
    ended: datetime | None
    withheld: int


class ReductionOut(Schema):
    """What became of what detection gave in the last ``hours``."""

    hours: int
    seen: int
    added: int
    folded: int
    gathered: int
    withheld: int
    incidents: int


@router.get(
    "/incidents/{number}/steps",
    response=list[StepOut],
    tags=["incidents"],
    summary="An incident as steps",
)
def steps(request: HttpRequest, number: int) -> list[dict[str, Any]]:
    """In the order in which they began."""
    person = person_of(request)
    incident = get_incident_by_number(person, number)
    return [as_data(chapter) for chapter in chapters_of(person, incident)]


@router.get("/entities", response=list[RiskOut], tags=["entities"], summary="Riskiest now")
def entities(request: HttpRequest, kind: str = "") -> list[dict[str, Any]]:
    """The 100 entities of the highest score, highest first."""
    found = riskiest(person_of(request), timezone.now(), kind=kind[:20], size=LISTED)
    return [
        {
            "kind": one.entity.kind,
            "value": one.entity.value,
            "score": round(one.score, 2),
            "findings": one.findings,
            "rules": list(one.rules),
            "first_time": one.first_time,
            "last_time": one.last_time,
        }
        for one in found
    ]


@router.get(
    "/suppressions", response=list[SuppressionOut], tags=["findings"], summary="Suppressions"
)
def suppressions(request: HttpRequest, show: str = "in_force") -> list[dict[str, Any]]:
    """The 100 newest; `show` is in_force or all."""
    rows = visible_suppressions(person_of(request))
    if show != "all":
        rows = rows.filter(pk__in=in_force(timezone.now()))
    return [
        {
            "id": row.pk,
            "rule_uid": row.rule_uid,
            "title": row.title,
            "kind": row.kind,
            "value": row.value,
            "reason": row.reason,
            "author": row.author.username if row.author else None,
            "created": row.created,
            "until": row.until,
            "ended": row.ended,
            "withheld": row.withheld,
        }
        for row in rows[:LISTED]
    ]


@router.get(
    "/reduction", response=list[ReductionOut], tags=["findings"], summary="Findings to incidents"
)
def reduction(request: HttpRequest) -> list[dict[str, Any]]:
    """For the last 24 hours and the last 7 days."""
    figures = reduced(person_of(request), timezone.now(), HOURS)
    return [
        {**msgspec.to_builtins(one), "hours": hours, "incidents": one.incidents}
        for hours, one in figures.items()
    ]
