"""What the head of an incident's room shows: who it is, its grade, its phases, its places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.console.incidents import title_of, told
from shangdun.console.response.clocks import most_urgent
from shangdun.console.response.grades import GRADE_WORDS
from shangdun.console.response.tabs import tabs_of
from shangdun.records.models import Incident, Review, User
from shangdun.records.roles import Capability
from shangdun.records.supplies import supplies_times
from shangdun.respond.phases import Milestones, Phase, Standing, phases

PHASE_WORDS: dict[Phase, Promise] = {
    Phase.REPORT: pgettext_lazy("phase", "Report"),
    Phase.ORDER: pgettext_lazy("phase", "Order"),
    Phase.RESPONSE: pgettext_lazy("phase", "Response"),
    Phase.LOGISTICS: pgettext_lazy("phase", "Logistics"),
    Phase.CLEANUP: pgettext_lazy("phase", "Cleanup"),
    Phase.REVIEW: _("Post-incident report"),
}


@dataclass(frozen=True)
class Shown:
    """One phase of the strip."""

    label: Promise
    standing: Standing
    began: datetime | None
    ended: datetime | None

    @property
    def look(self) -> str:
        return {Standing.RUNNING: "now", Standing.DONE: "done"}.get(self.standing, "")


def room_context(user: User, incident: Incident, here: str) -> dict[str, Any]:
    """For templates that extend ``incidents/room.html``; ``here`` is the tab's name."""
    told([incident])
    return {
        "incident": incident,
        "title": title_of(incident),
        "here": here,
        "tabs": tabs_of(user),
        "phases": phases_of(incident),
        "grade": GRADE_WORDS[incident.grade],
        **(most_urgent(incident) if user.can(Capability.VIEW_INCIDENTS) else {}),
    }


def phases_of(incident: Incident) -> list[Shown]:
    """The plan's six phases of this incident."""
    return [
        Shown(PHASE_WORDS[step.phase], step.standing, step.began, step.ended)
        for step in phases(milestones_of(incident))
    ]


def milestones_of(incident: Incident) -> Milestones:
    """The incident's moments."""
    asked, met = supplies_times(incident)
    began = Review.objects.filter(incident=incident).values_list("began_at", flat=True).first()
    return Milestones(
        reported_at=incident.reported_at,
        supplies_asked_at=asked,
        supplies_met_at=met,
        review_began_at=began,
        acknowledged_at=incident.acknowledged_at or incident.triaged_at,
        ordered_at=incident.ordered_at,
        activated_at=incident.activated_at,
        contained_at=incident.contained_at,
        recovered_at=incident.recovered_at,
        closed_at=incident.closed_at,
        signed_at=incident.signed_at,
    )
