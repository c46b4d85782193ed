"""One incident takes over others: their findings, whom they are about, their place in the story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from shangdun.actions.incident_growth import ENTITIES_RECORDED, Growth
from shangdun.detect.finding import Entity
from shangdun.records.actor import WATCH, Actor, person
from shangdun.records.models import (
    Finding,
    Incident,
    IncidentEntity,
    TimelineEntry,
    TimelineKind,
)
from shangdun.respond.state import State
from shangdun.respond.storm import is_storm

STORM_BEGAN = timedelta(hours=1)
"""Incidents that a rule opened so shortly before its storm are the storm's beginning."""

ABSORBED_AT_MOST = 200
"""In one batch."""


def absorb_storms(growths: Iterable[Growth], now: datetime) -> tuple[int, ...]:
    """Take the incidents that a storm began with into the storm's; their numbers.

    Only such as nobody has touched, and that hold nothing but findings of the storm's rule.
    """
    storms = {
        finding.rule_uid: growth.incident
        for growth in growths
        for finding in [*growth.findings, *growth.grown]
        if is_storm(finding)
    }
    taken: dict[int, list[Incident]] = {}
    for other in _beginnings(storms):
        storm = storms[other.rule_uid]
        if other.last_activity >= storm.occurred_at - STORM_BEGAN:
            taken.setdefault(storm.pk, []).append(other)
    for storm in {incident.pk: incident for incident in storms.values()}.values():
        if others := taken.get(storm.pk):
            take_over(WATCH, storm, others, now, joins=False)
    return tuple(sorted(other.number for others in taken.values() for other in others))


def _beginnings(storms: dict[str, Incident]) -> list[Incident]:
    if not storms:
        return []
    earliest = min(storm.occurred_at for storm in storms.values()) - STORM_BEGAN
    alone = Incident.objects.filter(
        rule_uid__in=storms,
        state=State.REPORTED.value,
        assignee=None,
        version=1,
        reporter=None,
        last_activity__gte=earliest,
    ).exclude(pk__in=[storm.pk for storm in storms.values()])
    touched = Count("timeline", filter=Q(timeline__actor__isnull=False), distinct=True)
    foreign = Count("findings", filter=~Q(findings__rule_uid=F("rule_uid")), distinct=True)
    counted = alone.annotate(touched=touched, foreign=foreign)
    return list(counted.filter(touched=0, foreign=0).order_by("number")[:ABSORBED_AT_MOST])


def take_over(
    actor: Actor,
    target: Incident,
    others: Sequence[Incident],
    now: datetime,
    *,
    joins: bool,
    note: str = "",
) -> None:
    """Move everything into ``target``; with ``joins`` findings may join by whom the others had.

    The others are closed without a verdict and say where they went. Versions are left to the
    caller.
    """
    Finding.objects.filter(incident__in=others).update(incident=target)
    for other in others:
        target.finding_count += other.finding_count
        target.severity = max(target.severity, other.severity)
        target.occurred_at = min(target.occurred_at, other.occurred_at)
        target.last_activity = max(target.last_activity, other.last_activity)
    target.save(update_fields=["finding_count", "severity", "occurred_at", "last_activity"])
    _take_entities(target, others, joins=joins)
    Incident.objects.filter(pk__in=[other.pk for other in others]).update(
        state=State.CLOSED.value,
        closed_at=now,
        merged_into=target,
        finding_count=0,
        version=F("version") + 1,
    )
    told = [(other, {"into": target.number}) for other in others]
    told += [(target, {"number": one.number, "count": one.finding_count}) for one in others]
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            incident=incident,
            time=now,
            kind=TimelineKind.MERGED,
            actor=person(actor),
            text=note,
            data=data,
        )
        for incident, data in told
    )


def _take_entities(target: Incident, others: Sequence[Incident], *, joins: bool) -> None:
    known = {Entity(row.kind, row.value): row for row in target.entities.all()}
    changed: dict[Entity, IncidentEntity] = {}
    for row in IncidentEntity.objects.filter(incident__in=others).order_by("pk"):
        entity = Entity(row.kind, row.value)
        own = known.get(entity)
        if own is None and len(known) >= ENTITIES_RECORDED:
            continue
        known[entity] = changed[entity] = IncidentEntity(
            incident=target,
            kind=row.kind,
            value=row.value,
            joins=own.joins if own else row.joins and joins,
            first_time=min(row.first_time, own.first_time) if own else row.first_time,
            last_time=max(row.last_time, own.last_time) if own else row.last_time,
        )
    IncidentEntity.objects.bulk_create(
        changed.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["incident", "kind", "value"],
        update_fields=["first_time", "last_time"],
    )
