"""How correlations refer to each other."""

from __future__ import annotations

from collections.abc import Callable

from shangdun.detect.correlation.spec import ABSENCE, CorrelationSpec
from shangdun.kernel.errors import RuleError


def referred_first(
    specs: list[CorrelationSpec], uid_of: Callable[[str], str]
) -> list[CorrelationSpec]:
    """Order rules so that each comes after the correlations it refers to.

    Raises ``RuleError`` for rules that refer to each other in a circle.
    """
    by_uid = {spec.uid: spec for spec in specs}
    placed: dict[str, CorrelationSpec] = {}

    def put(spec: CorrelationSpec, above: frozenset[str]) -> None:
        if spec.uid in above:
            raise RuleError(
                "the correlation refers to itself, directly or through others",
                code="rule.correlation",
                where=spec.uid,
                fix="break the circle of rules",
            )
        for uid in map(uid_of, spec.rules):
            if uid in by_uid and uid not in placed:
                put(by_uid[uid], above | {spec.uid})
        placed[spec.uid] = spec

    for spec in specs:
        if spec.uid not in placed:
            put(spec, frozenset())
    return list(placed.values())


def downstream(ordered: list[CorrelationSpec], uid_of: Callable[[str], str]) -> frozenset[str]:
    """Rules that count absences, directly or through others."""
    absences = {spec.uid for spec in ordered if spec.type == ABSENCE}
    below: set[str] = set()
    for spec in ordered:
        if not (absences | below).isdisjoint(map(uid_of, spec.rules)):
            below.add(spec.uid)
    return frozenset(below)
