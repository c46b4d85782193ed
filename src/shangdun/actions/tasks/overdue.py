"""Timers that ended: the owner or group is reminded, then leadership hears of it."""

from __future__ import annotations

from datetime import timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.tasks import telling
from shangdun.actions.tasks.changes import tell
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.roles import Capability
from shangdun.records.tasks import overdue_tasks

ESCALATE_AFTER = timedelta(minutes=15)
"""After the reminder, if the task is still not over."""
AT_ONCE = 100


@action(Capability.RUN_PLAYBOOKS)
def do_remind_tasks(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Remind of tasks whose timer ended, and escalate those that stay; gives how many.

    Each is said once for each end that was set; whoever dies in between says nothing twice.
    """
    now = clock.now()
    reminded, escalated = [], []
    for task in overdue_tasks(now).filter(reminded_at=None)[:AT_ONCE]:
        task.reminded_at = now
        task.save(update_fields=["reminded_at"])
        tell(task, actor, "overdue", now)
        telling.overdue(task, now)
        reminded.append(task.pk)
    late = overdue_tasks(now).filter(reminded_at__lte=now - ESCALATE_AFTER, escalated_at=None)
    for task in late[:AT_ONCE]:
        task.escalated_at = now
        task.save(update_fields=["escalated_at"])
        tell(task, actor, "escalated", now)
        telling.overdue(task, now, leadership=True)
        escalated.append(task.pk)
    if not reminded and not escalated:
        return Unchanged(0)
    payload = {"reminded": reminded, "escalated": escalated}
    return Done(len(reminded) + len(escalated), ("tasks", "overdue"), now, payload)
