"""What grouping has to look at: open incidents and waiting findings that share an entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count

from shangdun.actions.finding_rows import from_row
from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.records import models
from shangdun.records.models import FindingEntity, FindingState, IncidentEntity
from shangdun.respond.grouping import Item, OpenIncident, Policy
from shangdun.respond.noise import joining_entities
from shangdun.respond.state import State

_MOST_WAITING = 5000


def as_item(finding: Finding) -> Item:
    return Item(
        ref=finding.uid,
        rule_uid=finding.rule_uid,
        severity=finding.severity_id,
        first_time=finding.first_time,
        time=finding.time,
        entities=finding.entities,
    )


def links_of(items: Iterable[Item], policy: Policy) -> set[Entity]:
    """Everything by which these findings can join something."""
    return {
        entity
        for item in items
        for entity in joining_entities(item.rule_uid, item.entities, policy.noise)
    }


def open_incidents(links: set[Entity], since: int) -> list[OpenIncident]:
    """Incidents not closed that have one of the links since then (ms), oldest first."""
    rows = IncidentEntity.objects.filter(
        kind__in={link.kind for link in links},
        value__in={link.value for link in links},
        last_time__gte=from_millis(since),
        joins=True,
        incident__drill=None,  # a real attack in a drill's time is real
    ).exclude(incident__state=State.CLOSED.value)
    entities: dict[int, dict[Entity, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        entity = Entity(row.kind, row.value)
        if entity in links:
            span = (to_millis(row.first_time), to_millis(row.last_time))
            entities[row.incident_id][entity] = span
    sizes = dict(
        IncidentEntity.objects.filter(incident__in=entities, joins=True)
        .values_list("incident")
        .annotate(Count("pk"))
    )
    return [
        OpenIncident(key=key, entities=found, size=sizes[key])
        for key, found in sorted(entities.items())
    ]


def waiting_findings(links: set[Entity], since: int) -> list[Finding]:
    """Findings in no incident that have one of the links since then (ms), oldest first."""
    named = {link for link in links if link.kind != "rule"}
    rows = FindingEntity.objects.filter(
        kind__in={link.kind for link in named},
        value__in={link.value for link in named},
        time__gte=from_millis(since),
        finding__incident=None,
        finding__state=FindingState.NEW,
    ).order_by("-time")
    matching = {
        row.finding_id for row in rows[:_MOST_WAITING] if Entity(row.kind, row.value) in named
    }
    findings = models.Finding.objects.filter(pk__in=matching).order_by("time", "pk")
    light = findings.defer("evidences", "reasons").prefetch_related("entities")
    return [from_row(row, why=False) for row in light]
