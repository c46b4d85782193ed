"""What rules saw in one batch of events becomes findings and incidents, exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from shangdun.actions import finding_rows, incident_growth
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_candidates import (
    as_item,
    links_of,
    open_incidents,
    waiting_findings,
)
from shangdun.actions.incident_growth import Growth
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import Clock
from shangdun.kernel.ids import content_id
from shangdun.records import models
from shangdun.records.actor import System
from shangdun.records.grouping_policy import configured_policy
from shangdun.records.models import Incident, WatchProgress
from shangdun.records.roles import Capability
from shangdun.respond.folding import Folding, fold
from shangdun.respond.grouping import Grouping, Policy, group


class Recorded(msgspec.Struct, frozen=True):
    """How many findings are new and how many grew; numbers of incidents opened and joined."""

    added: int = 0
    grown: int = 0
    opened: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()


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
    it has none again. Findings of rules that are switched off are left out.
    """
    del actor
    progress = WatchProgress.objects.get(pk=1)
    if batch <= progress.batch or not findings:
        return Unchanged(Recorded())
    now = clock.now()
    new = finding_rows.unrecorded([finding_rows.clean(finding) for finding in findings])
    recorded = _record(new, policy or configured_policy(), now)
    progress.batch, progress.recorded = batch, now
    progress.save()
    if not new:
        return Done(recorded, ("batch", batch), now, {"added": 0, "grown": 0})
    payload = {
        "added": recorded.added,
        "grown": recorded.grown,
        "opened": list(recorded.opened),
        "joined": list(recorded.joined),
        "findings": content_id(*sorted(finding.uid for finding in new)),
    }
    return Done(recorded, ("batch", batch), now, payload)


def _record(findings: list[Finding], policy: Policy, now: datetime) -> Recorded:
    standing, row_ids = finding_rows.standing_findings(findings)
    folding = fold(findings, standing)
    growths, incident_of = _grow_incidents(folding, row_ids, policy, now)
    finding_rows.insert(folding.fresh, incident_of, now)
    finding_rows.grow(folding.grown.values(), row_ids, now)
    fresh = {finding.uid for finding in folding.fresh}
    finding_rows.move({uid: key for uid, key in incident_of.items() if uid not in fresh})
    return Recorded(
        added=len(folding.fresh),
        grown=len(folding.grown),
        opened=tuple(sorted(g.incident.number for g in growths if g.is_new)),
        joined=tuple(sorted(g.incident.number for g in growths if not g.is_new)),
    )


def _grow_incidents(
    folding: Folding, row_ids: dict[str, int], policy: Policy, now: datetime
) -> tuple[list[Growth], dict[str, int]]:
    """The incidents that changed, and the incident's row id by finding's uid."""
    grouping, known = _group(folding.fresh, policy)
    by_key: dict[int, list[Finding]] = defaultdict(list)
    for uid, key in grouping.joined.items():
        by_key[key].append(known[uid])
    grown_in = _incidents_of(folding.grown.values(), row_ids)
    touched = {key for key in by_key if key > 0} | set(grown_in)
    touched |= {key for pair in grouping.related for key in pair if key > 0}
    standing = {
        incident.pk: Growth(incident, by_key.get(incident.pk, []), grown_in.get(incident.pk, []))
        for incident in Incident.objects.filter(pk__in=touched)
    }
    opened = incident_growth.open_new({k: f for k, f in by_key.items() if k < 0}, now)
    growths = standing | opened
    incident_growth.extend(standing.values())
    incident_growth.write_entities(list(growths.values()), policy)
    incident_growth.write_joined(growths.values(), now)
    pairs = [(growths[a].incident, growths[b].incident) for a, b in sorted(grouping.related)]
    incident_growth.relate(pairs, now)
    changed = [g for g in growths.values() if g.findings or g.grown]
    incident_of = {uid: growths[key].incident.pk for uid, key in grouping.joined.items()}
    return changed, incident_of


def _group(fresh: list[Finding], policy: Policy) -> tuple[Grouping, dict[str, Finding]]:
    if not fresh:
        return Grouping({}, set()), {}
    items = [as_item(finding) for finding in fresh]
    since = min(item.first_time for item in items) - policy.window_ms
    links = links_of(items, policy)
    waiting = waiting_findings(links, since)
    grouping = group(
        items, open_incidents(links, since), [as_item(finding) for finding in waiting], policy
    )
    return grouping, {finding.uid: finding for finding in [*fresh, *waiting]}


def _incidents_of(grown: Iterable[Finding], row_ids: dict[str, int]) -> dict[int, list[Finding]]:
    by_uid = {finding.uid: finding for finding in grown}
    rows = models.Finding.objects.filter(pk__in=[row_ids[uid] for uid in by_uid])
    found: dict[int, list[Finding]] = defaultdict(list)
    for uid, incident_id in rows.exclude(incident=None).values_list("uid", "incident_id"):
        if incident_id is not None:
            found[incident_id].append(by_uid[uid])
    return found
