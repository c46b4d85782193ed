"""What rules saw in one batch of events becomes findings and incidents, exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec

from shangdun.actions import finding_rows, finding_withholding, incident_growth, reduction
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.entity_risk import Weighing, weigh
from shangdun.actions.finding_storms import Settled, extras_of, settle
from shangdun.actions.incident_candidates import (
    as_item,
    links_of,
    open_incidents,
    waiting_findings,
)
from shangdun.actions.incident_growth import Growth
from shangdun.actions.incident_merging import absorb_storms
from shangdun.actions.incident_risk import write_risen
from shangdun.actions.messages.reported import tell_detected
from shangdun.actions.note_offences import note_offences
from shangdun.actions.orders.asking import ask_about
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import Clock
from shangdun.kernel.ids import content_id
from shangdun.kernel.severity import Severity
from shangdun.records.actor import System
from shangdun.records.grouping_policy import configured_policy
from shangdun.records.models import Incident, WatchProgress
from shangdun.records.roles import Capability
from shangdun.respond.grouping import Grouping, Policy, group


class Recorded(msgspec.Struct, frozen=True):
    """What became of a batch: findings that are new, grew, were withheld or gathered into storms.

    ``opened`` and ``joined`` are numbers of incidents, ``merged`` of those that became part of
    another.
    """

    added: int = 0
    grown: int = 0
    opened: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()
    withheld: int = 0
    gathered: int = 0
    merged: tuple[int, ...] = ()


@action(Capability.RECORD_FINDINGS)
def do_record_findings(
    actor: System,
    *,
    batch: int,
    findings: Sequence[Finding],
    policy: Policy | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Recorded]:
    """Record a batch of the watch; a batch not after the last one recorded is a replay and skipped.

    ``batch`` numbers grow. A batch without findings writes nothing, not even its number: replayed,
    it has none again. Findings of rules that are switched off are left out; those that somebody
    suppressed are stored apart and counted.
    """
    del actor
    progress = WatchProgress.objects.get(pk=1)
    if batch <= progress.batch or not findings:
        return Unchanged(Recorded())
    now = clock.now()
    new = finding_rows.unrecorded([finding_rows.clean(finding) for finding in findings])
    passed, held = finding_withholding.part(new, now)
    policy = policy or configured_policy()
    recorded = _record(passed, policy, now)
    note_offences(passed, policy.noise, now)
    finding_withholding.withhold(held, now)
    recorded = msgspec.structs.replace(recorded, withheld=sum(map(len, held.values())))
    progress.batch, progress.recorded = batch, now
    progress.save()
    if not new:
        return Done(recorded, ("batch", batch), now, {"added": 0, "grown": 0})
    reduction.count(recorded, len(new), now)
    payload = msgspec.to_builtins(recorded) | {
        "findings": content_id(*sorted(finding.uid for finding in new))
    }
    return Done(recorded, ("batch", batch), now, payload)


def _record(findings: list[Finding], policy: Policy, now: datetime) -> Recorded:
    settled = settle(findings)
    weighing = weigh(settled.fresh, settled.pairs(), settled.standing, policy.noise, now)
    growths, incident_of = _grow_incidents(settled, weighing, policy, now)
    extras = extras_of(settled, incident_of=incident_of, points=weighing.points)
    finding_rows.insert(settled.fresh, extras, now)
    finding_rows.grow(settled.grown.values(), settled.standing, extras, now)
    merged = absorb_storms(growths, now)
    ask_about(_grave(growths, merged), now)
    tell_detected(
        ((g.incident, (e for f in g.findings for e in f.entities)) for g in growths if g.is_new),
        now,
    )
    fresh = {finding.uid for finding in settled.fresh}
    finding_rows.move({uid: key for uid, key in incident_of.items() if uid not in fresh})
    return Recorded(
        added=len(settled.fresh),
        grown=len(settled.grown),
        opened=tuple(sorted(g.incident.number for g in growths if g.is_new)),
        joined=tuple(sorted(g.incident.number for g in growths if not g.is_new)),
        gathered=settled.gathered,
        merged=merged,
    )


def _grow_incidents(
    settled: Settled, weighing: Weighing, policy: Policy, now: datetime
) -> tuple[list[Growth], dict[str, int]]:
    """The incidents that changed, and the incident's row id by finding's uid."""
    grouping, known = _group(settled.fresh, policy, weighing)
    by_key: dict[int, list[Finding]] = defaultdict(list)
    for uid, key in grouping.joined.items():
        by_key[key].append(known[uid])
    grown_in = _incidents_of(settled)
    touched = {key for key in by_key if key > 0} | set(grown_in)
    touched |= {key for pair in grouping.related for key in pair if key > 0}
    standing = {
        incident.pk: Growth(incident, by_key.get(incident.pk, []), grown_in.get(incident.pk, []))
        for incident in Incident.objects.filter(pk__in=touched)
    }
    opened = incident_growth.open_new({k: f for k, f in by_key.items() if k < 0}, now)
    growths = standing | opened
    incident_growth.extend(standing.values(), weighing.risen)
    incident_growth.write_entities(list(growths.values()), policy)
    incident_growth.write_joined(growths.values(), now)
    write_risen(growths.values(), weighing.risen, now)
    pairs = [(growths[a].incident, growths[b].incident) for a, b in sorted(grouping.related)]
    incident_growth.relate(pairs, now)
    changed = [g for g in growths.values() if g.findings or g.grown]
    incident_of = {uid: growths[key].incident.pk for uid, key in grouping.joined.items()}
    return changed, incident_of


def _group(
    fresh: list[Finding], policy: Policy, weighing: Weighing
) -> tuple[Grouping, dict[str, Finding]]:
    if not fresh:
        return Grouping({}, set()), {}
    items = [as_item(finding) for finding in fresh]
    since = min(item.first_time for item in items) - policy.window_ms
    links = links_of(items, policy)
    waiting = waiting_findings(links, since)
    waits = [as_item(finding) for finding in waiting]
    grouping = group(items, open_incidents(links, since), waits, policy, weighing.risen.keys())
    return grouping, {finding.uid: finding for finding in [*fresh, *waiting]}


def _grave(growths: list[Growth], merged: tuple[int, ...]) -> list[Incident]:
    """About which leadership is asked: of high severity by now, still there, and no rehearsal."""
    gone = set(merged)
    return [
        growth.incident
        for growth in growths
        if growth.incident.severity >= Severity.HIGH
        and not growth.incident.is_drill
        and growth.incident.number not in gone
    ]


def _incidents_of(settled: Settled) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for uid, finding in settled.grown.items():
        incident_id = settled.standing.rows[uid].incident_id
        if incident_id is not None:
            found[incident_id].append(finding)
    return found
