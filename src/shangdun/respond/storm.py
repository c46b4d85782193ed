"""A storm: one rule that speaks about more subjects than anybody can look at one by one.

Within ten minutes a rule may have ``APART`` findings with a main entity each. What it says about
further ones is folded into one finding about many subjects, whose main entity is the rule itself:
it joins by the rule, counts its subjects, and keeps the first of them by name. Nothing is lost
silently: events and subjects are counted, and every event is in the lake.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.ids import content_id
from shangdun.respond.folding import WINDOW_MS, belongs, fold_key, main_entity, merge

APART = 20
"""So many subjects of a rule in ten minutes have findings of their own."""

SKETCH = 512
"""Of so many subjects the number is exact, beyond it is estimated within about 4 %."""

RULE = "rule"
"""Kind of the entity that stands for a rule's many subjects."""

_BITS = 52
"""A number that JSON holds without loss."""


def rule_entity(rule_uid: str) -> Entity:
    """What a finding about many subjects is about."""
    return Entity(RULE, rule_uid)


def is_storm(finding: Finding) -> bool:
    """Whether a finding is about many subjects."""
    return main_entity(finding).kind == RULE


def storm_key(rule_uid: str) -> str:
    """``fold_key`` of the rule's finding about many subjects."""
    return content_id(rule_uid, RULE, rule_uid)


def sketch_of(subjects: Iterable[str]) -> list[int]:
    """The smallest ``SKETCH`` hashes of distinct subjects, in order (k minimum values)."""
    hashes = {int(content_id(subject)[: _BITS // 4], 16) for subject in subjects}
    return sorted(hashes)[:SKETCH]


def joined(one: Sequence[int], two: Sequence[int]) -> list[int]:
    """The sketch of both sets together; joining twice changes nothing."""
    return sorted({*one, *two})[:SKETCH]


def number_of(sketch: Sequence[int]) -> int:
    """How many distinct subjects a sketch stands for.

    Exact below ``SKETCH``; above the unbiased estimate (k - 1) / U of Bar-Yossef and others
    (RANDOM 2002), where U is the k-th smallest hash as a share of all.
    """
    if len(sketch) < SKETCH:
        return len(sketch)
    share: float = sketch[-1] / 2**_BITS
    return round((SKETCH - 1) / share)


class Gathering(msgspec.Struct):
    """What became of fresh findings: those that stay apart, and storms, new or grown (by uid)."""

    apart: list[Finding]
    fresh: list[Finding]
    grown: dict[str, Finding]
    sketches: dict[str, list[int]]
    """Of every storm in ``fresh`` and ``grown``."""
    gathered: int
    """Findings that went into storms."""


def gather(
    findings: Iterable[Finding],
    recent: Mapping[str, Sequence[int]],
    storms: Mapping[str, tuple[Finding, list[int]]],
) -> Gathering:
    """Fold what is too much of one rule.

    ``findings`` are new ones, already folded by subject; ``recent`` has the times (ms) of findings
    that stand for a rule's own subjects, ``storms`` its standing finding about many subjects with
    the sketch, both by rule. Counts of events add up over what comes out.
    """
    apart_at = defaultdict(list, {uid: sorted(times) for uid, times in recent.items()})
    result = Gathering([], [], {}, {}, 0)
    latest = dict(storms)
    known = {finding.uid for finding, _ in storms.values()}
    made: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.time):
        rule, times = finding.rule_uid, apart_at[finding.rule_uid]
        standing = latest.get(rule)
        raging = standing is not None and belongs(finding, standing[0])
        crowded = len(times) - bisect_left(times, finding.time - WINDOW_MS) >= APART
        if not main_entity(finding).value or not (raging or crowded):
            insort(times, finding.time)
            result.apart.append(finding)
            continue
        storm, sketch = _add(finding, standing if raging else None)
        latest[rule] = (storm, sketch)
        made[storm.uid], result.sketches[storm.uid] = storm, sketch
        result.gathered += 1
    result.fresh = [storm for uid, storm in made.items() if uid not in known]
    result.grown = {uid: storm for uid, storm in made.items() if uid in known}
    return result


def _add(finding: Finding, standing: tuple[Finding, list[int]] | None) -> tuple[Finding, list[int]]:
    subject = sketch_of([fold_key(finding)])
    if standing is None:
        return _begin(finding), subject
    storm, sketch = standing
    return merge(storm, finding), joined(sketch, subject)


def _begin(finding: Finding) -> Finding:
    return msgspec.structs.replace(
        finding,
        uid=content_id("storm", finding.uid),
        entities=[rule_entity(finding.rule_uid), *finding.entities],
    )
