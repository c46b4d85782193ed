"""Moving a task in time, or making it longer or shorter: what a drag in the chart does."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.editing import check_version, open_task
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import PlanTask, PlanTaskKind
from shangdun.records.roles import Capability
from shangdun.records.schedule_changes import Placement

LONGEST = 2_500
"""Working days of one task: ten years."""


@action(Capability.MANAGE_PROGRAMMES)
def do_place_task(
    actor: Actor,
    wanted: Placement,
    *,
    task_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """Begin not before a day, take so many days; everything that waits for it moves along.

    Raises ``UsageError`` (``schedule.days``, ``schedule.summary``, ``schedule.begun``,
    ``schedule.closed``), ``EditConflict``.
    """
    task = open_task(actor, task_id)
    if (task.not_before, task.days) == (wanted.not_before, wanted.days):
        return Unchanged(task)
    check_version(task, version, {"not_before": wanted.not_before, "days": wanted.days})
    check_placement(task, wanted)
    before = task.ends_on
    task.not_before, task.days = wanted.not_before, wanted.days
    task.version += 1
    task.save(update_fields=["not_before", "days", "version"])
    now = clock.now()
    reschedule(task.programme, now)
    task.refresh_from_db()
    payload = {
        "programme": task.programme.number,
        "not_before": str(wanted.not_before or ""),
        "days": wanted.days,
        "ended": str(before or ""),
        "ends": str(task.ends_on or ""),
    }
    return Done(task, ("plan_task", task.pk), now, payload)


def check_placement(task: PlanTask, wanted: Placement) -> None:
    """Raises ``UsageError`` for what no task can do."""
    if task.children.filter(archived_at=None).exists():
        raise UsageError(
            "its dates are those of what it holds",
            code="schedule.summary",
            where=f"{task}",
            fix="move its subtasks",
        )
    if task.done_on is not None or (
        task.began_on is not None and wanted.not_before != task.not_before
    ):
        raise UsageError(
            "it has begun: that day is a fact",
            code="schedule.begun",
            where=f"{task}",
            fix="change how long it takes",
        )
    least = 0 if task.kind == PlanTaskKind.MILESTONE else 1
    most = 0 if task.kind == PlanTaskKind.MILESTONE else LONGEST
    if not least <= wanted.days <= most:
        raise UsageError(
            "no task takes so long", code="schedule.days", fix=f"{least} to {most} working days"
        )
