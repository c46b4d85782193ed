"""Counsel's word on a clock: it applies, it does not, or let the facts speak."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import rewind_clocks, state_of, tell_timeline
from shangdun.actions.clocks.telling import tell_changes
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock as Time
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.clocks import get_clock
from shangdun.records.conflict import EditConflict
from shangdun.records.facts import facts_of
from shangdun.records.models import Clock, ClockState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.SUBMIT_REPORTS)
def do_judge_clock(
    actor: Actor,
    *,
    clock_id: int,
    applies: bool | None,
    reason: str,
    version: int | None = None,
    clock: Time = SYSTEM_CLOCK,
) -> Outcome[Clock]:
    """Say whether a duty applies, with the reason; None takes the word back."""
    now = clock.now()
    found = get_clock(actor, clock_id)
    reason = clean_text(reason.strip())
    if version is not None and version != found.version:
        raise EditConflict(
            "this clock changed meanwhile",
            where=f"incident #{found.incident.number}",
            mine={"version": version, "applies": applies, "reason": reason},
            theirs={
                "version": found.version,
                "applies": found.judged,
                "reason": found.judged_reason,
            },
        )
    if (found.judged, found.judged_reason) == (applies, reason):
        return Unchanged(found)
    if not reason and applies is not None:
        raise UsageError("a judgement needs a reason", code="clock.reason", fix="say why")
    if found.state == ClockState.MET or found.met_at:
        raise UsageError(
            "what was reported stays reported", code="clock.met", fix="judge another clock"
        )
    found.judged, found.judged_reason, found.judged_by = applies, reason, person(actor)
    found.version += 1
    if applies is False:
        found.state, found.ended_at, found.applies_since = ClockState.WITHDRAWN, now, None
    elif applies:
        found.state, found.ended_at = state_of(found, now, applies=True), None
        found.applies_since = found.applies_since or now
    found.save()
    what = {True: "judged_applies", False: "judged_not", None: "judged_back"}[applies]
    tell_timeline(found, actor, now, what, text=reason)
    if applies:
        tell_changes(found.incident, [found], now)
    rewind_clocks(found.incident, facts_of(found.incident), now, actor=actor)
    found.refresh_from_db()
    payload = {
        "clock": found.pk,
        "duty": found.duty,
        "applies": "" if applies is None else str(applies).lower(),
        "reason_sha256": sealed(reason),
    }
    return Done(found, ("incident", found.incident.number), now, payload)
