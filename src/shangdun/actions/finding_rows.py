"""Findings between detection and their table: made safe, folded, written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.records import models
from shangdun.records.models import FindingEntity, FindingState
from shangdun.records.stored_text import clean_json, clean_raw, clean_text, clean_value
from shangdun.respond.folding import WINDOW_MS, fold_key
from shangdun.respond.storm import number_of

_OPEN_STATES = (FindingState.NEW, FindingState.IN_INCIDENT)
_GROWING = (
    "severity",
    "first_time",
    "time",
    "count",
    "evidences",
    "subjects",
    "sketch",
)
_ROWS_AT_ONCE = 500


def clean(finding: Finding) -> Finding:
    """As the database can hold it."""
    entities = [Entity(clean_value(e.kind, 20), clean_value(e.value)) for e in finding.entities]
    return msgspec.structs.replace(
        finding,
        uid=clean_value(finding.uid, 64),
        rule_uid=clean_value(finding.rule_uid),
        title=clean_value(finding.title, 300),
        entities=list(dict.fromkeys(entities)),
        evidences=[_clean_evidence(evidence) for evidence in finding.evidences],
    )


def _clean_evidence(evidence: Evidence) -> Evidence:
    fields = clean_json(evidence.fields)
    return msgspec.structs.replace(
        evidence, raw=clean_raw(evidence.raw), fields=fields if isinstance(fields, dict) else {}
    )


def unrecorded(findings: list[Finding]) -> list[Finding]:
    """Those of rules that are on and whose uid is not stored yet."""
    disabled = set(
        models.RuleSetting.objects.filter(enabled=False).values_list("rule_uid", flat=True)
    )
    running = {f.uid: f for f in findings if f.rule_uid not in disabled}
    stored = models.Finding.objects.filter(uid__in=running).values_list("uid", flat=True)
    for uid in set(stored):
        del running[uid]
    return list(running.values())


class Standing:
    """Stored findings that new ones may fold into: the newest by fold key, and its row by uid."""

    def __init__(self, rows: Iterable[models.Finding]) -> None:
        newest = {row.fold_key: row for row in rows}
        self.by_key = {key: from_row(row) for key, row in newest.items()}
        self.rows = {row.uid: row for row in newest.values()}

    def points(self, uid: str) -> dict[Entity, float]:
        """The risk that a finding gave each of its entities."""
        row = self.rows[uid]
        return {Entity(e.kind, e.value): e.points for e in row.entities.all() if e.points}


def standing_findings(since: Mapping[str, int], *, suppression: int | None = None) -> Standing:
    """What stands by fold key (with the earliest time, in ms, of what may fold into it).

    What a verdict has judged does not grow any more: the attack that goes on is news. With
    ``suppression`` only what that one withheld.
    """
    if not since:
        return Standing([])
    states = _OPEN_STATES if suppression is None else (FindingState.WITHHELD,)
    rows = models.Finding.objects.filter(
        fold_key__in=since,
        state__in=states,
        suppression=suppression,
        time__gte=from_millis(min(since.values()) - WINDOW_MS),
    )
    return Standing(rows.order_by("time").prefetch_related("entities"))


def earliest(findings: Iterable[Finding], key: Callable[[Finding], str]) -> dict[str, int]:
    """The earliest time (ms) of the findings of each key."""
    since: dict[str, int] = {}
    for finding in findings:
        name = key(finding)
        since[name] = min(finding.first_time, since.get(name, finding.first_time))
    return since


def from_row(row: models.Finding, *, why: bool = True) -> Finding:
    """A stored finding as detection gave it; ``why`` False leaves evidences and reasons unread."""
    entities = sorted(row.entities.all(), key=lambda entity: entity.pk)
    return Finding(
        uid=row.uid,
        rule_uid=row.rule_uid,
        title=row.title,
        severity_id=row.severity,
        time=to_millis(row.time),
        first_time=to_millis(row.first_time),
        count=row.count,
        entities=[Entity(entity.kind, entity.value) for entity in entities],
        evidences=msgspec.convert(row.evidences, list[Evidence]) if why else [],
        reasons=msgspec.convert(row.reasons, list[Reason]) if why else [],
        tags=row.tags,
    )


class Extras(msgspec.Struct):
    """What rows hold beside the findings themselves, by uid where it belongs to one."""

    incident_of: dict[str, int] = {}
    points: dict[tuple[str, Entity], float] = {}
    sketches: dict[str, list[int]] = {}
    suppression: int | None = None

    def state_of(self, uid: str) -> FindingState:
        if self.suppression is not None:
            return FindingState.WITHHELD
        return FindingState.IN_INCIDENT if uid in self.incident_of else FindingState.NEW


def insert(findings: list[Finding], extras: Extras, now: datetime) -> None:
    """New rows, each in its incident where it has one."""
    rows = [_to_row(finding, extras, now) for finding in findings]
    stored = models.Finding.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
    pairs = zip(findings, stored, strict=True)
    _write_entities([(row.pk, finding) for finding, row in pairs], extras)


def grow(findings: Iterable[Finding], standing: Standing, extras: Extras, now: datetime) -> None:
    """Standing rows that repetitions folded into."""
    grown = list(findings)
    rows = [_to_row(finding, extras, now) for finding in grown]
    models.Finding.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=_GROWING,
    )
    _write_entities([(standing.rows[finding.uid].pk, finding) for finding in grown], extras)


def move(incident_of: dict[str, int]) -> None:
    """Stored findings (by uid) that waited and now belong to an incident."""
    rows = list(models.Finding.objects.filter(uid__in=incident_of).only("uid"))
    for row in rows:
        row.incident_id = incident_of[row.uid]
        row.state = FindingState.IN_INCIDENT
    models.Finding.objects.bulk_update(rows, ["incident", "state"], batch_size=_ROWS_AT_ONCE)


def _to_row(finding: Finding, extras: Extras, now: datetime) -> models.Finding:
    sketch = extras.sketches.get(finding.uid, [])
    return models.Finding(
        uid=finding.uid,
        rule_uid=finding.rule_uid,
        title=finding.title,
        severity=finding.severity_id,
        state=extras.state_of(finding.uid),
        first_time=from_millis(finding.first_time),
        time=from_millis(finding.time),
        recorded=now,
        count=finding.count,
        fold_key=fold_key(finding),
        incident_id=extras.incident_of.get(finding.uid),
        suppression_id=extras.suppression,
        subjects=max(1, number_of(sketch)),
        sketch=sketch,
        tags=[clean_text(tag) for tag in finding.tags],
        reasons=clean_json(msgspec.to_builtins(finding.reasons)),
        evidences=msgspec.to_builtins(finding.evidences),
    )


def _write_entities(findings: list[tuple[int, Finding]], extras: Extras) -> None:
    rows = [
        FindingEntity(
            finding_id=row_id,
            kind=entity.kind,
            value=entity.value,
            time=from_millis(finding.time),
            points=extras.points.get((finding.uid, entity), 0.0),
        )
        for row_id, finding in findings
        for entity in finding.entities
    ]
    FindingEntity.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["finding", "kind", "value"],
        update_fields=["time", "points"],
    )
