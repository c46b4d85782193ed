"""How an incident's cleanup stands: what can be measured is measured when somebody looks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.kernel.clock import from_millis
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import NotFound
from shangdun.observe.probe import Condition
from shangdun.observe.state import Observed, ProbeStates, observed_path, probes_path, read
from shangdun.protect.prove.proof import Outcome
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import (
    CleanupItem,
    Finding,
    FindingEntity,
    Incident,
    Probe,
    ProofRun,
    ProofState,
)
from shangdun.records.proofs import results_of
from shangdun.respond.cleanup.checklist import CheckKind, points
from shangdun.respond.storm import RULE

STALE = timedelta(minutes=10)
"""A probe that said nothing for longer shows nothing."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """``holds`` None: nothing measures it here; ``said`` names the sentence, ``data`` fills it."""

    holds: bool | None
    said: str
    data: dict[str, Any] = {}


def get_item(actor: Actor, item_id: int) -> CleanupItem:
    """The point, for whoever may see its incident."""
    item = CleanupItem.objects.filter(pk=item_id).select_related("by").first()
    if item is None:
        raise NotFound(f"there is no point {item_id}", fix="see the incident's cleanup")
    item.incident = get_incident(actor, item.incident_id)
    return item


def measure(item: CleanupItem, incident: Incident, now: datetime) -> Measured:
    """What the system itself sees of a point; a drill has nothing real to measure."""
    kind = CheckKind(item.check_kind)
    if kind is CheckKind.BY_HAND:
        return Measured(holds=None, said="by_hand")
    if kind is CheckKind.DATA:
        return _data(item)
    if incident.is_drill:
        return Measured(holds=None, said="drill")
    period = points()[item.key].period
    if kind is CheckKind.PROBES:
        return _probes(period, now)
    if kind is CheckKind.QUIET:
        return _quiet(incident, period, now)
    return _replay(incident)


def _probes(period: timedelta, now: datetime) -> Measured:
    wanted = dict(Probe.objects.filter(enabled=True).values_list("pk", "name"))
    if not wanted:
        return Measured(holds=None, said="no_probes")
    home = home_directory()
    states = read(probes_path(home), ProbeStates).probes
    since: list[int] = []
    for uid, name in sorted(wanted.items()):
        state = states.get(uid)
        if state is None or state.last is None or now - from_millis(state.last.at) > STALE:
            return Measured(holds=False, said="probe_silent", data={"probe": name})
        if state.condition is not Condition.UP:
            return Measured(holds=False, said="probe_down", data={"probe": name})
        since.append(state.since)
    for burn in read(observed_path(home), Observed).burns:
        if burn.burning:
            return Measured(holds=False, said="burning", data={"objective": burn.objective})
    green = now - from_millis(max(since))
    data = {"probes": len(wanted), "minutes": int(green.total_seconds() // 60)}
    said = "probes_green" if green >= period else "probes_not_long_enough"
    return Measured(holds=green >= period, said=said, data=data)


def _quiet(incident: Incident, period: timedelta, now: datetime) -> Measured:
    begun = incident.contained_at or incident.reported_at
    named = incident.entities.filter(joins=True).exclude(kind=RULE).values_list("kind", "value")
    entities = list(named[:500])
    if not entities:
        return Measured(holds=None, said="nobody_named")
    values = {value for _, value in entities}
    about = FindingEntity.objects.filter(
        kind__in={kind for kind, _ in entities}, value__in=values
    ).values("finding_id")
    newer = Finding.objects.filter(pk__in=about, time__gt=begun, suppression=None)
    latest = newer.aggregate(Max("time"))["time__max"]
    quiet = now - max(begun, latest or begun)
    data = {"new": newer.count(), "minutes": int(quiet.total_seconds() // 60)}
    return Measured(holds=quiet >= period, said="quiet" if quiet >= period else "loud", data=data)


def _replay(incident: Incident) -> Measured:
    run = ProofRun.objects.filter(incident=incident).order_by("-id").first()
    if run is None:
        return Measured(holds=False, said="not_replayed")
    data: dict[str, Any] = {"run": run.pk}
    if run.running:
        return Measured(holds=False, said="replaying", data=data)
    if run.state == ProofState.FAILED:
        return Measured(holds=False, said="replay_failed", data=data)
    exchanges = [one for result in results_of(run) for one in result.exchanges]
    stopped = sum(one.stopped for one in exchanges)
    data |= {"sent": len(exchanges), "stopped": stopped}
    if all(result.outcome is Outcome.UNKNOWN for result in results_of(run)):
        return Measured(holds=False, said="replay_unanswered", data=data)
    held = bool(exchanges) and stopped == len(exchanges)
    return Measured(holds=held, said="repelled" if held else "came_through", data=data)


def _data(item: CleanupItem) -> Measured:
    if not item.proof:
        return Measured(holds=False, said="not_compared")
    proof = item.proof
    data = {"compared": proof["compared"], "differing": proof["differing"]}
    whole = proof["compared"] > 0 and proof["differing"] == 0
    return Measured(holds=whole, said="whole" if whole else "differs", data=data)
