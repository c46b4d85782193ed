"""New tasks, in another action's transaction: of orders, injects, runs and people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.incident_changes import write_timeline
from shangdun.records.actor import JOBS, Actor
from shangdun.records.models import Incident, Task, TaskState, TimelineKind
from shangdun.records.models.runs import OVER
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

LONGEST_TITLE = 300


class NewTask(msgspec.Struct, kw_only=True):
    """What a group is to do. The Chinese words stand for both languages where no English is."""

    group: Group
    title: str
    title_en: str = ""
    instruction: str = ""
    instruction_en: str = ""
    source: str
    """``order:NUMBER``, ``person``, ``drill:NUMBER`` …"""
    due: datetime | None = None
    target_minutes: int | None = None
    """From its opening; ``due`` goes before."""
    depends: tuple[int, ...] = ()
    """Rows of tasks of the same incident that must be over first."""


def add_task(
    incident: Incident,
    group: Group,
    title: str,
    instruction: str,
    at: datetime,
    due: datetime | None = None,
    source: str = "order",
) -> Task:
    """A task that opens at once, in one language, on the system's behalf."""
    wanted = NewTask(group=group, title=title, instruction=instruction, source=source, due=due)
    return place_task(incident, wanted, at)


def place_task(incident: Incident, wanted: NewTask, at: datetime, by: Actor = JOBS) -> Task:
    """A task at the end of the board with its entry in the timeline, in the caller's transaction.

    It opens at once, unless one of the tasks that it depends on is still to be done.
    """
    waits = _still_to_do(incident, wanted.depends)
    opened = None if waits else at
    task = Task.objects.create(
        incident=incident,
        source=wanted.source[:60],
        group=wanted.group.value,
        title_zh=clean_text(wanted.title.strip())[:LONGEST_TITLE],
        title_en=clean_text((wanted.title_en or wanted.title).strip())[:LONGEST_TITLE],
        instruction_zh=clean_text(wanted.instruction.strip()),
        instruction_en=clean_text((wanted.instruction_en or wanted.instruction).strip()),
        state=TaskState.WAITING if waits else TaskState.OPEN,
        depends=waits,
        place=next_place(incident),
        created_at=at,
        opened_at=opened,
        target_minutes=wanted.target_minutes,
        due_at=wanted.due or due_of(opened, wanted.target_minutes),
    )
    data = told(task, "added") | {"source": task.source}
    write_timeline(incident, by, TimelineKind.TASK, at, data=data)
    return task


def told(task: Task, what: str) -> dict[str, Any]:
    """What an entry of the timeline says of a task, in both languages."""
    words = {"zh": task.title_zh, "en": task.title_en}
    return {"what": what, "task": task.pk, "group": str(task.group), **words}


def next_place(incident: Incident) -> int:
    """After all that are on the board."""
    last = incident.tasks.aggregate(last=Max("place"))["last"]
    return 0 if last is None else int(last) + 1


def due_of(opened: datetime | None, minutes: int | None) -> datetime | None:
    """When the timer of a task ends."""
    return opened + timedelta(minutes=minutes) if opened and minutes else None


def _still_to_do(incident: Incident, depends: tuple[int, ...]) -> list[int]:
    if not depends:
        return []
    rows = incident.tasks.filter(pk__in=depends).exclude(state__in=OVER)
    return sorted(rows.values_list("pk", flat=True))
