"""What hangs on a subtask: its milestones, and the tasks above it, whose state is theirs below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from shangdun.actions.programmes.changes import day_of
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.records.models import LinkKind, PlanLink, PlanTask, PlanTaskKind, PlanTaskState
from shangdun.records.programmes import OVER


def settle(changed: Iterable[PlanTask], at: datetime) -> None:
    """After subtasks of one programme changed: milestones, tasks above, then all dates."""
    rows = list(changed)
    if not rows:
        return
    parents: dict[int, None] = {}
    for row in rows:
        _milestones_of(row, at)
        if row.parent_id is not None:
            parents[row.parent_id] = None
    for parent in parents:
        _up(parent, at)
    reschedule(rows[0].programme, at)


def settle_all(programme_tasks: Iterable[PlanTask], at: datetime) -> None:
    """The same for whole branches, deepest first; without reckoning the dates."""
    rows = sorted(programme_tasks, key=lambda row: -row.position)
    for row in rows:
        if row.kind == PlanTaskKind.MILESTONE:
            _reach(row, at)
    for row in rows:
        if row.kind == PlanTaskKind.TASK:
            _sum_up(row, at)


def _milestones_of(row: PlanTask, at: datetime) -> None:
    out = PlanLink.objects.filter(before=row, after__kind=PlanTaskKind.MILESTONE)
    for link in out.filter(after__archived_at=None).select_related("after"):
        _reach(link.after, at)


def _reach(milestone: PlanTask, at: datetime) -> None:
    """A milestone is reached when all that it waits for is done; it needs no word of anybody."""
    if milestone.state == PlanTaskState.DROPPED or milestone.criteria.filter(archived_at=None):
        return
    links = PlanLink.objects.filter(after=milestone, kind=LinkKind.FINISH_START)
    before = [
        link.before
        for link in links.filter(before__archived_at=None).select_related("before")
        if link.before.state != PlanTaskState.DROPPED
    ]
    if not before:
        return
    _take_from(milestone, before, at)


def _up(parent: int | None, at: datetime) -> None:
    seen: set[int] = set()
    while parent is not None and parent not in seen:
        seen.add(parent)
        row = PlanTask.objects.get(pk=parent)
        _sum_up(row, at)
        parent = row.parent_id


def _sum_up(task: PlanTask, at: datetime) -> None:
    """A task that holds others is as they are; one that holds none is its own."""
    children = task.children.filter(archived_at=None).exclude(kind=PlanTaskKind.MILESTONE)
    counted = [one for one in children if one.state != PlanTaskState.DROPPED]
    if counted and task.state != PlanTaskState.DROPPED:
        _take_from(task, counted, at)


def _take_from(row: PlanTask, parts: Sequence[PlanTask], at: datetime) -> None:
    done = all(part.state in OVER for part in parts)
    begun = [part.began_on for part in parts if part.began_on]
    row.progress = _progress(parts)
    row.began_on = min(begun, default=None)
    if done:
        row.state = PlanTaskState.DONE
        row.done_on = _last(parts, at)
        row.proven = all(part.proven for part in parts)
    else:
        some = row.kind == PlanTaskKind.TASK and any(
            part.state != PlanTaskState.TODO for part in parts
        )
        row.state = PlanTaskState.DOING if some else PlanTaskState.TODO
        row.done_on, row.proven, row.unproven_since = None, False, None
    if row.kind == PlanTaskKind.MILESTONE:
        row.progress, row.began_on = (100, row.done_on) if done else (0, None)
    row.save(update_fields=["state", "progress", "began_on", "done_on", "proven", "unproven_since"])
    if row.kind == PlanTaskKind.TASK:
        _milestones_of(row, at)


def _progress(parts: Sequence[PlanTask]) -> int:
    """Weighted by length; whole only when all is done."""
    weights = [max(1, part.days) for part in parts]
    each = zip(parts, weights, strict=True)
    total = sum(weight * (100 if part.state in OVER else part.progress) for part, weight in each)
    return total // sum(weights)


def _last(parts: Sequence[PlanTask], at: datetime) -> date:
    return max((part.done_on for part in parts if part.done_on), default=day_of(at))
