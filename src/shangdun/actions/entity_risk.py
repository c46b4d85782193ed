"""What findings add to the risk of entities, and what a verdict takes from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from django.db.models import Count

from shangdun.actions.finding_rows import Standing
from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.records.models import (
    EntityRisk,
    FindingEntity,
    FindingState,
    Judgement,
    Verdict,
)
from shangdun.respond import risk
from shangdun.respond.noise import Noise, joining_entities
from shangdun.respond.risk import Record
from shangdun.respond.storm import RULE

RULES_REMEMBERED = 40
"""Of one entity: those that spoke last."""

HEARD = 0.1
"""A voice of which so much is left still counts as one."""

REMEMBERED = timedelta(days=14)
"""After that a 16,000th of the points is left."""

ROWS_AT_ONCE = 500
FORGIVEN_AT_MOST = 2_000


class Risen(msgspec.Struct, frozen=True):
    """An entity whose score is above the threshold; ``crossed``: in this batch."""

    entity: Entity
    score: float
    crossed: bool


class Weighing(msgspec.Struct):
    """What a batch did to risk: points by finding and entity, and who is risky now."""

    points: dict[tuple[str, Entity], float]
    risen: dict[Entity, Risen]


def weigh(
    fresh: Iterable[Finding],
    grown: Iterable[tuple[Finding, Finding]],
    standing: Standing,
    noise: Noise,
    now: datetime,
) -> Weighing:
    """Add what new findings and growth (before, after) are worth, and store it.

    Event times in the future count as now, or a wrong clock would be the riskiest of all for ever.
    """
    new, pairs = sorted(fresh, key=lambda finding: finding.time), list(grown)
    findings = [*new, *(after for _, after in pairs)]
    scale = _Scale(findings, noise, to_millis(now))
    before = scale.scores()
    for earlier, after in pairs:
        scale.renew(earlier, after, standing.points(after.uid))
    for finding in new:
        scale.add(finding, known={})
    scale.save()
    return Weighing(scale.points, scale.risen(before))


class _Scale:
    def __init__(self, findings: list[Finding], noise: Noise, now: int) -> None:
        self.points: dict[tuple[str, Entity], float] = {}
        self._noise, self._now = noise, now
        self._moment = min(now, max((finding.time for finding in findings), default=now))
        self._records = records_of({finding.rule_uid for finding in findings})
        wanted = {entity for finding in findings for entity in self._about(finding)}
        self._rows = {Entity(row.kind, row.value): row for row in _rows(wanted)}

    def scores(self) -> dict[Entity, float]:
        return {entity: risk.score(row.level, self._moment) for entity, row in self._rows.items()}

    def add(self, finding: Finding, known: Mapping[Entity, float]) -> None:
        """Give the entities their points, but not those that have had them."""
        record = self._records.get(finding.rule_uid, Record())
        time = min(finding.time, self._now)
        for entity in self._about(finding):
            if entity in known:
                continue
            row = self._row(entity, finding)
            voice = row.rules.get(finding.rule_uid, risk.NOTHING)
            amount = risk.points(
                finding.severity_id,
                confidence=finding.confidence,
                weight=record.weight,
                repeats=risk.score(voice, time),
            )
            row.level = risk.add(row.level, amount, time)
            row.rules[finding.rule_uid] = risk.add(voice, 1.0, time)
            row.findings += 1
            self._touch(row, finding)
            self.points[finding.uid, entity] = amount

    def renew(self, earlier: Finding, after: Finding, known: Mapping[Entity, float]) -> None:
        """What goes on decays from its last event."""
        before, later = min(earlier.time, self._now), min(after.time, self._now)
        for entity, amount in known.items():
            self.points[after.uid, entity] = amount
            if entity in self._rows:
                row = self._rows[entity]
                row.level = risk.renew(row.level, amount, before, later)
                self._touch(row, after)
        self.add(after, known)

    def risen(self, before: Mapping[Entity, float]) -> dict[Entity, Risen]:
        found = {}
        for entity, row in self._rows.items():
            score = risk.score(row.level, self._moment)
            voices = sum(risk.score(level, self._moment) >= HEARD for level in row.rules.values())
            if score >= risk.THRESHOLD and voices >= risk.VOICES:
                crossed = before.get(entity, 0.0) < risk.THRESHOLD
                found[entity] = Risen(entity, score, crossed)
        return found

    def save(self) -> None:
        for row in self._rows.values():
            if len(row.rules) > RULES_REMEMBERED:
                last = sorted(row.rules.items(), key=lambda item: item[1])[-RULES_REMEMBERED:]
                row.rules = dict(last)
        _save(self._rows.values())

    def _about(self, finding: Finding) -> list[Entity]:
        """Whom the points are for: those by whom findings join; of a storm, who is named."""
        named = [entity for entity in finding.entities if entity.kind != RULE]
        links = joining_entities(finding.rule_uid, named, self._noise)
        return [entity for entity in links if entity.kind != RULE]

    def _row(self, entity: Entity, finding: Finding) -> EntityRisk:
        if entity not in self._rows:
            self._rows[entity] = EntityRisk(
                kind=entity.kind,
                value=entity.value,
                level=risk.NOTHING,
                rules={},
                first_time=from_millis(finding.first_time),
                last_time=from_millis(finding.time),
            )
        return self._rows[entity]

    @staticmethod
    def _touch(row: EntityRisk, finding: Finding) -> None:
        row.first_time = min(row.first_time, from_millis(finding.first_time))
        row.last_time = max(row.last_time, from_millis(finding.time))


def records_of(rules: Iterable[str]) -> dict[str, Record]:
    """What verdicts said of these rules; one without a verdict is left out."""
    rows = Judgement.objects.filter(rule_uid__in=list(rules)).order_by()
    counts = rows.values_list("rule_uid", "verdict").annotate(Count("pk"))
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for rule_uid, verdict, number in counts:
        tallies[rule_uid][verdict] = number
    return {
        rule_uid: Record(
            true=tally[Verdict.TRUE_POSITIVE],
            benign=tally[Verdict.BENIGN_POSITIVE],
            false=tally[Verdict.FALSE_POSITIVE],
        )
        for rule_uid, tally in tallies.items()
    }


def forgive(findings: Iterable[int], now: datetime) -> None:
    """Count the risk of everybody these findings (by row) are about anew, less what is dismissed.

    Reads at most the last 14 days of each; older points are as good as gone.
    """
    about = FindingEntity.objects.filter(finding__in=list(findings), points__gt=0)
    pairs = about.order_by("-time").values_list("kind", "value")[:FORGIVEN_AT_MOST]
    wanted = {Entity(kind, value) for kind, value in pairs}
    rows = {Entity(row.kind, row.value): row for row in _rows(wanted)}
    for row in rows.values():
        row.level = risk.NOTHING
    counted = FindingEntity.objects.filter(
        kind__in={entity.kind for entity in wanted},
        value__in={entity.value for entity in wanted},
        time__gte=now - REMEMBERED,
        points__gt=0,
    ).exclude(finding__state__in=(FindingState.DISMISSED, FindingState.WITHHELD))
    for kind, value, points, time in counted.values_list("kind", "value", "points", "time"):
        if (found := rows.get(Entity(kind, value))) is not None:
            moment = min(to_millis(time), to_millis(now))
            found.level = risk.add(found.level, points, moment)
    gone = [row.pk for row in rows.values() if row.level == risk.NOTHING]
    EntityRisk.objects.filter(pk__in=gone).delete()
    _save(row for row in rows.values() if row.level > risk.NOTHING)


def _rows(wanted: set[Entity]) -> Iterable[EntityRisk]:
    if not wanted:
        return []
    rows = EntityRisk.objects.filter(
        kind__in={entity.kind for entity in wanted}, value__in={entity.value for entity in wanted}
    )
    return [row for row in rows if Entity(row.kind, row.value) in wanted]


def _save(rows: Iterable[EntityRisk]) -> None:
    changed = list(rows)
    for row in changed:
        row.pk = None
    EntityRisk.objects.bulk_create(
        changed,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["kind", "value"],
        update_fields=["level", "rules", "findings", "first_time", "last_time"],
    )
