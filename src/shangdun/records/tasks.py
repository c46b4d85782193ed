"""Tasks and runs as they are read: of one incident, of one person, overdue ones."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.records.access import require, visible_incidents
from shangdun.records.actor import Actor, System
from shangdun.records.models import (
    Incident,
    Playbook,
    PlaybookRun,
    PlaybookVersion,
    RunState,
    StepAttempt,
    Task,
    TaskState,
    User,
)
from shangdun.records.playbooks import newest
from shangdun.records.roles import Capability, Role
from shangdun.respond.groups import Group
from shangdun.respond.state import State

ASKING = Q(state__in=(TaskState.OPEN, TaskState.DOING)) | Q(state=TaskState.FAILED, held=True)
"""What asks for somebody; a failed task that is held waits for a person's word."""
UNFINISHED = ASKING | Q(state=TaskState.WAITING)


def visible_tasks(actor: Actor) -> QuerySet[Task]:
    """Tasks of every incident, in the board's order."""
    require(actor, Capability.VIEW_INCIDENTS)
    return Task.objects.select_related("owner").order_by("place", "pk")


def tasks_of(actor: Actor, incident: Incident) -> QuerySet[Task]:
    """The board of one incident."""
    return visible_tasks(actor).filter(incident=incident)


def get_task(actor: Actor, task_id: int) -> Task:
    """One task with its incident; raises ``NotFound``."""
    rows = visible_tasks(actor).select_related("incident", "owner", "run", "done_by")
    task = rows.filter(pk=task_id).first()
    if task is None:
        raise NotFound(f"there is no task {task_id}", fix="see the board")
    return task


def get_task_to_work(actor: Actor, task_id: int) -> Task:
    """The task, for somebody who may work on it; raises ``NotAllowed`` (``task.group``)."""
    task = get_task(actor, task_id)
    if not works_on(actor, task):
        raise NotAllowed(
            f"this task is {task.group}'s",
            code="task.group",
            where=f"task {task.pk}",
            fix="ask its group, or have it handed to you",
        )
    return task


def works_on(actor: Actor, task: Task) -> bool:
    """A group's tasks are its members'; leadership may do all; so may whom one was handed to."""
    if isinstance(actor, System):
        return True
    if not actor.can(Capability.WORK_TASKS):
        return False
    return task.owner_id == actor.pk or bool({Role(task.group), Role.LEADERSHIP} & actor.roles)


def groups_of(user: User) -> list[Group]:
    """The plan's groups that somebody belongs to, in the plan's order."""
    return [group for group in Group if Role(group.value) in user.roles]


def my_tasks(user: User) -> QuerySet[Task]:
    """What waits for somebody: his own, and those of his groups that nobody took.

    The soonest due first; of open incidents, drills among them.
    """
    require(user, Capability.VIEW_INCIDENTS)
    if not user.can(Capability.WORK_TASKS):
        return Task.objects.none()
    groups = [group.value for group in groups_of(user)]
    mine = Q(owner=user) | Q(owner=None, group__in=groups)
    acting = ~Q(automatic="") & Q(state=TaskState.DOING)
    return (
        Task.objects.filter(mine & ASKING & ~acting)
        .exclude(incident__state=State.CLOSED.value)
        .select_related("incident", "owner")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def workers(actor: Actor) -> list[User]:
    """Active people who may work on tasks, for the choice of whom to hand one to."""
    require(actor, Capability.WORK_TASKS)
    people = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    return [user for user in people if user.can(Capability.WORK_TASKS)]


def runs_of(actor: Actor, incident: Incident) -> QuerySet[PlaybookRun]:
    """The playbooks of one incident, in the order they began."""
    require(actor, Capability.VIEW_INCIDENTS)
    return PlaybookRun.objects.filter(incident=incident).order_by("number")


def get_run(actor: Actor, run_id: int) -> PlaybookRun:
    """One run with its incident; raises ``NotFound``."""
    require(actor, Capability.VIEW_INCIDENTS)
    incidents = visible_incidents(actor)
    rows = PlaybookRun.objects.select_related("incident").filter(incident__in=incidents)
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"there is no run {run_id}", fix="see the board")
    return run


def overdue_tasks(now: datetime) -> QuerySet[Task]:
    """Tasks of people whose timer has ended, the longest overdue first."""
    return (
        Task.objects.filter(ASKING, due_at__lte=now)
        .exclude(incident__state=State.CLOSED.value)
        .select_related("incident", "owner")
        .order_by("due_at", "pk")
    )


def due_runs(now: datetime) -> QuerySet[PlaybookRun]:
    """Runs whose course goes on by the clock; those of closed incidents rest."""
    rows = PlaybookRun.objects.filter(state=RunState.RUNNING, due_at__lte=now)
    rows = rows.exclude(incident__state=State.CLOSED.value)
    return rows.select_related("incident").order_by("due_at", "pk")


def acting_tasks() -> list[int]:
    """Rows of automatic steps that may act, the longest waiting first; none of closed incidents."""
    rows = Task.objects.filter(~Q(automatic=""), state=TaskState.DOING, run__state=RunState.RUNNING)
    rows = rows.exclude(incident__state=State.CLOSED.value)
    return list(rows.order_by("began_at", "pk").values_list("pk", flat=True)[:50])


def first_claim(attempt: StepAttempt) -> datetime:
    """When what the attempt repeats was first begun."""
    rows = StepAttempt.objects.filter(task=attempt.task_id, key=attempt.key).order_by("number")
    first = rows.values_list("claimed_at", flat=True).first()
    return first or attempt.claimed_at


def playbooks_to_begin(actor: Actor, incident: Incident) -> list[PlaybookVersion]:
    """The newest versions of playbooks in use: those for the incident's type first."""
    require(actor, Capability.ORDER_INCIDENTS, Capability.HANDLE_INCIDENTS)
    rows = Playbook.objects.filter(enabled=True).order_by("title_en", "pk")
    return newest(sorted(rows, key=lambda row: incident.type not in row.types))
