"""Adding, removing and exporting indicators of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.indicators import digest_of, get_indicator, visible_indicators
from shangdun.records.models import Incident, Indicator, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.indicators.kinds import Kind, Tlp, normalise

MOST = 5_000
FORMS = ("csv", "stix")


class Fresh(msgspec.Struct, kw_only=True, frozen=True):
    """One indicator as somebody gives it."""

    kind: Kind
    value: str
    source: str = ""
    confidence: int = 50
    tlp: Tlp = Tlp.AMBER
    note: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@action(Capability.HANDLE_EVIDENCE)
def do_add_indicators(
    actor: Actor, wanted: Sequence[Fresh], *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Add those that the incident does not have yet; how many. All are checked first."""
    incident = get_incident(actor, incident_id)
    checked = {digest_of(one.kind, one.value): one for one in map(_checked, wanted)}
    have = Indicator.objects.filter(incident=incident)
    known = set(have.filter(digest__in=checked).values_list("digest", flat=True))
    fresh = {digest: one for digest, one in checked.items() if digest not in known}
    if not fresh:
        return Unchanged(0)
    if have.count() + len(fresh) > MOST:
        raise UsageError("there are too many", code="indicator.many", fix="remove some first")
    now = clock.now()
    Indicator.objects.bulk_create(
        [_row(incident, actor, digest, one, now) for digest, one in fresh.items()]
    )
    data = {"what": "indicators", "count": len(fresh)}
    write_timeline(incident, actor, TimelineKind.EVIDENCE, now, data=data)
    listed = "\n".join(sorted(f"{one.kind} {one.value}" for one in fresh.values()))
    payload = {"added": len(fresh), "values_sha256": sealed(listed)}
    return Done(len(fresh), ("incident", incident.number), now, payload)


@action(Capability.HANDLE_EVIDENCE)
def do_remove_indicator(
    actor: Actor, *, incident_id: int, indicator_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """Take a wrong one away; what it was stays in the ledger."""
    incident = get_incident(actor, incident_id)
    row = get_indicator(actor, incident, indicator_id)
    payload = {"kind": row.kind, "value_sha256": sealed(row.value)}
    row.delete()
    return Done(None, ("incident", incident.number), clock.now(), payload)


@action(Capability.HANDLE_EVIDENCE)
def do_export_indicators(
    actor: Actor, *, incident_id: int, form: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[Indicator]]:
    """Put on record that they left as a file; the rows to write."""
    incident = get_incident(actor, incident_id)
    if form not in FORMS:
        raise UsageError("there is no such format", code="usage.format", fix="csv or stix")
    rows = list(visible_indicators(actor, incident))
    payload = {"form": form, "indicators": len(rows)}
    return Done(rows, ("incident", incident.number), clock.now(), payload)


def _checked(one: Fresh) -> Fresh:
    if not 0 <= one.confidence <= 100:
        raise UsageError("no such confidence", code="indicator.confidence", fix="0 to 100")
    return msgspec.structs.replace(one, value=clean_text(normalise(one.kind, one.value)))


def _row(incident: Incident, actor: Actor, digest: str, one: Fresh, now: datetime) -> Indicator:
    return Indicator(
        incident=incident,
        kind=one.kind,
        value=one.value,
        digest=digest,
        source=clean_text(one.source)[:200],
        confidence=one.confidence,
        tlp=one.tlp,
        note=clean_text(one.note)[:5000],
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        added_at=now,
        added_by=person(actor),
    )
