"""Whether every rule can be used."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.detect.rules import load_rules
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

SHOWN = 5


def check(place: Place) -> Iterator[Symptom]:
    detect = place.config.detect
    ruleset = load_rules(detect.rules, builtin=detect.builtin)
    for error in ruleset.errors[:SHOWN]:
        yield Symptom(Kind.BROKEN, f"{error.path}:{error.line}: {error.message}", "mend the rule")
    if len(ruleset.errors) > SHOWN:
        yield Symptom(
            Kind.BROKEN,
            f"{len(ruleset.errors) - SHOWN} more rules cannot be used",
            "`shangdun rules check` lists them all",
        )
    if not ruleset.rules:
        yield Symptom(Kind.MISSING, "no rule is loaded", "set detect.builtin or detect.rules")
