"""Writing decisions and the stream of their changes; called inside actions, under their lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shangdun.protect.decision import EVERYWHERE, Author, Measure, Scope, appeal_code, new_uid
from shangdun.protect.target import Target
from shangdun.records.models import Decision, DecisionChange, DecisionState, User

AT_ONCE = 1_000


class Wanted(msgspec.Struct, kw_only=True):
    """A decision that is to be written."""

    target: Target
    measure: Measure
    reason: str
    author: Author
    until: datetime | None
    state: DecisionState = DecisionState.IN_FORCE
    scope: Scope = EVERYWHERE
    rate: int = 0
    level: int = 0
    held: str = ""
    offences: int = 1
    payers: int = 0
    person: User | None = None
    finding_id: int | None = None
    incident_id: int | None = None
    simulation: dict[str, Any] = {}


def write(wanted: Iterable[Wanted], now: datetime) -> list[Decision]:
    """Store decisions, and tell the stream of those in force."""
    rows = Decision.objects.bulk_create([_row(one, now) for one in wanted], batch_size=AT_ONCE)
    tell([row for row in rows if row.state == DecisionState.IN_FORCE], now, added=True)
    return rows


def tell(rows: Iterable[Decision], now: datetime, *, added: bool) -> None:
    """Append to the stream that every enforcer follows."""
    DecisionChange.objects.bulk_create(
        [DecisionChange(decision=row, added=added, time=now) for row in rows], batch_size=AT_ONCE
    )


def end(
    rows: Sequence[Decision],
    state: DecisionState,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Take decisions out of force, and proposals off the table."""
    forced = [row for row in rows if row.state == DecisionState.IN_FORCE]
    for start in range(0, len(rows), AT_ONCE):
        keys = [row.pk for row in rows[start : start + AT_ONCE]]
        Decision.objects.filter(pk__in=keys).update(
            state=state, ended=now, ended_by=by[:200], ended_reason=reason[:500]
        )
    for row in rows:
        row.state, row.ended, row.ended_by, row.ended_reason = state, now, by, reason
    tell(forced, now, added=False)


def _row(wanted: Wanted, now: datetime) -> Decision:
    uid = new_uid()
    return Decision(
        uid=uid,
        state=wanted.state,
        measure=wanted.measure,
        kind=wanted.target.kind,
        value=wanted.target.value,
        scope=str(wanted.scope),
        rate=wanted.rate,
        reason=wanted.reason,
        author=str(wanted.author),
        person=wanted.person,
        finding_id=wanted.finding_id,
        incident_id=wanted.incident_id,
        appeal=appeal_code(uid),
        level=wanted.level,
        created=now,
        since=now,
        until=wanted.until,
        held=wanted.held,
        offences=wanted.offences,
        payers=wanted.payers,
        simulation=wanted.simulation,
    )
