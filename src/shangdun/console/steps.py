"""An incident's story for its page: the steps of the attack in words, linked to what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import spoken
from shangdun.detect.finding import Entity
from shangdun.kernel.clock import to_millis
from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, Incident
from shangdun.respond.stages import THREATS, Words
from shangdun.respond.storm import RULE
from shangdun.respond.story import Seen, Step, Told, story

TOLD_AT_MOST = 400
"""Findings of one incident that its story is made of: the first ones; folding keeps them few."""


@dataclass
class Line:
    """What one rule saw in a step."""

    title: str
    told: Told


@dataclass
class Chapter:
    """A step as a page shows it."""

    step: Step
    title: str
    threats: list[str]
    lines: list[Line]
    entities: list[tuple[Entity, str, bool]]
    """With the address of its page, and whether it is new in the story."""

    @property
    def more(self) -> int:
        """Subjects that are not named."""
        return max(0, self.step.subjects - len(self.entities))


def chapters_of(actor: Actor, incident: Incident) -> list[Chapter]:
    """The steps, in order; two queries."""
    rows = visible_findings(actor).filter(incident=incident).order_by("first_time", "id")
    light = rows.defer("evidences", "reasons", "sketch").prefetch_related("entities")
    found = list(light[:TOLD_AT_MOST])
    titles = {row.rule_uid: row.title for row in found}
    return [_chapter(step, titles) for step in story(seen(found))]


def seen(rows: Iterable[Finding]) -> list[Seen]:
    """Findings as the story takes them."""
    return [
        Seen(
            ref=row.pk,
            rule_uid=row.rule_uid,
            severity=row.severity,
            first_time=to_millis(row.first_time),
            time=to_millis(row.time),
            count=row.count,
            subjects=row.subjects,
            tags=tuple(row.tags),
            entities=tuple(Entity(one.kind, one.value) for one in row.entities.all()),
        )
        for row in rows
    ]


def said(words: Words) -> str:
    """In the page's language."""
    return spoken({"en": words.en, "zh": words.zh})


def entity_page(entity: Entity) -> str:
    """The address of an entity's page."""
    return f"{reverse('entity')}?{urlencode({'kind': entity.kind, 'value': entity.value})}"


def as_data(chapter: Chapter) -> dict[str, Any]:
    """A step for the API."""
    step = chapter.step
    return {
        "tactic": step.stage.tactic,
        "title": chapter.title,
        "threats": [f"OAT-{number}" for number in step.threats],
        "severity_id": step.severity,
        "first_time": step.first_time,
        "time": step.time,
        "findings": step.findings,
        "events": step.events,
        "subjects": step.subjects,
        "rules": [{"uid": line.told.rule_uid, "title": line.title} for line in chapter.lines],
        "entities": [{"kind": one.kind, "value": one.value} for one in step.entities],
    }


def _chapter(step: Step, titles: dict[str, str]) -> Chapter:
    return Chapter(
        step=step,
        title=said(step.stage.words),
        threats=[said(THREATS[number]) for number in step.threats],
        lines=[
            Line(RULEBOOK.title(told.rule_uid, titles[told.rule_uid]), told) for told in step.rules
        ],
        entities=[
            (entity, entity_page(entity), entity in step.new_entities)
            for entity in step.entities
            if entity.kind != RULE
        ],
    )
