"""Clocks follow from facts: whatever changes what is known runs this in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.clocks.telling import tell_changes
from shangdun.actions.incident_changes import write_timeline
from shangdun.records.actor import JOBS, Actor
from shangdun.records.clocks import handling_ended, operator
from shangdun.records.facts import facts_of
from shangdun.records.models import Clock, ClockState, Incident, TimelineKind, Verdict
from shangdun.respond.facts import Facts
from shangdun.respond.regulators.clocks import Due, clocks
from shangdun.respond.regulators.law import Duty
from shangdun.respond.state import State

OVER = frozenset({ClockState.MET.value})
"""What was reported stays reported, whatever is found out later."""


def rewind_clocks(
    incident: Incident, facts: Facts, at: datetime, *, actor: Actor = JOBS
) -> list[Clock]:
    """Start, move, withdraw clocks as the facts, the grade and the state now say.

    To be called inside a transaction; each change is an entry of the timeline. Gives what changed.
    """
    change = incident.facts_changes.order_by("-number").values_list("number", flat=True).first()
    dues = _dues(incident, facts, at)
    standing = {clock.duty: clock for clock in incident.clocks.select_for_update()}
    changed = []
    for due in dues:
        clock = standing.pop(due.duty.uid, None)
        if _set(incident, clock, due, at, change or 0, actor):
            changed.append(due.duty.uid)
    changed += [
        clock.duty for clock in standing.values() if _withdraw(clock, at, change or 0, actor)
    ]
    rows = list(incident.clocks.filter(duty__in=changed)) if changed else []
    tell_changes(incident, rows, at)
    return rows


def rewind_open(at: datetime, *, actor: Actor = JOBS) -> None:
    """The company turned out to be another: every open incident with facts is reckoned anew."""
    rows = Incident.objects.exclude(state=State.CLOSED.value)
    for incident in rows.filter(facts_changes__isnull=False).distinct():
        rewind_clocks(incident, facts_of(incident), at, actor=actor)


def _dues(incident: Incident, facts: Facts, at: datetime) -> list[Due]:
    if came_to_nothing(incident):
        return []
    ended = handling_ended(incident)
    return clocks(facts, operator(), incident.type, incident.grade, at, handling_ended=ended)


def came_to_nothing(incident: Incident) -> bool:
    """A false alarm has nobody to be told; what was merged is told by the other incident."""
    return incident.merged_into_id is not None or (
        incident.state == State.CLOSED.value and incident.verdict == Verdict.FALSE_POSITIVE
    )


def frozen(duty: Duty) -> dict[str, Any]:
    """The article as it stands, to be kept with the clock."""
    kept: dict[str, Any] = msgspec.to_builtins(duty)
    kept["within"] = int(duty.within.total_seconds()) if duty.within else None
    kept.pop("when")
    return kept


def _set(
    incident: Incident, clock: Clock | None, due: Due, at: datetime, change: int, actor: Actor
) -> bool:
    if clock is not None and clock.state in OVER:
        return False
    is_new = clock is None
    clock = clock or Clock(
        incident=incident,
        duty=due.duty.uid,
        duty_version=due.duty.version,
        frozen=frozen(due.duty),
        state="",
    )
    if clock.judged is False or clock.met_at is not None:
        return False
    before = (clock.state, clock.started_at, clock.due_at)
    applies = due.applies or clock.judged is True
    clock.started_at, clock.due_at = due.started_at, due.due_at
    clock.because = [str(leaf) for leaf in due.because]
    clock.missing = list(due.missing)
    clock.state = state_of(clock, at, applies=applies)
    clock.ended_at = None
    if not applies:
        clock.applies_since = None
    elif clock.applies_since is None:
        clock.applies_since = at
    same = (clock.state, clock.started_at, clock.due_at) == before
    if not same:
        clock.facts_number = change
        clock.version += not is_new
        clock.reminded = 0 if clock.due_at != before[2] else clock.reminded
    clock.save()
    if same or (clock.state == ClockState.MAY_APPLY and is_new):
        return not same
    tell_timeline(clock, actor, at, _what(before[0], clock.state), due_before=before[2])
    return True


def state_of(clock: Clock, at: datetime, *, applies: bool) -> str:
    """How a clock that is not met stands at a moment."""
    if not applies:
        return ClockState.MAY_APPLY
    if clock.started_at is None:
        return ClockState.WAITING
    if clock.due_at is not None and at > clock.due_at:
        return ClockState.MISSED
    return ClockState.RUNNING


def _what(before: str, now: str) -> str:
    if now == ClockState.MAY_APPLY:
        return "may_apply"
    if now == ClockState.WAITING:
        return "waiting"
    if before in {ClockState.RUNNING, ClockState.MISSED}:
        return "moved"
    return "already_over" if now == ClockState.MISSED else "started"


def _withdraw(clock: Clock, at: datetime, change: int, actor: Actor) -> bool:
    """The facts no longer bear it; what never ran goes without a word."""
    if clock.state in OVER | {ClockState.WITHDRAWN} or clock.judged is True or clock.met_at:
        return False
    ran = clock.state in {ClockState.RUNNING, ClockState.MISSED, ClockState.WAITING}
    clock.state, clock.ended_at, clock.facts_number = ClockState.WITHDRAWN, at, change
    clock.applies_since = None
    clock.version += 1
    clock.save()
    if ran:
        tell_timeline(clock, actor, at, "withdrawn")
    return True


def tell_timeline(
    clock: Clock,
    actor: Actor,
    at: datetime,
    what: str,
    *,
    due_before: datetime | None = None,
    text: str = "",
) -> None:
    """One entry about a clock, with the article and the facts it follows from."""
    data = {
        "what": what,
        "clock": clock.pk,
        "duty": clock.duty,
        "law": clock.frozen["law"],
        "to": clock.frozen["to"],
        "due": clock.due_at.isoformat() if clock.due_at else "",
        "was_due": due_before.isoformat() if due_before else "",
        "because": clock.because,
        "facts": clock.facts_number,
    }
    write_timeline(clock.incident, actor, TimelineKind.CLOCK, at, text=text, data=data)
