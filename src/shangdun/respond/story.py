"""An incident's findings told as steps: a scan, the injection that followed, the web shell.

Findings of one stage of the attack are one step. Steps come in the order in which they began; of
those that began within a minute of one another, ATT&CK's order decides, because detection sees a
burst of requests all at once. Deterministic: the same findings give the same story in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import msgspec

from shangdun.detect.finding import Entity
from shangdun.respond.stages import Stage, stage_of, threats_of
from shangdun.respond.storm import RULE

TOGETHER_MS = 60_000
"""Steps that begin this close are one burst."""

ENTITIES_TOLD = 12


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the story sees it; ``ref`` is the caller's name for it, times are in ms."""

    ref: int
    rule_uid: str
    severity: int
    first_time: int
    time: int
    count: int = 1
    subjects: int = 1
    tags: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule saw in a step."""

    rule_uid: str
    severity: int
    findings: int
    events: int
    first_time: int
    time: int
    ref: int
    """Of its gravest finding, the earliest of these."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the attack: what was seen, by whom, from when to when."""

    stage: Stage
    threats: tuple[str, ...]
    """Numbers of OWASP automated threats."""
    severity: int
    first_time: int
    time: int
    findings: int
    events: int
    subjects: int
    """More than the entities named where a storm was folded."""
    rules: tuple[Told, ...]
    """In the order in which they began to speak."""
    entities: tuple[Entity, ...]
    """Those of most findings first, at most ``ENTITIES_TOLD``."""
    new_entities: frozenset[Entity]
    """Of these, the ones that no step before had."""


def story(findings: Iterable[Seen]) -> list[Step]:
    """The steps, in order."""
    by_stage: dict[Stage, list[Seen]] = {}
    for seen in sorted(findings, key=lambda seen: (seen.first_time, seen.ref)):
        by_stage.setdefault(stage_of(seen.tags), []).append(seen)
    steps: list[Step] = []
    known: set[Entity] = set()
    for stage in _order({stage: found[0].first_time for stage, found in by_stage.items()}):
        step = _step(stage, by_stage[stage], known)
        known.update(entity for seen in by_stage[stage] for entity in seen.entities)
        steps.append(step)
    return steps


def _order(began: dict[Stage, int]) -> list[Stage]:
    """By time, and within a burst by ATT&CK."""
    by_time = sorted(began, key=lambda stage: (began[stage], stage))
    bursts: list[list[Stage]] = []
    for stage in by_time:
        if bursts and began[stage] - began[bursts[-1][0]] <= TOGETHER_MS:
            bursts[-1].append(stage)
        else:
            bursts.append([stage])
    return [stage for burst in bursts for stage in sorted(burst)]


def _step(stage: Stage, found: list[Seen], known: set[Entity]) -> Step:
    by_rule = sorted(found, key=lambda seen: seen.rule_uid)
    rules = [_told(list(group)) for _, group in groupby(by_rule, key=lambda seen: seen.rule_uid)]
    times_named: dict[Entity, int] = {}
    for seen in found:
        for entity in seen.entities:
            if entity.kind != RULE:
                times_named[entity] = times_named.get(entity, 0) + 1
    entities = sorted(times_named, key=lambda entity: (-times_named[entity], entity))
    shown = tuple(entities[:ENTITIES_TOLD])
    stormy = sum(seen.subjects for seen in found if seen.subjects > 1)
    return Step(
        stage=stage,
        threats=tuple(threats_of(tag for seen in found for tag in seen.tags)),
        severity=max(seen.severity for seen in found),
        first_time=min(seen.first_time for seen in found),
        time=max(seen.time for seen in found),
        findings=len(found),
        events=sum(seen.count for seen in found),
        subjects=max(len(entities), stormy),
        rules=tuple(sorted(rules, key=lambda told: (told.first_time, told.rule_uid))),
        entities=shown,
        new_entities=frozenset(shown) - known,
    )


def _told(found: list[Seen]) -> Told:
    gravest = max(found, key=lambda seen: (seen.severity, -seen.first_time, -seen.ref))
    return Told(
        rule_uid=gravest.rule_uid,
        severity=gravest.severity,
        findings=len(found),
        events=sum(seen.count for seen in found),
        first_time=min(seen.first_time for seen in found),
        time=max(seen.time for seen in found),
        ref=gravest.ref,
    )
