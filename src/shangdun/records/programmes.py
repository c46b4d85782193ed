"""Programmes as they are read: who may see which, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import PlanTask, PlanTaskKind, PlanTaskState, Programme, User
from shangdun.records.roles import Capability

OVER = (PlanTaskState.DONE, PlanTaskState.DROPPED)
LONG_TEXTS = ("description", "reason", "expected", "needed", "done_reason", "delay_reason")
"""What a list of thousands does not read."""


def visible_programmes(actor: Actor, *, archived: bool = False) -> QuerySet[Programme]:
    """All of them by number; on request those that were archived."""
    require(actor, Capability.VIEW_PROGRAMMES)
    rows = Programme.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("author", "reviewer", "approver", "document").order_by("number")


def get_programme(actor: Actor, number: int) -> Programme:
    """One by its number, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_PROGRAMMES)
    rows = Programme.objects.select_related("author", "reviewer", "approver", "document")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no programme {number}", fix="see the list of programmes")
    return found


def visible_tasks(actor: Actor) -> QuerySet[PlanTask]:
    """Tasks of living programmes in their order; who only works on the plan sees what is hers."""
    rows = PlanTask.objects.filter(archived_at=None, programme__archived_at=None)
    rows = rows.select_related("programme", "owner", "parent")
    if actor.can(Capability.VIEW_PROGRAMMES):
        return rows
    require(actor, Capability.WORK_PLAN)
    return rows.filter(owner=person(actor))


def get_task(actor: Actor, task_id: int) -> PlanTask:
    """One task, also out of an archived programme for who sees all. Raises ``NotFound``."""
    rows = PlanTask.objects.select_related("programme", "owner", "parent", "done_by")
    if not actor.can(Capability.VIEW_PROGRAMMES):
        require(actor, Capability.WORK_PLAN)
        rows = rows.filter(owner=person(actor), archived_at=None, programme__archived_at=None)
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFound(f"there is no task {task_id}", fix="see the programme's page")
    return found


def tasks_of(programme: Programme) -> QuerySet[PlanTask]:
    """Its tasks in their order, without the archived; the programme was fetched with permission."""
    return programme.tasks.filter(archived_at=None).order_by("position", "pk")


def open_tasks() -> Q:
    """Neither done nor dropped."""
    return ~Q(state__in=OVER)


def is_late(task: PlanTask, today: date) -> bool:
    """Its promised day has passed and it is not done."""
    return task.state not in OVER and task.due is not None and task.due < today


def will_be_late(task: PlanTask) -> bool:
    """The schedule says it ends after its promised day; it is not late yet."""
    if task.state in OVER or task.due is None or task.ends_on is None:
        return False
    return task.ends_on > task.due


@dataclass(frozen=True)
class TaskStanding:
    """How a task of the plan stands, counted over the subtasks below it."""

    task: PlanTask
    total: int = 0
    """Without the dropped."""
    done: int = 0
    proven: int = 0
    """Of those done: by evidence that still holds."""
    lost: int = 0
    """Of those done: by evidence that holds no longer."""
    late: int = 0
    next_due: date | None = None
    """What is late is not counted: it was due."""


@dataclass(frozen=True)
class Standing:
    """How a programme stands on a day; every figure is a count of its subtasks."""

    programme: Programme
    tasks: tuple[TaskStanding, ...]
    milestones: tuple[PlanTask, ...]
    total: int
    done: int
    proven: int
    lost: int
    late: int
    next_due: date | None


def standing(programme: Programme, today: date) -> Standing:
    """Per task: done of total, proven, late, what is due next."""
    leaves = _leaves(programme)
    shown = tasks_of(programme).filter(Q(parent=None) | Q(kind=PlanTaskKind.MILESTONE))
    rows = list(shown.defer(*LONG_TEXTS))
    tasks = tuple(
        _stands(row, leaves.get(row.pk, []), today)
        for row in rows
        if row.parent_id is None and row.kind != PlanTaskKind.MILESTONE
    )
    dues = [one.next_due for one in tasks if one.next_due]
    return Standing(
        programme=programme,
        tasks=tasks,
        milestones=tuple(row for row in rows if row.kind == PlanTaskKind.MILESTONE),
        total=sum(one.total for one in tasks),
        done=sum(one.done for one in tasks),
        proven=sum(one.proven for one in tasks),
        lost=sum(one.lost for one in tasks),
        late=sum(one.late for one in tasks),
        next_due=min(dues, default=None),
    )


class _Leaf(NamedTuple):
    """What of a subtask is counted: thousands of whole rows would take a second."""

    state: str
    due: date | None
    proven: bool
    lost: bool


def _leaves(programme: Programme) -> dict[int, list[_Leaf]]:
    """The subtasks below each task at the top; one that stands at the top is its own."""
    roots: dict[int, int] = {}
    below: dict[int, list[_Leaf]] = {}
    fields = ("pk", "parent_id", "kind", "state", "due", "proven", "unproven_since")
    rows = tasks_of(programme).values_list(*fields)
    for pk, parent, kind, state, due, proven, since in rows:  # parents before their children
        root = roots[pk] = roots.get(parent, pk) if parent else pk
        if kind == PlanTaskKind.SUBTASK:
            below.setdefault(root, []).append(_Leaf(state, due, proven, since is not None))
    return below


def _stands(task: PlanTask, below: Iterable[_Leaf], today: date) -> TaskStanding:
    counted = [one for one in below if one.state != PlanTaskState.DROPPED]
    done = [one for one in counted if one.state == PlanTaskState.DONE]
    dues = [one.due for one in counted if one.due and one.state not in OVER]
    return TaskStanding(
        task=task,
        total=len(counted),
        done=len(done),
        proven=sum(one.proven and not one.lost for one in done),
        lost=sum(one.proven and one.lost for one in done),
        late=sum(due < today for due in dues),
        next_due=min((due for due in dues if due >= today), default=None),
    )


def owners(actor: Actor) -> list[User]:
    """Who may own tasks: everybody whose account is on."""
    require(actor, Capability.MANAGE_PROGRAMMES)
    return list(User.objects.filter(is_active=True).order_by("username"))
