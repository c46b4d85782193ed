"""Taking and assigning incidents."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import (
    acknowledge,
    open_for_change,
    save_change,
    standing,
    write_timeline,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import assignable_people
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, TimelineKind, User
from shangdun.records.roles import Capability


@action(Capability.HANDLE_INCIDENTS)
def do_take_incident(
    actor: User, *, incident_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """Make the incident the actor's own.

    Clicking twice is harmless; the second of two people is told who was faster, and takes it over
    only by showing that he saw that: by naming the present ``version``.
    """
    incident = open_for_change(actor, incident_id, None, {})
    if incident.assignee_id == actor.pk:
        return Unchanged(incident)
    if version != incident.version and (version is not None or incident.assignee):
        raise EditConflict(
            f"{incident.assignee} has taken it" if incident.assignee else "it changed meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": version, "assignee": actor.username},
            theirs=standing(incident),
        )
    return _assign(actor, incident, actor, clock)


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_assign_incident(
    actor: Actor,
    *,
    incident_id: int,
    assignee_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Give the incident to somebody who may handle incidents."""
    assignee = next((user for user in assignable_people(actor) if user.pk == assignee_id), None)
    if assignee is None:
        raise NotFound(
            "this person may not handle incidents", fix="choose one of technical support"
        )
    wanted = {"assignee": assignee.username}
    incident = open_for_change(actor, incident_id, version, wanted)
    if incident.assignee_id == assignee.pk:
        return Unchanged(incident)
    return _assign(actor, incident, assignee, clock)


def _assign(actor: Actor, incident: Incident, assignee: User, clock: Clock) -> Done[Incident]:
    if not incident.is_open:
        raise UsageError(
            "a closed incident is nobody's work", code="incident.closed", fix="reopen it first"
        )
    now = clock.now()
    incident.assignee = assignee
    save_change(incident, "assignee", *acknowledge(incident, now))
    data = {"to": assignee.username, "to_id": assignee.pk}
    write_timeline(incident, actor, TimelineKind.ASSIGNED, now, data=data)
    return Done(incident, ("incident", incident.number), now, {"assignee": assignee.pk})
