"""What the clock does: timers that ended are told, courses go on by delays and time-outs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.tasks import course, telling
from shangdun.actions.tasks.changes import tell
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.models import Task
from shangdun.records.roles import Capability
from shangdun.records.tasks import due_runs, overdue_tasks

ESCALATE_AFTER = timedelta(minutes=15)
"""After the reminder, if the task is still not over."""
AT_ONCE = 100


def to_remind(now: datetime) -> bool:
    """Whether something of it is due; asked often, so that no transaction is opened for nothing."""
    return _unsaid(now).exists() or _late(now).exists()


def _unsaid(now: datetime) -> QuerySet[Task]:
    return overdue_tasks(now).filter(reminded_at=None)


def _late(now: datetime) -> QuerySet[Task]:
    return overdue_tasks(now).filter(reminded_at__lte=now - ESCALATE_AFTER, escalated_at=None)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_tasks(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Remind of tasks whose timer ended, and escalate those that stay; gives how many.

    Each is said once for each end that was set; whoever dies in between says nothing twice.
    """
    now = clock.now()
    reminded, escalated = [], []
    for task in _unsaid(now)[:AT_ONCE]:
        task.reminded_at = now
        task.save(update_fields=["reminded_at"])
        tell(task, actor, "overdue", now)
        telling.overdue(task, now)
        reminded.append(task.pk)
    for task in _late(now)[:AT_ONCE]:
        task.escalated_at = now
        task.save(update_fields=["escalated_at"])
        tell(task, actor, "escalated", now)
        telling.overdue(task, now, leadership=True)
        escalated.append(task.pk)
    if not reminded and not escalated:
        return Unchanged(0)
    payload = {"reminded": reminded, "escalated": escalated}
    return Done(len(reminded) + len(escalated), ("tasks", "overdue"), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_pass_time(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Let the courses go on whose delay or time-out has come; gives how many."""
    del actor
    now = clock.now()
    runs = list(due_runs(now)[:AT_ONCE])
    for run in runs:
        course.time_passed(run, now)
    if not runs:
        return Unchanged(0)
    payload = {"runs": [run.pk for run in runs]}
    return Done(len(runs), ("runs", "time"), now, payload)
