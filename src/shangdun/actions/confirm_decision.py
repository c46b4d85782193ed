"""What a person says to decisions that wait: yes, or no; one at a time or all of one author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shangdun.actions import never_block_sync
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decide import refusal, told
from shangdun.actions.decision_rows import AT_ONCE, end, tell
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound
from shangdun.kernel.ids import content_id
from shangdun.protect.decision import Measure
from shangdun.protect.never_block import NeverBlock
from shangdun.protect.target import Target, TargetKind
from shangdun.records.actor import Actor, actor_name, person
from shangdun.records.models import Decision, DecisionState
from shangdun.records.protected import protected
from shangdun.records.roles import Capability


@action(Capability.DECIDE)
def do_confirm_decision(
    actor: Actor, *, decision_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Decision]:
    """Put a proposal in force, from now on for as long as was proposed.

    Raises ``UsageError`` (``decision.protected``) where it now meets a never-block entry.
    """
    row = _decision(decision_id)
    if row.state != DecisionState.PROPOSED:
        return Unchanged(row)
    now = clock.now()
    never_block_sync.follow(now)
    if row.measure != Measure.ALLOW and (met := protected(now).met_by(_target(row))):
        raise refusal(_target(row), met)
    _put_in_force(actor, [row], now)
    return Done(row, ("decision", row.uid), now, told(row))


@action(Capability.DECIDE)
def do_refuse_decision(
    actor: Actor, *, decision_id: int, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Decision]:
    """Say no to a proposal; nothing is proposed for the same target within a day."""
    row = _decision(decision_id)
    if row.state != DecisionState.PROPOSED:
        return Unchanged(row)
    now = clock.now()
    end([row], DecisionState.REFUSED, by=actor_name(actor), now=now, reason=reason.strip())
    return Done(row, ("decision", row.uid), now, told(row))


@action(Capability.DECIDE)
def do_confirm_decisions(
    actor: Actor, *, author: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[Decision]]:
    """Put in force everything that one author proposed; what is protected by now is refused."""
    rows = _proposed_by(author)
    if not rows:
        return Unchanged([])
    now = clock.now()
    never_block_sync.follow(now)
    entries = protected(now)
    refused = [row for row in rows if _protected(row, entries)]
    end(refused, DecisionState.REFUSED, by="system", now=now, reason="never-block")
    refused_keys = {row.pk for row in refused}
    confirmed = [row for row in rows if row.pk not in refused_keys]
    _put_in_force(actor, confirmed, now)
    return Done(confirmed, ("author", author), now, _many(confirmed))


@action(Capability.DECIDE)
def do_refuse_decisions(
    actor: Actor, *, author: str, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[Decision]]:
    """Say no to everything that one author proposed."""
    rows = _proposed_by(author)
    if not rows:
        return Unchanged([])
    now = clock.now()
    end(rows, DecisionState.REFUSED, by=actor_name(actor), now=now, reason=reason.strip())
    return Done(rows, ("author", author), now, _many(rows))


def _many(rows: Sequence[Decision]) -> dict[str, object]:
    uids = sorted(row.uid for row in rows)
    return {"number": len(rows), "first": uids[:20], "decisions": content_id(*uids)}


def _put_in_force(actor: Actor, rows: Sequence[Decision], now: datetime) -> None:
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        same = Decision.objects.filter(
            state=DecisionState.IN_FORCE, value__in=[row.value for row in part]
        )
        keys = {(row.kind, row.value, row.scope) for row in part}
        standing = [row for row in same if (row.kind, row.value, row.scope) in keys]
        end(standing, DecisionState.REPLACED, by=actor_name(actor), now=now)
        for row in part:
            lasts = row.until - row.since if row.until else None
            row.state, row.since = DecisionState.IN_FORCE, now
            row.until = now + lasts if lasts is not None else None
            row.person = person(actor)
        Decision.objects.bulk_update(part, ["state", "since", "until", "person"], batch_size=200)
        tell(part, now, added=True)


def _protected(row: Decision, entries: NeverBlock) -> bool:
    return row.measure != Measure.ALLOW and bool(entries.met_by(_target(row)))


def _proposed_by(author: str) -> list[Decision]:
    return list(Decision.objects.filter(author=author, state=DecisionState.PROPOSED).order_by("pk"))


def _decision(decision_id: int) -> Decision:
    row = Decision.objects.filter(pk=decision_id).first()
    if row is None:
        raise NotFound(f"there is no decision {decision_id}", fix="see the list")
    return row


def _target(row: Decision) -> Target:
    return Target(TargetKind(row.kind), row.value)
