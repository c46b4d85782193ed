"""The demo's traffic ends in a few incidents, each of which a person understands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shangdun.actions.record_findings import do_record_findings
from shangdun.detect.detector import Detector
from shangdun.detect.rules import load_rules
from shangdun.kernel.clock import FixedClock, from_millis
from shangdun.lake.block import read_blocks
from shangdun.lake.parse import get_parser
from shangdun.records.actor import WATCH, System
from shangdun.records.models import Finding, FindingEntity, Incident
from shangdun.records.reduction import reduced
from shangdun.respond.grouping import Policy

pytestmark = pytest.mark.django_db
FILES = {"combined": "access.log", "shop": "shop-events.jsonl"}
EVERY = 1 << 14
"""Bytes read at a time, so that findings come in many batches as they do live."""


def run(folder: Path) -> tuple[int, int]:
    """Detect and record as the watch does; events and findings of detection."""
    detector = Detector(load_rules())
    events, seen, batch = 0, 0, 0
    found = []
    for name, file in FILES.items():
        parser = get_parser(name)
        for block in read_blocks(folder / file, EVERY):
            parsed = parser.parse(block)
            events += parsed.events.height
            found.append(detector.process(parsed, source=name, file_id=file, path=file))
    for findings in sorted(filter(None, found), key=lambda some: min(one.time for one in some)):
        batch, seen = batch + 1, seen + len(findings)
        clock = FixedClock(from_millis(max(one.time for one in findings)))
        do_record_findings(WATCH, batch=batch, findings=findings, policy=Policy(), clock=clock)
    return events, seen


def attackers(folder: Path) -> list[dict]:
    rows = map(json.loads, (folder / "labels.jsonl").read_text("utf-8").splitlines())
    return [row for row in rows if row["kind"] == "attack"]


def test_events_become_few_findings_and_fewer_incidents(traffic: dict[str, Path]) -> None:
    events, seen = run(traffic["mixed"])
    incidents = list(Incident.objects.filter(merged_into=None).order_by("number"))
    findings = Finding.objects.count()
    attacks = attackers(traffic["mixed"])
    print(f"{events:,} events → {seen} alerts → {findings} findings → {len(incidents)} incidents")
    for incident in incidents:
        print(f"  #{incident.number} {incident.title} ({incident.finding_count} findings)")
    assert findings < seen
    assert len(incidents) <= len(attacks), "no attack is torn into several stories"
    assert all(" · " in incident.title for incident in incidents), "each says whom it is about"
    last = max(incident.last_activity for incident in incidents)
    figures = reduced(System("system:test"), last, [24])[24]
    assert (figures.seen, figures.added, figures.incidents) == (seen, findings, len(incidents))

    strangers = [incident.title for incident in incidents if glues(incident, attacks)]
    assert not strangers, "whoever shares an incident shares an account"


def glues(incident: Incident, attacks: list[dict]) -> bool:
    """Whether attackers share the incident who have nothing in common."""
    named = FindingEntity.objects.filter(finding__incident=incident, kind="address")
    addresses = set(named.values_list("value", flat=True))
    taking_part = [attack for attack in attacks if addresses & set(attack["addresses"])]
    accounts = set(
        FindingEntity.objects.filter(finding__incident=incident)
        .exclude(kind="address")
        .values_list("value", flat=True)
    )
    return len(taking_part) > 1 and not accounts
