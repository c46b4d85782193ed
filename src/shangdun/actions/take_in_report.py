"""Reports that were kept in files, and the link for people without an account."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.report_incident import open_report
from shangdun.kernel.clock import Clock
from shangdun.kernel.severity import Severity
from shangdun.records.actor import Actor, System
from shangdun.records.models import Incident, ReportReceipt, User
from shangdun.records.report_link import ReportLink, report_link, write_report_link
from shangdun.records.report_spool import Kept
from shangdun.records.roles import Capability
from shangdun.respond.classify import Type
from shangdun.respond.report import EARLIEST, Report

UNTITLED = "—"


@action(Capability.RUN_PLAYBOOKS)
def do_take_in_report(
    actor: System, kept: Kept, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident | None]:
    """Open the incident of a kept report, once: the same uid again changes nothing.

    What a form would have refused is put right instead: it was accepted, so it is opened.
    """
    now = clock.now()
    known = ReportReceipt.objects.select_related("incident").filter(uid=kept.uid).first()
    if known:
        return Unchanged(known.incident)
    reporter = User.objects.filter(pk=kept.reporter, is_active=True).first()
    incident, payload = open_report(
        reporter or actor,
        mended(kept, now),
        now,
        reported_at=min(kept.received_at, now),
        uid=kept.uid,
        via=kept.via,
        contact=kept.contact,
    )
    payload |= {"via": kept.via, "receipt": kept.receipt}
    return Done(incident, ("incident", incident.number), now, payload)


def mended(kept: Kept, now: datetime) -> Report:
    """The report as the records take it."""
    types = {one.value for one in Type}
    began = kept.occurred_at
    if began and (began.tzinfo is None or began > now or began.year < EARLIEST):
        began = None
    first = (kept.description or kept.affected).strip().splitlines()
    return msgspec.structs.replace(
        kept.report(),
        title=kept.title.strip() or (first[0][:200] if first else UNTITLED),
        type=kept.type if kept.type in types else Type.NETWORK_ATTACK.value,
        severity=kept.severity
        if Severity.INFORMATIONAL <= kept.severity <= Severity.FATAL
        else int(Severity.MEDIUM),
        occurred_at=began or min(kept.received_at, now),
    )


@action(Capability.MANAGE_CHANNELS)
def do_change_report_link(
    actor: Actor, home: Path, *, renew: bool, opened: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ReportLink]:
    """Renew the link for people without an account, close it, or open it again."""
    del actor
    before = report_link(home)
    after = ReportLink(before.generation + (1 if renew else 0), open=opened)
    if after == before:
        return Unchanged(before)
    write_report_link(home, after)
    payload = {"generation": after.generation, "open": after.open}
    return Done(after, ("report_link", after.generation), clock.now(), payload)
