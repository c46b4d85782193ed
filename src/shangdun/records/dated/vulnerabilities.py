"""The days until which vulnerabilities are to be gone, and on which decisions about them end."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import Vulnerability, VulnerabilityState
from shangdun.records.roles import Capability

MOST = 500
DECIDED = (VulnerabilityState.ACCEPTED, VulnerabilityState.FALSE_POSITIVE)


def dated(asked: Asked) -> Iterator[Dated]:
    """Open ones by their due date; decisions by their last day. The first 500 of each."""
    if not asked.actor.can(Capability.VIEW_ASSETS):
        return
    days = (asked.since, asked.until)
    rows = Vulnerability.objects.filter(state=VulnerabilityState.OPEN, due__range=days)
    for row in rows.order_by("due", "number")[:MOST]:
        if row.due is not None:
            yield Dated(
                uid=f"vulnerability-{row.number}-due",
                kind="vulnerability",
                title=f"V-{row.number} {row.title}",
                day=row.due,
                state=_state(asked, row.due.toordinal()),
                path=f"/vulnerabilities/{row.number}/",
                people=(row.owner_id,) if row.owner_id else (),
                detail=row.get_severity_display(),
            )
    rows = Vulnerability.objects.filter(state__in=DECIDED, expires_on__range=days)
    for row in rows.order_by("expires_on", "number")[:MOST]:
        if row.expires_on is not None:
            yield Dated(
                uid=f"vulnerability-{row.number}-decision-{row.expires_on}",
                kind="vulnerability",
                title=_("V-%(number)d: the decision ends") % {"number": row.number},
                day=row.expires_on,
                state=DatedState.AHEAD if row.expires_on > asked.today else DatedState.DUE,
                path=f"/vulnerabilities/{row.number}/",
                people=(row.decided_by_id,) if row.decided_by_id else (),
                detail=row.title,
            )


def _state(asked: Asked, due: int) -> DatedState:
    today = asked.today.toordinal()
    if due == today:
        return DatedState.DUE
    return DatedState.AHEAD if due > today else DatedState.LATE
