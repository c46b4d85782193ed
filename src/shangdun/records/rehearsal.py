"""What leaves the company is never a rehearsal's.

The one door for everything that reaches customers, regulators or traffic: it takes an incident and
gives back a ``RealIncident``, which alone the senders accept. A drill's incident does not get
through, and triggers in the database refuse its rows where somebody forgets the door.
"""

from __future__ import annotations

from dataclasses import dataclass

from shangdun.kernel.errors import UsageError
from shangdun.records.models import DrillState, Incident


@dataclass(frozen=True)
class RealIncident:
    """An incident that is no drill; made by ``require_real`` alone."""

    incident: Incident


def require_real(incident: Incident) -> RealIncident:
    """Raise ``UsageError`` (code ``drill.outward``) for a drill's incident."""
    if incident.is_drill:
        raise UsageError(
            "a drill touches nothing real",
            code="drill.outward",
            where=f"incident #{incident.number}",
            fix="in a drill this step is rehearsed: it says what would have happened",
        )
    return RealIncident(incident)


def played_out(incident: Incident) -> bool:
    """Whether it is a rehearsal's whose drill is signed: nothing of it is to be done any more."""
    return incident.drill is not None and incident.drill.state == DrillState.SIGNED
