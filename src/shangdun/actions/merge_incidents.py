"""Joining two incidents that a person recognises as one story."""

from __future__ import annotations

from shangdun.actions import reduction
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.incident_changes import open_for_change, save_change, sealed
from shangdun.actions.incident_merging import take_over
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.actor import Actor
from shangdun.records.models import Incident
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_merge_incidents(
    actor: Actor,
    *,
    incident_id: int,
    other: int,
    note: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Take the incident of number ``other`` into this one; both must be open.

    What was said and done in the other one stays readable there.
    """
    incident = open_for_change(actor, incident_id, version, {"merge": other})
    gone = get_incident_by_number(actor, other)
    if gone.pk == incident.pk or not (incident.is_open and gone.is_open):
        raise UsageError(
            "only two open incidents become one", code="incident.merge", fix="reopen it first"
        )
    if incident.drill_id != gone.drill_id:
        raise UsageError(
            "a drill and what is real do not become one",
            code="drill.merge",
            where=f"incidents #{incident.number} and #{gone.number}",
            fix="join real incidents with real ones, and a drill's with its own",
        )
    now = clock.now()
    note = clean_text(note.strip())
    take_over(actor, incident, [gone], now, joins=True, note=note)
    save_change(incident, "severity")
    reduction.add(now, merged=1)
    payload = {"other": gone.number, "note_sha256": sealed(note)}
    return Done(incident, ("incident", incident.number), now, payload)
