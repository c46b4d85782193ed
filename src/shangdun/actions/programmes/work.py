"""Working on a subtask: beginning it, saying how far it is, ticking it off, dropping it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.programmes.changes import (
    checked_reason,
    day_of,
    open_task,
    save,
    task_done,
)
from shangdun.actions.programmes.settle import settle
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import PlanTask, PlanTaskKind, PlanTaskState
from shangdun.records.programmes import get_task
from shangdun.records.roles import Capability

WORKS = (Capability.WORK_PLAN, Capability.MANAGE_PROGRAMMES)


@action(*WORKS)
def do_begin_plan_task(
    actor: Actor, *, task_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanTask]:
    """Work on it has begun today."""
    now = clock.now()
    if get_task(actor, task_id).state == PlanTaskState.DOING:
        return Unchanged(get_task(actor, task_id))
    task = _open_leaf(actor, task_id, version, PlanTaskState.TODO)
    begin(task, now)
    settle([task], now)
    return task_done(task, now, {})


def begin(task: PlanTask, now: datetime) -> None:
    """Within a caller's change."""
    task.state = PlanTaskState.DOING
    task.began_on = task.began_on or day_of(now)
    save(task, "state", "began_on")


@action(*WORKS)
def do_report_plan_progress(
    actor: Actor,
    *,
    task_id: int,
    progress: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """How far it is, as its owner judges; 0 to 99, for being done is proven or ticked off."""
    now = clock.now()
    if not 0 <= progress <= 99:
        raise UsageError(
            "no such share", code="plan_task.progress", where="progress",
            fix="0 to 99; tick it off when it is done",
        )  # fmt: skip
    seen = get_task(actor, task_id)
    if seen.state == PlanTaskState.DOING and seen.progress == progress:
        return Unchanged(seen)
    task = _open_leaf(
        actor, task_id, version, PlanTaskState.TODO, PlanTaskState.DOING,
        mine={"progress": progress},
    )  # fmt: skip
    if task.state == PlanTaskState.TODO:
        begin(task, now)
    was, task.progress = task.progress, progress
    save(task, "progress")
    settle([task], now)
    return task_done(task, now, {"progress": progress, "was": was})


@action(*WORKS)
def do_tick_plan_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """A person says it is done, and why that can be believed; evidence may still prove it later."""
    now = clock.now()
    reason = checked_reason(reason)
    if get_task(actor, task_id).state == PlanTaskState.DONE:
        return Unchanged(get_task(actor, task_id))
    task = _open_leaf(
        actor, task_id, version, PlanTaskState.TODO, PlanTaskState.DOING, mine={"reason": reason}
    )
    finish(task, now, proven=False)
    task.done_by, task.done_reason = person(actor), reason
    task.save(update_fields=["done_by", "done_reason"])
    settle([task], now)
    return task_done(task, now, {"reason_sha256": sealed(reason), "proven": False})


def finish(task: PlanTask, now: datetime, *, proven: bool) -> None:
    """Within a caller's change: it is done today."""
    today = day_of(now)
    task.state, task.progress, task.proven = PlanTaskState.DONE, 100, proven
    task.began_on, task.done_on = task.began_on or today, today
    task.unproven_since = None
    save(task, "state", "progress", "proven", "began_on", "done_on", "unproven_since")


@action(*WORKS)
def do_reopen_plan_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """It is not done after all. What evidence proves is proven again by the next check."""
    now = clock.now()
    reason = checked_reason(reason)
    if get_task(actor, task_id).state == PlanTaskState.DOING:
        return Unchanged(get_task(actor, task_id))
    task = _open_leaf(actor, task_id, version, PlanTaskState.DONE, mine={"reason": reason})
    task.state, task.progress, task.proven = PlanTaskState.DOING, 90, False
    task.done_on, task.done_by, task.done_reason, task.unproven_since = None, None, "", None
    save(task, "state", "progress", "proven", "done_on", "done_by", "done_reason", "unproven_since")
    settle([task], now)
    return task_done(task, now, {"reason_sha256": sealed(reason)})


@action(Capability.MANAGE_PROGRAMMES)
def do_drop_plan_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """It will not be done, for a reason; it takes no time any more and counts for nothing."""
    now = clock.now()
    reason = checked_reason(reason)
    if get_task(actor, task_id).state == PlanTaskState.DROPPED:
        return Unchanged(get_task(actor, task_id))
    task = _open_leaf(
        actor, task_id, version, PlanTaskState.TODO, PlanTaskState.DOING, mine={"reason": reason}
    )
    task.state, task.done_by, task.done_reason = PlanTaskState.DROPPED, person(actor), reason
    save(task, "state", "done_by", "done_reason")
    settle([task], now)
    return task_done(task, now, {"reason_sha256": sealed(reason)})


@action(Capability.MANAGE_PROGRAMMES)
def do_restore_plan_task(
    actor: Actor, *, task_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanTask]:
    """It will be done after all."""
    now = clock.now()
    seen = get_task(actor, task_id)
    if seen.state in (PlanTaskState.TODO, PlanTaskState.DOING):
        return Unchanged(seen)
    task = _open_leaf(actor, task_id, version, PlanTaskState.DROPPED)
    task.state = PlanTaskState.DOING if task.began_on else PlanTaskState.TODO
    task.done_by, task.done_reason = None, ""
    save(task, "state", "done_by", "done_reason")
    settle([task], now)
    return task_done(task, now, {})


def _open_leaf(
    actor: Actor,
    task_id: int,
    seen: int | None,
    *states: PlanTaskState,
    mine: dict[str, Any] | None = None,
) -> PlanTask:
    """A subtask in one of the states; what holds others, or a milestone, follows from them."""
    task = open_task(actor, task_id, seen, mine)
    if _follows(task):
        raise UsageError(
            "its state follows from its subtasks", code="plan_task.follows", where=task.title,
            fix="work on its subtasks",
        )  # fmt: skip
    if task.state not in states:
        raise UsageError(
            f"a task that is {task.state} does not take this", code="plan_task.state",
            where=task.title, fix="look at it as it stands now",
        )  # fmt: skip
    return task


def _follows(task: PlanTask) -> bool:
    if task.kind == PlanTaskKind.MILESTONE:
        return task.links_in.filter(before__archived_at=None).exists()
    children = task.children.filter(archived_at=None)
    return children.exclude(kind=PlanTaskKind.MILESTONE).exists()
