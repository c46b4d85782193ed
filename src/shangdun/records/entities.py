"""What is known of one entity, and which entities are the riskiest at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.db.models import QuerySet

from shangdun.detect.finding import Entity
from shangdun.kernel.clock import to_millis
from shangdun.records.access import real_incidents, visible_findings
from shangdun.records.actor import Actor
from shangdun.records.models import EntityRisk, FindingEntity, FindingState, Incident
from shangdun.respond import risk
from shangdun.respond.risk import Spell

LEAST = 1.0
"""A lower score is as good as none."""

LOOKED_BACK = timedelta(days=14)
SPELLS_AT_MOST = 2_000


class Risky(msgspec.Struct, frozen=True, kw_only=True):
    """An entity with its score at the moment that was asked for."""

    entity: Entity
    score: float
    findings: int
    rules: tuple[str, ...]
    """Those that still count, the latest first."""
    first_time: datetime
    last_time: datetime


class Given(msgspec.Struct, frozen=True):
    """What one rule gave an entity: its share of the score, and from how many findings."""

    rule_uid: str
    score: float
    findings: int


def riskiest(actor: Actor, now: datetime, *, kind: str = "", size: int = 20) -> list[Risky]:
    """The entities of the highest score, highest first; one query in the order of an index."""
    visible_findings(actor)
    moment = to_millis(now)
    rows = EntityRisk.objects.filter(level__gte=risk.level_of(LEAST, moment))
    if kind:
        rows = rows.filter(kind=kind)
    return [_risky(row, moment) for row in rows.order_by("-level", "-id")[:size]]


def risk_of(actor: Actor, entity: Entity, now: datetime) -> Risky | None:
    """One entity's risk; None for one that no finding gave points."""
    visible_findings(actor)
    row = EntityRisk.objects.filter(kind=entity.kind, value=entity.value).first()
    return _risky(row, to_millis(now)) if row else None


def spells_of(actor: Actor, entity: Entity, now: datetime) -> list[tuple[str, Spell]]:
    """What findings of the last 14 days gave the entity, as (rule, spell), newest first."""
    visible_findings(actor)
    rows = FindingEntity.objects.filter(
        kind=entity.kind, value=entity.value, time__gte=now - LOOKED_BACK, points__gt=0
    ).exclude(finding__state__in=(FindingState.DISMISSED, FindingState.WITHHELD))
    fields = ("finding__rule_uid", "finding__first_time", "time", "points")
    moment = to_millis(now)
    return [
        (rule, Spell(to_millis(first), min(to_millis(last), moment), points))
        for rule, first, last, points in rows.order_by("-time").values_list(*fields)[
            :SPELLS_AT_MOST
        ]
    ]


def given_by(spells: list[tuple[str, Spell]], now: datetime) -> list[Given]:
    """The score taken apart by rule, the largest part first."""
    by_rule: dict[str, list[Spell]] = {}
    for rule, spell in spells:
        by_rule.setdefault(rule, []).append(spell)
    parts = [
        Given(rule, risk.course(found, [to_millis(now)])[0], len(found))
        for rule, found in by_rule.items()
    ]
    return sorted(parts, key=lambda part: (-part.score, part.rule_uid))


def incidents_about(actor: Actor, entity: Entity) -> QuerySet[Incident]:
    """Incidents that the entity is part of, the liveliest first."""
    incidents = real_incidents(actor).filter(
        entities__kind=entity.kind, entities__value=entity.value
    )
    return incidents.select_related("assignee", "reporter").order_by("-last_activity", "-id")


def _risky(row: EntityRisk, moment: int) -> Risky:
    spoken = sorted(row.rules.items(), key=lambda item: -item[1])
    return Risky(
        entity=Entity(row.kind, row.value),
        score=risk.score(row.level, moment),
        findings=row.findings,
        rules=tuple(rule for rule, _ in spoken),
        first_time=row.first_time,
        last_time=row.last_time,
    )
