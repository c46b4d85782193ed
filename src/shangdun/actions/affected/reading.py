"""Reading the affected in plain, handing the list out, and letting it go; each is on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records import affected_upload
from shangdun.records.access import get_incident, require
from shangdun.records.actor import Actor
from shangdun.records.affected import PEOPLE, email_mark, identity_in, phone_mark, reference_mark
from shangdun.records.models import (
    AffectedList,
    AffectedSubject,
    Incident,
    ListState,
    TimelineKind,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.affected.identity import Identity, clean

PAGE = 50

Plain = tuple[AffectedSubject, Identity]


@action(Capability.READ_AFFECTED)
def do_read_affected(
    actor: Actor,
    *,
    incident_id: int,
    after: int = 0,
    kind: str = "",
    find: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[list[Plain]]:
    """A page of the affected in plain, after the one with this row; that it was read is on record.

    ``find`` is a whole e-mail address, telephone number, account or order: parts cannot be looked
    for, as nothing is stored that could be searched.
    """
    incident = get_incident(actor, incident_id)
    rows = incident.affected_subjects.filter(pk__gt=after).order_by("pk")
    if kind:
        rows = rows.filter(kind=kind)
    if find.strip():
        rows = rows.filter(pk__in=found(incident, find))
    page = [(row, identity_in(row)) for row in rows.select_related("list")[:PAGE]]
    payload = {
        "after": after,
        "rows": len(page),
        "kind": kind,
        "find_sha256": sealed(find) if find else "",
    }
    return Done(page, ("incident", incident.number), clock.now(), payload)


def found(incident: Incident, text: str) -> set[int]:
    """Rows of whoever has exactly this address, number or reference."""
    text = clean(text)
    ids: set[int] = set()
    for name, marks in (
        ("email_mark", [email_mark(text)]),
        ("phone_mark", [phone_mark(text)]),
        ("reference_mark", [reference_mark(kind, text) for kind in ("account", "order", "asset")]),
    ):
        wanted = [mark for mark in marks if mark]
        rows = incident.affected_subjects.filter(**{f"{name}__in": wanted})
        ids |= set(rows.values_list("pk", flat=True))
    return ids


@action(Capability.READ_AFFECTED)
def do_export_affected(
    actor: Actor, *, incident_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Note that the whole list leaves the system, and why; returns how many it has."""
    incident = get_incident(actor, incident_id)
    reason = clean_text(reason.strip())[:500]
    if not reason:
        raise UsageError(
            "say what the list is needed for", code="affected.reason", fix="write a sentence"
        )
    now = clock.now()
    count = incident.affected_subjects.count()
    data = {"what": "export", "count": count}
    write_timeline(incident, actor, TimelineKind.AFFECTED, now, text=reason, data=data)
    payload = {"rows": count, "reason_sha256": sealed(reason)}
    return Done(count, ("incident", incident.number), now, payload)


@action(Capability.READ_AFFECTED, Capability.RUN_PLAYBOOKS)
def do_erase_affected(
    actor: Actor, *, incident_id: int, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Erase everybody an incident's lists name; counts stay. For closed incidents alone."""
    require(actor, Capability.HANDLE_LEGAL, Capability.ORDER_INCIDENTS, Capability.RUN_PLAYBOOKS)
    incident = get_incident(actor, incident_id)
    if incident.is_open:
        raise UsageError(
            "the incident is still open",
            code="affected.open",
            fix="close it first: notices and complaints need the list",
        )
    lists = list(incident.affected_lists.exclude(state=ListState.ERASED))
    if not lists:
        return Unchanged(0)
    now = clock.now()
    count = sum(_erase(row, now) for row in lists)
    data = {"what": "erase", "count": count}
    write_timeline(
        incident,
        actor,
        TimelineKind.AFFECTED,
        now,
        text=clean_text(reason.strip())[:500],
        data=data,
    )
    return Done(count, ("incident", incident.number), now, {"rows": count})


def _erase(row: AffectedList, now: datetime) -> int:
    counts = dict(
        row.subjects.order_by().values_list("kind").annotate(n=Count("id")).values_list("kind", "n")
    )
    confirmed = row.subjects.filter(kind__in=PEOPLE, certainty="confirmed").count()
    row.kept = {**counts, "confirmed": confirmed}
    row.state, row.erased_at, row.query = ListState.ERASED, now, ""
    row.subjects.all().delete()
    affected_upload.forget(row.token)
    row.save(update_fields=["kept", "state", "erased_at", "query"])
    return sum(counts.values())


def erasable(now: datetime, days: int) -> list[int]:
    """Incidents closed so long ago that their lists are to be erased."""
    due = AffectedList.objects.exclude(state=ListState.ERASED).filter(
        incident__closed_at__lt=now - timedelta(days=days)
    )
    return sorted(set(due.values_list("incident_id", flat=True)))
