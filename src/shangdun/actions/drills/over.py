"""What becomes of a drill's incident once the drill is signed: it is over, without a verdict."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.incident_changes import save_change, write_timeline
from shangdun.records.actor import Actor
from shangdun.records.drills import incident_of
from shangdun.records.models import Drill, Incident, TimelineKind
from shangdun.respond.state import State


def end_rehearsal(drill: Drill, actor: Actor, at: datetime) -> Incident | None:
    """Close what the drill played, in the caller's transaction; None: nothing of it was open.

    Nothing happened, so there is nothing to judge, to report or to learn rules from, and whatever
    people left undone is in the marks already.
    """
    incident = incident_of(drill)
    if incident is None or not incident.is_open:
        return None
    data = {"from": incident.state, "to": State.CLOSED.value, "drill": drill.number}
    incident.state, incident.closed_at = State.CLOSED.value, at
    save_change(incident, "state", "closed_at")
    write_timeline(incident, actor, TimelineKind.STATE, at, data=data)
    return incident
