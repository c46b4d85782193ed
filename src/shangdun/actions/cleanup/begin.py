"""Laying the list of an incident's cleanup out."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import CleanupItem, Incident, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.classify import Type
from shangdun.respond.cleanup.checklist import points_for
from shangdun.respond.state import State


def begin_cleanup(incident: Incident) -> int:
    """The points of the incident's type that are not there yet; again is harmless."""
    there = set(incident.cleanup_items.values_list("key", flat=True))
    new = [
        CleanupItem(
            incident=incident,
            key=point.key,
            group=point.group.value,
            check_kind=point.check.value,
            place=place,
        )
        for place, point in enumerate(points_for(Type(incident.type)), 1)
        if point.key not in there
    ]
    CleanupItem.objects.bulk_create(new)
    return len(new)


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_begin_cleanup(
    actor: Actor, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """Ask for the proofs of an incident that was handled without the plan."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    if incident.state == State.CLOSED.value:
        raise UsageError("it is closed", code="incident.closed", fix="reopen it first")
    new = begin_cleanup(incident)
    if not new:
        return Unchanged(incident)
    data = {"what": "begun", "count": new}
    write_timeline(incident, actor, TimelineKind.CLEANUP, now, data=data)
    return Done(incident, ("incident", incident.number), now, {"points": new})
