"""Noting what the system itself has seen of a cleanup: by the clock, for no page has to be open."""

from __future__ import annotations

from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.clock import Clock
from shangdun.records.access import get_incident
from shangdun.records.actor import System
from shangdun.records.cleanup import measure
from shangdun.records.models import CleanupItem, Incident, ItemState, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.cleanup.checklist import CheckKind


@action(Capability.RUN_PLAYBOOKS)
def do_measure_cleanup(
    actor: System, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """Points that hold by now, and points that held and do not any more."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    changed = [
        item.key
        for item in incident.cleanup_items.all()
        if _note_change(actor, item, incident, now)
    ]
    if not changed:
        return Unchanged(incident)
    return Done(incident, ("incident", incident.number), now, {"points": changed})


def _note_change(actor: System, item: CleanupItem, incident: Incident, now: datetime) -> bool:
    if item.state == ItemState.WAIVED or item.check_kind == CheckKind.DATA:
        return False
    seen = measure(item, incident, now)
    wanted = {True: ItemState.SHOWN, False: ItemState.OPEN, None: ItemState(item.state)}[seen.holds]
    if wanted == item.state:
        return False
    item.state, item.proof, item.by, item.at = wanted, msgspec.to_builtins(seen), None, now
    item.version += 1
    item.save()
    if item.check_kind == CheckKind.PROBES and seen.holds and incident.recovered_at is None:
        incident.recovered_at = now
        incident.save(update_fields=["recovered_at"])
    what = "measured" if seen.holds else "lost"
    data = {"what": what, "key": item.key}
    write_timeline(incident, actor, TimelineKind.CLEANUP, now, data=data)
    return True
