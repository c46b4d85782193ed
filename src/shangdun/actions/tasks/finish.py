"""How a task ends, and how it begins again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.tasks import course, telling
from shangdun.actions.tasks.changes import (
    LONGEST_TEXT,
    check_version,
    conflict,
    done,
    reason_of,
    require_reached,
    save_task,
    tell,
)
from shangdun.actions.tasks.steps import DECIDING
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import Task, TaskState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.tasks import get_task_to_work

LONGEST_VALUE = 2_000


class Ended(msgspec.Struct, kw_only=True):
    """What came out of a task."""

    result: str = ""
    outcome: dict[str, str] = {}
    """Variable that a later condition asks for → its value."""
    evidence: tuple[int, ...] = ()
    """Rows of evidence that belong to it."""


@action(Capability.WORK_TASKS)
def do_finish_task(
    actor: Actor,
    *,
    task_id: int,
    ended: Ended,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """The task is done: what waited for it begins.

    Of two people at once the second is shown what the first wrote (``EditConflict``): nothing of
    either is lost. A failed step that somebody did by hand is finished the same way. Raises
    ``UsageError`` (``task.outcome``) where a value is missing that the course asks for.
    """
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    result = clean_text(ended.result.strip())[:LONGEST_TEXT]
    outcome = _outcome(task, ended.outcome)
    if task.state == TaskState.DONE:
        if (task.result, task.outcome) == (result, outcome):
            return Unchanged(task)
        raise conflict(task, version, _mine(result, outcome))
    check_version(task, version, _mine(result, outcome))
    require_reached(task)
    _require_stopped(task)
    _require_answers(task, outcome)
    _end(task, actor, TaskState.DONE, now, result)
    task.outcome, task.evidence = outcome, sorted(set(ended.evidence) | set(task.evidence))
    save_task(task, *_ENDS, "outcome", "evidence", "began_at")
    tell(task, actor, "done", now, text=result, outcome=outcome)
    course.task_ended(task, now)
    return done(task, now, text=result, outcome=[f"{k}={v}" for k, v in sorted(outcome.items())])


@action(Capability.WORK_TASKS)
def do_fail_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """It did not work: the playbook goes its way for failures, or waits for a person's word."""
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    why = reason_of(reason)
    if task.state == TaskState.FAILED and task.result == why:
        return Unchanged(task)
    check_version(task, version, {"state": TaskState.FAILED.value, "result": why})
    require_reached(task)
    _require_stopped(task)
    _end(task, actor, TaskState.FAILED, now, why)
    save_task(task, *_ENDS, "began_at")
    tell(task, actor, "failed", now, text=why)
    course.task_ended(task, now)
    telling.failed(task, now)
    return done(task, now, text=why)


@action(Capability.WORK_TASKS)
def do_skip_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """Leave the task out, with a reason that is on record; what waited for it begins."""
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    why = reason_of(reason)
    if task.state == TaskState.SKIPPED and task.result == why:
        return Unchanged(task)
    check_version(task, version, {"state": TaskState.SKIPPED.value, "result": why})
    if task.run_id is not None:
        require_reached(task)
    elif task.is_over:
        raise conflict(task, version, {"state": TaskState.SKIPPED.value, "result": why})
    _require_stopped(task)
    _end(task, actor, TaskState.SKIPPED, now, why)
    save_task(task, *_ENDS)
    tell(task, actor, "skipped", now, text=why)
    course.task_ended(task, now)
    return done(task, now, text=why)


@action(Capability.WORK_TASKS)
def do_reopen_task(
    actor: Actor,
    *,
    task_id: int,
    reason: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """Do it again: a failed one is repeated, one that was over is not yet good enough.

    What began after it goes on; only a failed step of a playbook is tried again in its course. An
    automatic one acts anew, under a key of its own.
    """
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    if task.automatic in DECIDING:  # it acts again by itself: whoever lets it decides
        require(actor, Capability.DECIDE)
    if task.state in {TaskState.WAITING, TaskState.OPEN, TaskState.DOING}:
        return Unchanged(task)
    check_version(task, version, {"state": TaskState.OPEN.value})
    why = clean_text(reason.strip())[:LONGEST_TEXT]
    if task.is_over and not why:
        reason_of(why)
    was = str(task.state)
    task.state = TaskState.DOING if task.owner or task.automatic else TaskState.OPEN
    task.done_at, task.done_by = None, None
    save_task(task, "state", "done_at", "done_by")
    tell(task, actor, "reopened", now, text=why, was=was)
    course.task_reopened(task, now)
    return done(task, now, text=why, was=was)


_ENDS = ("state", "result", "done_at", "done_by", "owner")


def _end(task: Task, actor: Actor, state: TaskState, now: datetime, result: str) -> None:
    task.state, task.result, task.done_at = state, result, now
    task.done_by = person(actor)
    if task.owner is None and not task.automatic:
        task.owner = person(actor)
    task.began_at = task.began_at or now


def _mine(result: str, outcome: Mapping[str, str]) -> dict[str, Any]:
    shown = [f"{name} = {value}" for name, value in sorted(outcome.items())]
    return {"state": TaskState.DONE.value, "result": result, "outcome": shown}


def _outcome(task: Task, given: Mapping[str, str]) -> dict[str, str]:
    asked = {one["name"] for one in task.asks}
    return {
        name: clean_text(str(value).strip())[:LONGEST_VALUE]
        for name, value in given.items()
        if name in asked and str(value).strip()
    }


def _require_answers(task: Task, outcome: Mapping[str, str]) -> None:
    missing: Sequence[str] = [
        one["name"]
        for one in task.asks
        if one.get("required", True) and not outcome.get(one["name"])
    ]
    if missing:
        raise UsageError(
            "the playbook asks for an answer",
            code="task.outcome",
            where=", ".join(missing),
            fix="give a value: what comes next depends on it",
        )


def _require_stopped(task: Task) -> None:
    """Nobody ends a step while it acts: its own end would come second."""
    if task.automatic and task.state == TaskState.DOING:
        raise UsageError(
            "this step is acting by itself",
            code="task.automatic",
            where=f"task {task.pk}",
            fix="wait for its end",
        )
