"""Who and what works on which task, and how much of the day."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.resources.keep import next_number
from shangdun.actions.schedule.editing import open_programme, open_task
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Assignment,
    PlanTask,
    PlanTaskKind,
    Programme,
    Resource,
    ResourceKind,
    User,
)
from shangdun.records.resources import get_resource, unassigned_tasks
from shangdun.records.roles import Capability

MOST = 50
"""People and materials of one task."""


@action(Capability.MANAGE_PROGRAMMES)
def do_assign(
    actor: Actor, *, task_id: int, number: int, amount: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Assignment | None]:
    """So much of a person's day (per cent), or so many of a material; 0 takes it off the task.

    Raises ``UsageError`` (``resource.amount``, ``resource.task``, ``schedule.closed``).
    """
    task, resource = open_task(actor, task_id), get_resource(actor, number)
    _fits(task, resource, amount)
    held = Assignment.objects.filter(task=task, resource=resource).first()
    if (held.amount if held else 0) == amount:
        return Unchanged(held)
    now = clock.now()
    kept = put(task, resource, amount)
    payload = {"programme": task.programme.number, "task": task.code, "resource": resource.name,
               "amount": amount, "before": held.amount if held else 0}  # fmt: skip
    return Done(kept, ("plan_task", task.pk), now, payload)


def put(task: PlanTask, resource: Resource, amount: int) -> Assignment | None:
    """The assignment as it is wanted; None: it is gone."""
    if not amount:
        Assignment.objects.filter(task=task, resource=resource).delete()
        return None
    found, _made = Assignment.objects.update_or_create(
        task=task, resource=resource, defaults={"amount": amount}
    )
    return found


@action(Capability.MANAGE_PROGRAMMES)
def do_assign_owners(
    actor: Actor, *, number: int, share: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Every subtask that nobody works on takes this share of its owner's day; how many."""
    programme = open_programme(actor, number)
    if not 1 <= share <= 100:
        raise UsageError("no such share", code="resource.amount", fix="1 to 100 per cent")
    now = clock.now()
    made = assign_owners(programme, share, now)
    if not made:
        return Unchanged(0)
    payload = {"assigned": made, "share": share}
    return Done(made, ("programme", programme.number), now, payload)


def assign_owners(programme: Programme, share: int, at: datetime) -> int:
    """The same within a caller's transaction."""
    tasks = list(unassigned_tasks(programme).exclude(owner=None))
    people = {one.owner_id: person_of(one.owner, at) for one in tasks if one.owner is not None}
    for task in tasks:
        put(task, people[task.owner_id], share)
    return len(tasks)


def person_of(user: User, at: datetime) -> Resource:
    """The person of an account, made where there is none."""
    found = Resource.objects.filter(user=user).first()
    if found is not None:
        return found
    name = (user.get_full_name() or user.username)[:200]
    return Resource.objects.create(
        number=next_number(), kind=ResourceKind.PERSON, name=name, user=user, created_at=at
    )


def _fits(task: PlanTask, resource: Resource, amount: int) -> None:
    if task.kind == PlanTaskKind.MILESTONE or task.children.filter(archived_at=None).exists():
        raise UsageError(
            "nobody works on it itself", code="resource.task", where=f"{task}",
            fix="assign to its subtasks",
        )  # fmt: skip
    most = 100 if resource.kind == ResourceKind.PERSON else 1_000_000
    if not 0 <= amount <= most:
        raise UsageError("no such share", code="resource.amount", fix=f"0 to {most}")
    if amount and resource.archived_at:
        raise UsageError("it is there no more", code="resource.archived", where=resource.name,
                         fix="choose another")  # fmt: skip
    others = task.assignments.exclude(resource=resource).count()
    if amount and others >= MOST:
        raise UsageError("too many", code="resource.many", fix=f"at most {MOST} for one task")
