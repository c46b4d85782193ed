"""What every change of an incident does: check the version, save, write the timeline."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, TimelineEntry, TimelineKind


def open_for_change(
    actor: Actor, incident_id: int, version: int | None, mine: dict[str, Any]
) -> Incident:
    """The incident, unless it changed since ``version``; ``mine`` is what the person wants.

    ``version`` None asks for no check: a command that read nothing first.
    """
    incident = get_incident(actor, incident_id)
    if version is not None and version != incident.version:
        raise EditConflict(
            "somebody changed this incident meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": version, **mine},
            theirs=standing(incident),
        )
    return incident


def standing(incident: Incident) -> dict[str, Any]:
    """How an incident stands, for showing beside what was wanted."""
    return {
        "version": incident.version,
        "state": incident.state,
        "assignee": incident.assignee.username if incident.assignee else "",
        "verdict": incident.verdict,
        "verdict_note": incident.verdict_note,
    }


def acknowledge(incident: Incident, at: datetime) -> tuple[str, ...]:
    """Note that a person has taken it up, the first time; gives the fields to save."""
    if incident.acknowledged_at is not None:
        return ()
    incident.acknowledged_at = at
    return ("acknowledged_at",)


def save_change(incident: Incident, *fields: str) -> None:
    """Write the fields and count the version up."""
    incident.version += 1
    incident.save(update_fields=[*fields, "version"])


def write_timeline(
    incident: Incident,
    actor: Actor,
    kind: TimelineKind,
    at: datetime,
    *,
    text: str = "",
    data: dict[str, Any] | None = None,
) -> TimelineEntry:
    return TimelineEntry.objects.create(
        incident=incident, time=at, kind=kind, actor=person(actor), text=text, data=data or {}
    )


def sealed(text: str) -> str:
    """What the ledger keeps of a text: enough to prove it unchanged, without repeating it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
