"""Incidents that findings open or join: rows, entities, relations and timeline, in bulk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shangdun.actions.entity_risk import Risen
from shangdun.actions.report_incident import next_number
from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.clock import from_millis
from shangdun.kernel.severity import Severity
from shangdun.records.models import Incident, IncidentEntity, TimelineEntry, TimelineKind
from shangdun.respond.classify import incident_type
from shangdun.respond.folding import main_entity
from shangdun.respond.grouping import Policy
from shangdun.respond.noise import joining_entities
from shangdun.respond.storm import is_storm

ENTITIES_RECORDED = 1000
"""Of one incident; the rest are in its findings."""

JOINED_TOGETHER = timedelta(minutes=10)
"""Findings that join this close together share one line of the timeline."""


@dataclass
class Growth:
    """What one incident gains in this batch."""

    incident: Incident
    findings: list[Finding] = field(default_factory=list)
    grown: list[Finding] = field(default_factory=list)
    is_new: bool = False

    def crossed(self, risen: Mapping[Entity, Risen]) -> list[Risen]:
        """Of whom its findings are about those whose risk crossed the threshold just now."""
        about = {entity for one in [*self.findings, *self.grown] for entity in one.entities}
        found = [risen[entity] for entity in about & risen.keys() if risen[entity].crossed]
        return sorted(found, key=lambda one: (-one.score, one.entity))


def open_new(groups: dict[int, list[Finding]], now: datetime) -> dict[int, Growth]:
    """An incident per group of findings, by the same (negative) key."""
    number = next_number()
    growths = {}
    for offset, key in enumerate(sorted(groups, reverse=True)):
        findings = groups[key]
        gravest = max(findings, key=lambda finding: finding.severity_id)
        tags = [tag for finding in findings for tag in finding.tags]
        entities = [entity for finding in findings for entity in finding.entities]
        about = main_entity(gravest)
        whom = "many at once" if is_storm(gravest) else about.value
        incident = Incident(
            number=number + offset,
            title=(f"{gravest.title} · {whom}" if whom else gravest.title)[:300],
            rule_uid=gravest.rule_uid,
            about_kind=about.kind,
            about_value=about.value,
            type=incident_type(tags, entities).value,
            severity=0,
            occurred_at=from_millis(min(finding.first_time for finding in findings)),
            last_activity=from_millis(max(finding.time for finding in findings)),
            reported_at=now,
        )
        growths[key] = Growth(incident, findings, is_new=True)
    for growth in growths.values():
        _absorb(growth)
    Incident.objects.bulk_create([growth.incident for growth in growths.values()])
    return growths


def extend(growths: Iterable[Growth], risen: Mapping[Entity, Risen]) -> None:
    """Write what standing incidents gained. Their ``version`` stays: people's forms remain good.

    An incident about somebody whose risk has just crossed the threshold is at least of high
    severity.
    """
    changed = []
    for growth in growths:
        _absorb(growth)
        if growth.crossed(risen):
            growth.incident.severity = max(growth.incident.severity, Severity.HIGH)
        changed.append(growth.incident)
    # An upsert by number: many times faster than a CASE over hundreds of incidents.
    rows = [copy(incident) for incident in changed]
    for row in rows:
        row.pk = None
    Incident.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["severity", "occurred_at", "last_activity", "finding_count"],
    )


def _absorb(growth: Growth) -> None:
    incident = growth.incident
    for finding in [*growth.findings, *growth.grown]:
        incident.severity = max(incident.severity, finding.severity_id)
        incident.occurred_at = min(incident.occurred_at, from_millis(finding.first_time))
        incident.last_activity = max(incident.last_activity, from_millis(finding.time))
    incident.finding_count += len(growth.findings)


def write_entities(growths: list[Growth], policy: Policy) -> None:
    """What the incidents are about now, with the first and last time of each."""
    known: dict[int, dict[Entity, IncidentEntity]] = defaultdict(dict)
    standing = [growth.incident.pk for growth in growths if not growth.is_new]
    for row in IncidentEntity.objects.filter(incident__in=standing):
        known[row.incident_id][Entity(row.kind, row.value)] = row
    changed: dict[tuple[int, Entity], IncidentEntity] = {}
    for growth in growths:
        rows = known[growth.incident.pk]
        for finding in [*growth.findings, *growth.grown]:
            for entity, row in _entity_rows(growth.incident, finding, rows, policy):
                changed[growth.incident.pk, entity] = row
    IncidentEntity.objects.bulk_create(
        changed.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["incident", "kind", "value"],
        update_fields=["first_time", "last_time"],
    )


def _entity_rows(
    incident: Incident, finding: Finding, rows: dict[Entity, IncidentEntity], policy: Policy
) -> Iterable[tuple[Entity, IncidentEntity]]:
    first, last = from_millis(finding.first_time), from_millis(finding.time)
    links = joining_entities(finding.rule_uid, finding.entities, policy.noise)
    for entity in dict.fromkeys([*links, *finding.entities]):
        row = rows.get(entity)
        if row is None and len(rows) >= ENTITIES_RECORDED:
            continue
        if row is None:
            joining = sum(other.joins for other in rows.values())
            row = rows[entity] = IncidentEntity(
                incident=incident,
                kind=entity.kind,
                value=entity.value,
                joins=entity in links and joining < policy.entities_that_join,
                first_time=first,
                last_time=last,
            )
        row.first_time, row.last_time = min(row.first_time, first), max(row.last_time, last)
        yield (
            entity,
            IncidentEntity(
                incident=incident,
                kind=row.kind,
                value=row.value,
                joins=row.joins,
                first_time=row.first_time,
                last_time=row.last_time,
            ),
        )


def relate(pairs: Iterable[tuple[Incident, Incident]], now: datetime) -> None:
    """Name incidents that a finding bridged as related, once, in both timelines."""
    through = Incident.related.through
    wanted = {(one.pk, two.pk): (one, two) for pair in pairs for one, two in (pair, pair[::-1])}
    known = through.objects.filter(from_incident__in={one for one, _ in wanted})
    for ends in known.values_list("from_incident_id", "to_incident_id"):
        wanted.pop(ends, None)
    rows = [through(from_incident_id=one, to_incident_id=two) for one, two in wanted]
    through.objects.bulk_create(rows)
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            incident=one, time=now, kind=TimelineKind.RELATED, data={"incident": two.number}
        )
        for one, two in wanted.values()
    )


def write_joined(growths: Iterable[Growth], now: datetime) -> None:
    """One line per incident: its report by detection, or the findings that joined."""
    gained = [growth for growth in growths if growth.findings]
    recent = TimelineEntry.objects.filter(
        incident__in=[growth.incident.pk for growth in gained if not growth.is_new],
        kind=TimelineKind.FINDINGS_JOINED,
        time__gt=now - JOINED_TOGETHER,
    )
    last = {entry.incident_id: entry for entry in recent.order_by("time", "id")}
    fresh, grown = [], []
    for growth in gained:
        rules = Counter(finding.rule_uid for finding in growth.findings)
        entry = last.get(growth.incident.pk)
        if entry:
            rules.update(entry.data["rules"])
            grown.append(entry)
        else:
            kind = TimelineKind.REPORTED if growth.is_new else TimelineKind.FINDINGS_JOINED
            entry = TimelineEntry(incident=growth.incident, time=now, kind=kind)
            fresh.append(entry)
        entry.data = {"count": rules.total(), "rules": dict(rules)}
    TimelineEntry.objects.bulk_create(fresh)
    TimelineEntry.objects.bulk_create(
        grown, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=["data"]
    )
