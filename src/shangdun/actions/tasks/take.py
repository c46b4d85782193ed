"""Who does a task: taken by somebody, handed to somebody or to another group."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.tasks import telling
from shangdun.actions.tasks.changes import (
    check_version,
    conflict,
    done,
    require_reached,
    save_task,
    tell,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Task, TaskState, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.tasks import get_task_to_work, workers
from shangdun.respond.groups import Group


@action(Capability.WORK_TASKS)
def do_take_task(
    actor: User, *, task_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Task]:
    """Make the task the actor's own and begin it.

    Clicking twice is harmless; the second of two people is told who was faster, and takes it over
    only by naming the present ``version``.
    """
    task = get_task_to_work(actor, task_id)
    if task.owner_id == actor.pk and task.state == TaskState.DOING:
        return Unchanged(task)
    require_reached(task)
    if task.automatic and task.state != TaskState.FAILED:
        raise UsageError(
            "this step acts by itself",
            code="task.automatic",
            where=f"task {task.pk}",
            fix="wait for it, or do it by hand where it fails",
        )
    stale = version is not None and version != task.version
    taken = task.owner_id not in {None, actor.pk}
    if stale or (taken and version is None):
        raise conflict(task, version, {"owner": actor.username, "state": TaskState.DOING.value})
    now = clock.now()
    before = task.owner
    task.owner = actor
    fields = ["owner"]
    if task.state == TaskState.OPEN:
        task.state = TaskState.DOING
        fields.append("state")
    if task.began_at is None:
        task.began_at = now
        fields.append("began_at")
    save_task(task, *fields)
    tell(task, actor, "taken", now, over=before.username if before else "")
    return done(task, now, owner=actor.pk)


@action(Capability.WORK_TASKS)
def do_hand_task(
    actor: Actor,
    *,
    task_id: int,
    person_id: int | None = None,
    group: Group | None = None,
    note: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """Give the task to somebody who may work on tasks, or back to a group; they are told.

    Raises ``UsageError`` (``task.whom``) unless exactly one of the two is named.
    """
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    if person_id is not None and group is None:
        return _to_person(actor, task, person_id, (note, version, now))
    if person_id is not None or group is None:
        raise UsageError("say to whom", code="task.whom", fix="name a person or a group")
    mine = {"group": group.value, "owner": ""}
    check_version(task, version, mine)
    _require_unfinished(task)
    if task.group == group.value and task.owner_id is None:
        return Unchanged(task)
    task.group, task.owner = group.value, None
    fields = ["group", "owner"]
    if task.state == TaskState.DOING and not task.automatic:
        task.state = TaskState.OPEN
        fields.append("state")
    save_task(task, *fields)
    tell(task, actor, "handed_group", now, text=clean_text(note.strip()))
    telling.handed(task, now)
    return done(task, now, text=note, to_group=group.value)


def _to_person(
    actor: Actor, task: Task, person_id: int, how: tuple[str, int | None, datetime]
) -> Done[Task] | Unchanged[Task]:
    note, version, now = how
    whom = next((one for one in workers(actor) if one.pk == person_id), None)
    if whom is None:
        raise NotFound("this person works on no tasks", fix="choose one of the plan's groups")
    check_version(task, version, {"owner": whom.username})
    _require_unfinished(task)
    if task.owner_id == whom.pk:
        return Unchanged(task)
    task.owner = whom
    save_task(task, "owner")
    tell(task, actor, "handed", now, text=clean_text(note.strip()), to=whom.username)
    telling.handed(task, now)
    return done(task, now, text=note, to=whom.pk)


def _require_unfinished(task: Task) -> None:
    if task.is_over:
        raise UsageError(
            "this task is over", code="task.over", where=f"task {task.pk}", fix="reopen it first"
        )
