"""A person reports an incident (事件报告)."""

from __future__ import annotations

from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.orders.asking import ask_leadership
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor, person
from shangdun.records.models import Incident, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.report import Report, check_report


def next_number() -> int:
    """Incidents are numbered without gaps; the caller holds the ledger's lock."""
    return (Incident.objects.aggregate(Max("number"))["number__max"] or 0) + 1


@action(Capability.REPORT_INCIDENT)
def do_report_incident(
    actor: Actor, report: Report, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """Open an incident in state reported; any employee may."""
    now = clock.now()
    check_report(report, now)
    began = report.occurred_at or now
    title = " ".join(clean_text(report.title).split())
    affected, description = clean_text(report.affected.strip()), clean_text(report.description)
    incident = Incident.objects.create(
        number=next_number(),
        title=title,
        description=description.strip(),
        affected=affected,
        type=report.type,
        severity=report.severity,
        reporter=person(actor),
        occurred_at=began,
        last_activity=began,
        reported_at=now,
    )
    write_timeline(incident, actor, TimelineKind.REPORTED, now, text=incident.description)
    ask_leadership(incident, now)
    payload = {
        "type": incident.type,
        "severity": int(incident.severity),
        "report_sha256": sealed(f"{title}\n{affected}\n{incident.description}"),
    }
    return Done(incident, ("incident", incident.number), now, payload)
