"""Folding: the same rule on the same main entity, again and again, is one finding that grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from shangdun.detect.finding import Entity, Evidence, Finding
from shangdun.kernel.ids import content_id

WINDOW_MS = 10 * 60 * 1000
"""A repetition this close to a finding's events belongs to it."""

LONGEST_MS = 24 * 60 * 60 * 1000
"""An attack that never pauses gets a new finding a day, or its days could not be told apart."""

EVIDENCES_KEPT = 20
ENTITIES_KEPT = 50

_NOBODY = Entity("", "")


def main_entity(finding: Finding) -> Entity:
    """Whom a finding is about: the first its rule lists; an empty one when it names nobody."""
    return finding.entities[0] if finding.entities else _NOBODY


def fold_key(finding: Finding) -> str:
    """32 hex digits for rule and main entity: equal for findings that may fold."""
    entity = main_entity(finding)
    return content_id(finding.rule_uid, entity.kind, entity.value)


class Folding(msgspec.Struct):
    """What became of a batch: findings to add, and standing ones (by uid) that grew."""

    fresh: list[Finding]
    grown: dict[str, Finding]


def fold(findings: Iterable[Finding], standing: Mapping[str, Finding]) -> Folding:
    """Fold ``findings`` into one another and into ``standing`` ones, given by ``fold_key``.

    Nothing given is changed; grown findings are new objects that keep their ``uid``. Counts add up:
    the sum over what comes out is the sum over what went in.
    """
    latest = dict(standing)
    known = {finding.uid for finding in standing.values()}
    result: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.time):
        key = fold_key(finding)
        earlier = latest.get(key)
        folded = merge(earlier, finding) if earlier and belongs(finding, earlier) else finding
        latest[key] = result[folded.uid] = folded
    return Folding(
        fresh=[finding for uid, finding in result.items() if uid not in known],
        grown={uid: finding for uid, finding in result.items() if uid in known},
    )


def belongs(finding: Finding, earlier: Finding) -> bool:
    """Whether ``finding`` repeats ``earlier``: close in event time, also when it comes late."""
    close = (
        finding.first_time <= earlier.time + WINDOW_MS
        and earlier.first_time <= finding.time + WINDOW_MS
    )
    span = max(finding.time, earlier.time) - min(finding.first_time, earlier.first_time)
    return close and span <= LONGEST_MS


def merge(earlier: Finding, finding: Finding) -> Finding:
    """``earlier`` grown by ``finding``: counts add up, bounds widen, first and last events stay."""
    return msgspec.structs.replace(
        earlier,
        severity_id=max(earlier.severity_id, finding.severity_id),
        first_time=min(earlier.first_time, finding.first_time),
        time=max(earlier.time, finding.time),
        count=earlier.count + finding.count,
        entities=list(dict.fromkeys([*earlier.entities, *finding.entities]))[:ENTITIES_KEPT],
        evidences=kept_evidences([*earlier.evidences, *finding.evidences]),
    )


def kept_evidences(evidences: list[Evidence]) -> list[Evidence]:
    """At most 20: how it began and how it stands; the middle is in the lake."""
    if len(evidences) <= EVIDENCES_KEPT:
        return evidences
    half = EVIDENCES_KEPT // 2
    return [*evidences[:half], *evidences[-half:]]
