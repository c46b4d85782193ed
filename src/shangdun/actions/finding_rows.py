"""Findings between detection and their table: made safe, folded, written in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.records import models
from shangdun.records.models import FindingEntity, FindingState
from shangdun.records.stored_text import clean_json, clean_raw, clean_text, clean_value
from shangdun.respond.folding import WINDOW_MS, fold_key

_OPEN_STATES = (FindingState.NEW, FindingState.IN_INCIDENT)
_GROWING = ("severity", "first_time", "time", "count", "evidences")
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


def standing_findings(findings: Iterable[Finding]) -> tuple[dict[str, Finding], dict[str, int]]:
    """The newest stored finding per fold key that new ones may fold into, and their row ids by uid.

    What a verdict has judged does not grow any more: the attack that goes on is news.
    """
    since = {fold_key(finding): finding.first_time for finding in findings}
    if not since:
        return {}, {}
    rows = models.Finding.objects.filter(
        fold_key__in=since,
        state__in=_OPEN_STATES,
        time__gte=from_millis(min(since.values()) - WINDOW_MS),
    )
    newest = {row.fold_key: row for row in rows.order_by("time").prefetch_related("entities")}
    standing = {key: from_row(row) for key, row in newest.items()}
    return standing, {row.uid: row.pk for row in newest.values()}


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


def insert(findings: list[Finding], incident_of: dict[str, int], now: datetime) -> None:
    """New rows, each in its incident (by uid) where it has one."""
    rows = [_to_row(finding, incident_of.get(finding.uid), now) for finding in findings]
    stored = models.Finding.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
    pairs = zip(findings, stored, strict=True)
    _write_entities([(row.pk, finding) for finding, row in pairs])


def grow(findings: Iterable[Finding], row_ids: dict[str, int], now: datetime) -> None:
    """Standing rows that repetitions folded into."""
    grown = list(findings)
    rows = [_to_row(finding, None, now) for finding in grown]
    models.Finding.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=_GROWING,
    )
    _write_entities([(row_ids[finding.uid], finding) for finding in grown])


def move(incident_of: dict[str, int]) -> None:
    """Stored findings (by uid) that waited and now belong to an incident."""
    rows = list(models.Finding.objects.filter(uid__in=incident_of).only("uid"))
    for row in rows:
        row.incident_id = incident_of[row.uid]
        row.state = FindingState.IN_INCIDENT
    models.Finding.objects.bulk_update(rows, ["incident", "state"], batch_size=_ROWS_AT_ONCE)


def _to_row(finding: Finding, incident: int | None, now: datetime) -> models.Finding:
    return models.Finding(
        uid=finding.uid,
        rule_uid=finding.rule_uid,
        title=finding.title,
        severity=finding.severity_id,
        state=FindingState.IN_INCIDENT if incident else FindingState.NEW,
        first_time=from_millis(finding.first_time),
        time=from_millis(finding.time),
        recorded=now,
        count=finding.count,
        fold_key=fold_key(finding),
        incident_id=incident,
        tags=[clean_text(tag) for tag in finding.tags],
        reasons=clean_json(msgspec.to_builtins(finding.reasons)),
        evidences=msgspec.to_builtins(finding.evidences),
    )


def _write_entities(findings: list[tuple[int, Finding]]) -> None:
    rows = [
        FindingEntity(
            finding_id=row_id, kind=entity.kind, value=entity.value, time=from_millis(finding.time)
        )
        for row_id, finding in findings
        for entity in finding.entities
    ]
    FindingEntity.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["finding", "kind", "value"],
        update_fields=["time"],
    )
