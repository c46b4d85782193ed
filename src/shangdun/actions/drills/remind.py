"""Reminding of the drills that the year asks for; each reminder once."""

from __future__ import annotations

from datetime import date

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.records.actor import System
from shangdun.records.models import Message
from shangdun.records.roles import Capability
from shangdun.respond.drill.calendar import Duty
from shangdun.respond.groups import Group


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_drill(
    actor: System, *, duty: Duty, today: date, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message | None]:
    """Tell leadership that a quarter's drill is still to be held, or was not held."""
    del actor
    late = duty.overdue(today)
    passed = [day for day in duty.reminders() if day <= today]
    if duty.held is not None or not (passed or late):
        return Unchanged(None)
    key = f"drill:due:{duty.year}-{duty.quarter}:{'late' if late else len(passed)}"
    if Message.objects.filter(key=key).exists():
        return Unchanged(None)
    now = clock.now()
    message = queue_message(
        Notice(
            kind="drill_due",
            incident=None,
            groups=(Group.LEADERSHIP,),
            key=key,
            data={
                "year": duty.year,
                "quarter": duty.quarter,
                "until": duty.ends.isoformat(),
                "late": {"zh": "已逾期", "en": "overdue"} if late else "",
            },
        ),
        now,
    )
    return Done(message, ("drill", f"{duty.year}-{duty.quarter}"), now, {"late": late})
