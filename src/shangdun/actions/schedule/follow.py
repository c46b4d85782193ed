"""A plan that runs slips by itself: what has not begun cannot begin in the past."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.reschedule import store_schedule
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.models import Programme, ProgrammeState
from shangdun.records.roles import Capability


@action(Capability.RUN_PLAYBOOKS)
def do_follow_schedule(_actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Schedule a running programme anew as of today; how many tasks moved."""
    running = Programme.objects.filter(state=ProgrammeState.APPROVED, archived_at=None)
    programme = running.filter(number=number).first()
    if programme is None:
        return Unchanged(0)
    now = clock.now()
    found, moved = store_schedule(programme, now)
    if not moved:
        return Unchanged(0)
    payload = {"tasks": moved, "ends": found.ends_on.isoformat()}
    return Done(moved, ("programme", number), now, payload)
