"""Reading the reporting clocks of incidents, and what was handed in."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require, visible_incidents
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Clock,
    ClockState,
    Company,
    DrillState,
    Incident,
    Submission,
)
from shangdun.records.rehearsal import played_out
from shangdun.records.roles import Capability
from shangdun.respond.regulators.clocks import REMIND_AT, Operator, reminders_due
from shangdun.respond.state import State

OPEN = Q(state=ClockState.RUNNING) | Q(state=ClockState.MISSED, met_at=None)
"""What somebody still has to report: also what is overdue."""
PRESSING = OPEN & ~Q(due_at=None, incident__state=State.CLOSED.value)
"""Open, and with an hour or of an incident that is not over: whoever closed it without a report
"as prescribed" has decided about that one.
"""


def operator() -> Operator:
    """What the company is, for the law; nothing said yet is nothing special."""
    company = Company.objects.first()
    if company is None:
        return Operator()
    return Operator(
        critical_infrastructure=company.critical_infrastructure,
        serves_eu=company.serves_eu,
        takes_cards=company.takes_cards,
        is_platform=company.is_platform,
    )


def handling_ended(incident: Incident) -> datetime | None:
    """When the handling was over: the harm had stopped, or the incident was closed.

    The earlier of the two, so that the summary report is never reckoned later than anybody could.
    An incident that is active again has not ended.
    """
    if incident.state not in {State.CONTAINED.value, State.CLOSED.value}:
        return None
    moments = [moment for moment in (incident.contained_at, incident.closed_at) if moment]
    return min(moments, default=None)


def running_clocks(incident: Incident) -> list[Clock]:
    """What still has to be reported, the most urgent first; those without hours last.

    Of a rehearsal nothing has to be, once its drill is over.
    """
    if played_out(incident):
        return []
    return list(incident.clocks.filter(OPEN).order_by(F("due_at").asc(nulls_last=True), "pk"))


def clocks_of(incident: Incident) -> list[Clock]:
    """Every clock of an incident, the most urgent first."""
    rows = incident.clocks.select_related("judged_by")
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "pk"))


def visible_clocks(actor: Actor) -> QuerySet[Clock]:
    """Clocks of the incidents that a person may see; a rehearsal's are not among them."""
    require(actor, Capability.VIEW_INCIDENTS)
    return Clock.objects.filter(incident__drill=None).select_related("incident")


def get_clock(actor: Actor, clock_id: int) -> Clock:
    require(actor, Capability.VIEW_INCIDENTS)
    found = Clock.objects.filter(pk=clock_id, incident__in=visible_incidents(actor))
    clock = found.select_related("incident").first()
    if clock is None:
        raise NotFound(f"there is no clock {clock_id}", fix="check the number")
    return clock


def submissions_of(incident: Incident) -> QuerySet[Submission]:
    """The newest first."""
    rows = incident.submissions.select_related("changed_by", "submitted_by")
    return rows.prefetch_related("clocks").order_by("-number")


def get_submission(actor: Actor, incident: Incident, number: int) -> Submission:
    require(actor, Capability.VIEW_INCIDENTS)
    found = submissions_of(incident).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no report {number} of this incident", fix="check the number")
    return found


def clocks_to_remind(now: datetime) -> list[int]:
    """Ids of the clocks of which half, four fifths or all of the time has passed unsaid."""
    rows = Clock.objects.filter(
        state__in=(ClockState.RUNNING, ClockState.MISSED), met_at=None, reminded__lt=REMIND_AT[-1]
    ).exclude(due_at=None)
    rows = rows.exclude(incident__drill__state=DrillState.SIGNED)
    return [
        pk
        for pk, started, due, reminded in rows.order_by("due_at").values_list(
            "pk", "started_at", "due_at", "reminded"
        )
        if started and due and reminders_due(started, due, now, reminded)
    ]
