"""Who hears of tasks: groups of what they can begin, people of what they were handed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.ids import content_id
from shangdun.records.messages import console_zone
from shangdun.records.models import Incident, Task
from shangdun.respond.groups import Group


def opened(tasks: Iterable[Task], at: datetime) -> None:
    """One message to each group, however many of its tasks can begin now."""
    by_group: dict[str, list[Task]] = {}
    for task in tasks:
        if not task.automatic and task.owner_id is None and task.opened_at:
            by_group.setdefault(task.group, []).append(task)
    for group, ready in by_group.items():
        if len(ready) == 1:
            _say("task_assigned", ready[0], f"opened:{ready[0].version}", at, (Group(group),))
            continue
        said = content_id(*(f"{one.pk}:{one.version}" for one in ready))
        data = {
            "number_of_tasks": len(ready),
            "tasks": [{"zh": one.title_zh, "en": one.title_en} for one in ready],
        }
        groups = (Group(group),)
        notice = Notice("tasks_ready", ready[0].incident, groups, f"tasks:{said}", data=data)
        queue_message(notice, at)


def handed(task: Task, at: datetime) -> None:
    """To whom it was handed: a person, or the whole of a group."""
    groups = () if task.owner_id else (Group(task.group),)
    people = (task.owner_id,) if task.owner_id else ()
    _say("task_assigned", task, f"handed:{task.version}", at, groups, people)


def failed(task: Task, at: datetime) -> None:
    """It waits for somebody who repeats or skips it."""
    _say("task_failed", task, f"failed:{task.version}", at, (Group(task.group),))


def overdue(task: Task, at: datetime, *, leadership: bool = False) -> None:
    """To its owner, or its group; then to leadership."""
    if leadership:
        _say("task_overdue", task, f"escalated:{_due(task)}", at, (Group.LEADERSHIP,))
    elif task.owner_id:
        _say("task_overdue", task, f"overdue:{_due(task)}", at, (), (task.owner_id,))
    else:
        _say("task_overdue", task, f"overdue:{_due(task)}", at, (Group(task.group),))


def _say(
    kind: str,
    task: Task,
    key: str,
    at: datetime,
    groups: tuple[Group, ...],
    people: tuple[int, ...] = (),
) -> None:
    incident: Incident = task.incident
    urgent = kind != "task_assigned"
    data: dict[str, Any] = {
        "task": {"zh": task.title_zh, "en": task.title_en},
        "instruction": {"zh": task.instruction_zh, "en": task.instruction_en},
        "due": _due(task),
        "owner": (task.owner.get_full_name() or task.owner.username) if task.owner else "",
        "reason": task.result,
        "group": task.group,
    }
    queue_message(
        Notice(
            kind,
            incident,
            groups,
            f"task:{task.pk}:{key}",
            people=people,
            urgency="urgent" if urgent else "normal",
            data=data,
        ),
        at,
    )


def _due(task: Task) -> str:
    return f"{task.due_at.astimezone(console_zone()):%Y-%m-%d %H:%M}" if task.due_at else ""
