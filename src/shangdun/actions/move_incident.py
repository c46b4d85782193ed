"""Moving an incident along its life, up to its verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.cleanup.begin import begin_cleanup
from shangdun.actions.clocks.rewind import rewind_clocks
from shangdun.actions.incident_changes import (
    acknowledge,
    open_for_change,
    save_change,
    sealed,
    write_timeline,
)
from shangdun.actions.judgements import judge_incident
from shangdun.actions.messages.ended import tell_closed, tell_contained
from shangdun.actions.review.begin import begin_review
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.closing import OpenPoint, open_points
from shangdun.records.facts import facts_of
from shangdun.records.models import Incident, TimelineKind, Verdict
from shangdun.records.orders import plan_started
from shangdun.records.rehearsal import played_out
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.state import State, check_move

REACHED_AT = {
    State.TRIAGED: "triaged_at",
    State.ACTIVE: "activated_at",
    State.CONTAINED: "contained_at",
    State.CLOSED: "closed_at",
}


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_move_incident(
    actor: Actor,
    *,
    incident_id: int,
    state: str,
    note: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Move to any state but closed, which ``do_close_incident`` does with its verdict."""
    target = _state(state)
    if target is State.CLOSED:
        raise UsageError(
            "closing needs a verdict", code="incident.verdict", fix="close it with a verdict"
        )
    incident = open_for_change(actor, incident_id, version, {"state": target.value})
    if incident.state == target.value:
        return Unchanged(incident)
    return move(actor, incident, target, note=note, verdict="", at=clock.now())


@action(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
def do_close_incident(
    actor: Actor,
    *,
    incident_id: int,
    verdict: str,
    note: str,
    override: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Say what it was and why, and be done; its findings take over the verdict.

    Refused while something of it is open (code ``incident.open``); leadership closes it all the
    same by ``override``, a reason that stays on record.
    """
    if verdict and verdict not in Verdict.values:
        raise UsageError(
            f"{verdict!r} is no verdict",
            code="incident.verdict",
            fix=f"one of {', '.join(Verdict.values)}",
        )
    wanted = {"state": State.CLOSED.value, "verdict": verdict, "verdict_note": note}
    incident = open_for_change(actor, incident_id, version, wanted)
    if (incident.state, incident.verdict) == (State.CLOSED.value, verdict):
        return Unchanged(incident)
    now = clock.now()
    override = clean_text(override.strip())
    left = open_points(incident, now)
    if verdict == Verdict.FALSE_POSITIVE:  # nobody has to be told of nothing
        left = [point for point in left if point.part != "clocks"]
    if left:
        _require_override(actor, incident, left, override)
    done = move(actor, incident, State.CLOSED, note=note, verdict=verdict, at=now)
    tell_closed(incident, actor, begin_review(incident, now), now)
    if not left:
        return done
    parts = {point.part: point.number for point in left}
    data = {"what": "overridden", "parts": parts}
    write_timeline(incident, actor, TimelineKind.CLEANUP, now, text=override, data=data)
    return replace(
        done, payload={**done.payload, "open": parts, "override_sha256": sealed(override)}
    )


def _require_override(
    actor: Actor, incident: Incident, left: list[OpenPoint], override: str
) -> None:
    if override:
        require(actor, Capability.ORDER_INCIDENTS)
        return
    raise UsageError(
        f"{sum(point.number for point in left)} things of it are open",
        code="incident.open",
        where=f"incident #{incident.number}",
        fix="finish them, or let leadership close it all the same with a reason",
    )


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        states = ", ".join(State)
        raise UsageError(f"{text!r} is no state", code="incident.state", fix=states) from None


def move(
    actor: Actor, incident: Incident, target: State, *, note: str, verdict: str, at: datetime
) -> Done[Incident]:
    """One step, with its timeline and what the ledger says, in the caller's transaction."""
    source = State(incident.state)
    if incident.merged_into_id:
        raise UsageError(
            "it is part of another incident now",
            code="incident.merged",
            fix="work in that one",
        )
    if source is State.CLOSED and played_out(incident):
        raise UsageError(
            "its drill is signed", code="drill.begun", where=f"incident #{incident.number}",
            fix="plan another drill",
        )  # fmt: skip
    note = clean_text(note.strip())
    check_move(source, target, note=note, verdict=verdict)
    incident.state = target.value
    setattr(incident, REACHED_AT[target], at)
    incident.verdict, incident.verdict_note = verdict, note if verdict else ""
    fields = ["state", REACHED_AT[target], "verdict", "verdict_note", *acknowledge(incident, at)]
    if source is State.CLOSED:
        incident.closed_at = None
        fields.append("closed_at")
    save_change(incident, *fields)
    if target is State.CONTAINED and plan_started(incident):
        begin_cleanup(incident)
        tell_contained(incident, note, at)
    if State.CLOSED in {source, target}:
        judge_incident(incident, verdict, at)
    data = {"from": source.value, "to": target.value} | ({"verdict": verdict} if verdict else {})
    write_timeline(incident, actor, TimelineKind.STATE, at, text=note, data=data)
    rewind_clocks(incident, facts_of(incident), at, actor=actor)
    payload = {**data, "note_sha256": sealed(note)}
    return Done(incident, ("incident", incident.number), at, payload)
