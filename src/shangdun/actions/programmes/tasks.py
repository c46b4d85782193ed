"""The tasks of a programme: adding, changing, moving, taking them out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.programmes.changes import (
    TASK,
    checked_person,
    checked_text,
    checked_title,
    fields_of,
    living,
    open_programme,
    open_task,
    save,
    task_done,
)
from shangdun.actions.programmes.create import checked_start
from shangdun.actions.programmes.order import (
    checked_parent,
    descendants,
    next_position,
    renumber,
)
from shangdun.actions.programmes.settle import settle
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import PlanLink, PlanTask, PlanTaskKind
from shangdun.records.programmes import get_task
from shangdun.records.roles import Capability

MOST_DAYS = 2_500
"""Ten years of working days."""


class NewTask(msgspec.Struct, kw_only=True, frozen=True):
    """A task as somebody wants it."""

    title: str
    description: str = ""
    reason: str = ""
    expected: str = ""
    needed: str = ""
    owner: int | None = None
    importance: int = 3
    urgency: int = 3
    days: int = 1
    not_before: date | None = None
    due: date | None = None


@action(Capability.MANAGE_PROGRAMMES)
def do_add_plan_task(
    actor: Actor,
    wanted: NewTask,
    *,
    number: int,
    kind: str = PlanTaskKind.SUBTASK,
    parent: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """Add a task, subtask or milestone at the end of its branch; a second click meets the first."""
    now = clock.now()
    programme = open_programme(actor, number)
    if kind not in PlanTaskKind.values:
        raise UsageError("there is no such kind of task", code="plan_task.kind", where="kind")
    values = _checked(wanted, kind)
    parent = checked_parent(programme, parent, None)
    same = programme.tasks.filter(
        archived_at=None, parent_id=parent, kind=kind, title=values["title"]
    )
    if (twin := same.first()) is not None:
        if fields_of(twin) == values:
            return Unchanged(twin)
        raise UsageError(
            "there is one of this title here", code="plan_task.taken", where="title",
            fix="change that one, or choose another title",
        )  # fmt: skip
    task = PlanTask.objects.create(
        programme=programme, parent_id=parent, kind=kind, position=next_position(programme),
        code="", **values,
    )  # fmt: skip
    renumber(programme)
    settle([task], now)
    task.refresh_from_db()
    return task_done(task, now, {"kind": kind, "days": task.days})


@action(Capability.MANAGE_PROGRAMMES)
def do_change_plan_task(
    actor: Actor,
    wanted: NewTask,
    *,
    task_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """Change what is said about a task; its dates and those that hang on it follow."""
    now = clock.now()
    values = _checked(wanted, get_task(actor, task_id).kind)
    if fields_of(get_task(actor, task_id)) == values:
        return Unchanged(get_task(actor, task_id))
    task = open_task(actor, task_id, version, values)
    before = fields_of(task)
    for name, value in values.items():
        setattr(task, name, value)
    save(task, *TASK)
    if any(before[name] != values[name] for name in ("days", "not_before", "due")):
        settle([task], now)
    changed = sorted(name for name in TASK if before[name] != values[name])
    payload: dict[str, Any] = {"changed": changed, "owner": task.owner_id or 0}
    payload["due"] = task.due.isoformat() if task.due else ""
    payload["text_sha256"] = sealed(f"{task.description}\n{task.expected}\n{task.needed}")
    return task_done(task, now, payload)


@action(Capability.MANAGE_PROGRAMMES)
def do_move_plan_task(
    actor: Actor,
    *,
    task_id: int,
    place: int,
    parent: int | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """Hang a task with all below it elsewhere, at ``place`` (from 0) among those beside it."""
    now = clock.now()
    task = open_task(actor, task_id, version, {"parent": parent, "place": place})
    former, before = task.parent_id, (task.parent_id, task.code)
    task.parent_id = checked_parent(task.programme, parent, task)
    task.save(update_fields=["parent"])
    renumber(task.programme, task.pk, place)
    task.refresh_from_db()
    if (task.parent_id, task.code) == before:
        return Unchanged(task)
    save(task, "parent")
    left = PlanTask.objects.filter(parent_id=former, archived_at=None).first() if former else None
    settle([task, left] if left is not None else [task], now)
    return task_done(task, now, {"was": before[1]})


@action(Capability.MANAGE_PROGRAMMES)
def do_archive_plan_task(
    actor: Actor, *, task_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanTask]:
    """Take a task and all below it out of the programme; its links no longer bind anything."""
    now = clock.now()
    task = get_task(actor, task_id)
    if task.archived_at is not None:
        return Unchanged(task)
    task = open_task(actor, task_id, version)
    gone = [task.pk, *descendants(task)]
    code = task.code
    PlanTask.objects.filter(pk__in=gone).update(archived_at=now)
    task.archived_at = now
    save(task, "archived_at")
    renumber(task.programme)
    settle(_beside(task), now)
    return task_done(task, now, {"taken_out": len(gone), "code": code})


@action(Capability.MANAGE_PROGRAMMES)
def do_return_plan_task(
    actor: Actor, *, task_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanTask]:
    """Put a task back that was taken out, with what went with it."""
    now = clock.now()
    task = get_task(actor, task_id)
    if task.archived_at is None:
        return Unchanged(task)
    living(task.programme)
    checked_parent(task.programme, task.parent_id, task)
    gone = task.archived_at
    back = [task.pk, *_below(task, gone)]
    PlanTask.objects.filter(pk__in=back).update(archived_at=None)
    task.archived_at = None
    save(task, "archived_at")
    renumber(task.programme)
    task.refresh_from_db()
    settle([task], now)
    return task_done(task, now, {"back": len(back)})


def _below(task: PlanTask, gone: datetime) -> list[int]:
    found: list[int] = []
    waiting = [task.pk]
    while waiting:
        rows = PlanTask.objects.filter(parent_id__in=waiting, archived_at=gone)
        waiting = list(rows.values_list("pk", flat=True))
        found += waiting
    return found


def _beside(task: PlanTask) -> list[PlanTask]:
    """Whose settling covers what is above a task that went, and what waited for it."""
    rows = list(PlanTask.objects.filter(parent_id=task.parent_id, archived_at=None)[:1])
    waited = PlanLink.objects.filter(before=task, after__archived_at=None)
    rows += [
        link.after for link in waited.select_related("after__programme") if link.after not in rows
    ]
    return [row for row in rows if row.programme_id == task.programme_id] or [task]


def _checked(wanted: NewTask, kind: str) -> dict[str, Any]:
    for name, value in (("importance", wanted.importance), ("urgency", wanted.urgency)):
        if not 1 <= value <= 5:
            raise UsageError(
                "a scale of 1 to 5", code="plan_task.scale", where=name, fix="1 is least"
            )
    milestone = kind == PlanTaskKind.MILESTONE
    if not milestone and not 1 <= wanted.days <= MOST_DAYS:
        raise UsageError(
            "no such length", code="plan_task.days", where="days",
            fix=f"1 to {MOST_DAYS:,} working days",
        )  # fmt: skip
    for day in (wanted.not_before, wanted.due):
        if day is not None:
            checked_start(day)
    return {
        "title": checked_title(wanted.title, "plan_task.title"),
        "description": checked_text(wanted.description, "description"),
        "reason": checked_text(wanted.reason, "reason"),
        "expected": checked_text(wanted.expected, "expected"),
        "needed": checked_text(wanted.needed, "needed"),
        "owner_id": checked_person(wanted.owner, "owner"),
        "importance": wanted.importance,
        "urgency": wanted.urgency,
        "days": 0 if milestone else wanted.days,
        "not_before": wanted.not_before,
        "due": wanted.due,
    }
