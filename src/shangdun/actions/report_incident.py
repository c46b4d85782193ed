"""A person reports an incident (事件报告)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.messages.reported import tell_reported
from shangdun.actions.orders.asking import ask_leadership
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor, person
from shangdun.records.models import Drill, Incident, ReportReceipt, TimelineKind
from shangdun.records.reports import CONTACT
from shangdun.records.roles import Capability
from shangdun.records.sealing import seal
from shangdun.records.stored_text import clean_text
from shangdun.respond.report import Report, check_report


def next_number() -> int:
    """Incidents are numbered without gaps; the caller holds the ledger's lock."""
    return (Incident.objects.aggregate(Max("number"))["number__max"] or 0) + 1


@action(Capability.REPORT_INCIDENT)
def do_report_incident(
    actor: Actor, report: Report, *, uid: str = "", via: str = "page", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """Open an incident in state reported; any employee may. The same ``uid`` again opens none."""
    now = clock.now()
    check_report(report, now)
    known = ReportReceipt.objects.select_related("incident").filter(uid=uid or "-").first()
    if known and known.incident:
        return Unchanged(known.incident)
    incident, payload = open_report(actor, report, now, reported_at=now, uid=uid, via=via)
    return Done(incident, ("incident", incident.number), now, payload)


def open_report(  # noqa: PLR0913 - how a report came in, one by one
    actor: Actor,
    report: Report,
    now: datetime,
    *,
    reported_at: datetime,
    uid: str,
    via: str,
    contact: str = "",
    drill: Drill | None = None,
) -> tuple[Incident, dict[str, Any]]:
    """The incident of a report, and what the ledger says of it; within the caller's action.

    ``contact`` is how somebody without an account can be reached: sealed, for those who handle it.
    """
    began = report.occurred_at or reported_at
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
        reported_at=reported_at,
        drill=drill,
    )
    write_timeline(incident, actor, TimelineKind.REPORTED, now, text=incident.description)
    if uid:
        ReportReceipt.objects.create(
            uid=uid,
            incident=incident,
            via=via,
            received_at=reported_at,
            taken_at=now,
            sealed_contact=seal(contact, CONTACT) if contact else b"",
        )
    tell_reported(incident, now)
    ask_leadership(incident, now)
    payload = {
        "type": incident.type,
        "severity": int(incident.severity),
        "report_sha256": sealed(f"{title}\n{affected}\n{incident.description}"),
    }
    return incident, payload
