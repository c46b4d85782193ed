"""Findings that somebody asked not to be told of: stored, counted, and left out of everything."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import F

from shangdun.actions import finding_rows
from shangdun.actions.finding_storms import extras_of, settle
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import from_millis
from shangdun.records.models import Suppression
from shangdun.records.suppressions import in_force, scope_of
from shangdun.respond.suppression import Scopes


def part(findings: list[Finding], now: datetime) -> tuple[list[Finding], dict[int, list[Finding]]]:
    """What goes on, and what each suppression in force withholds."""
    scopes = Scopes((row.pk, scope_of(row)) for row in in_force(now))
    passed: list[Finding] = []
    held: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        number = scopes.withholding(finding)
        if number is None:
            passed.append(finding)
        else:
            held[number].append(finding)
    return passed, dict(held)


def withhold(held: dict[int, list[Finding]], now: datetime) -> None:
    """Store what is withheld, folded as anything else, and count it."""
    for number, findings in sorted(held.items()):
        settled = settle(findings, suppression=number)
        extras = extras_of(settled, suppression=number)
        finding_rows.insert(settled.fresh, extras, now)
        finding_rows.grow(settled.grown.values(), settled.standing, extras, now)
        last = from_millis(max(finding.time for finding in findings))
        Suppression.objects.filter(pk=number).update(
            withheld=F("withheld") + len(findings), last_withheld=last
        )
