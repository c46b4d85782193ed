"""Time passes: reminders at 50, 80 and 100 per cent; what is over and not reported is missed."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import tell_timeline
from shangdun.actions.clocks.telling import remind
from shangdun.kernel.clock import Clock as Time
from shangdun.records.actor import Actor
from shangdun.records.clocks import get_clock
from shangdun.records.models import Clock, ClockState
from shangdun.records.roles import Capability
from shangdun.respond.regulators.clocks import reminders_due


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_clock(
    actor: Actor, *, clock_id: int, clock: Time = SYSTEM_CLOCK
) -> Outcome[Clock]:
    """Remind once of the highest mark that has passed; at 100 per cent the clock is missed.

    Who was away for long is reminded once, of the highest, not of each in a row.
    """
    now = clock.now()
    found = get_clock(actor, clock_id)
    if found.started_at is None or found.due_at is None or found.met_at is not None:
        return Unchanged(found)
    if found.state not in {ClockState.RUNNING, ClockState.MISSED}:
        return Unchanged(found)
    percent = reminders_due(found.started_at, found.due_at, now, found.reminded)
    if not percent:
        return Unchanged(found)
    found.reminded = percent
    if percent == 100 and found.state == ClockState.RUNNING:
        found.state = ClockState.MISSED
        found.version += 1
        tell_timeline(found, actor, now, "missed")
    found.save(update_fields=["reminded", "state", "version"])
    remind(found, percent, now)
    payload = {"clock": found.pk, "duty": found.duty, "percent": percent}
    return Done(found, ("incident", found.incident.number), now, payload)
