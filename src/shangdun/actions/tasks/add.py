"""New tasks: for other actions' transactions, and by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max

from shangdun.actions.incident_changes import write_timeline
from shangdun.records.actor import JOBS, Actor
from shangdun.records.models import Incident, Task, TaskState, TimelineKind
from shangdun.records.models.runs import OVER
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

LONGEST_TITLE = 300


def add_task(
    incident: Incident,
    group: Group,
    title: str,
    instruction: str,
    at: datetime,
    *,
    due: datetime | None = None,
    source: str,
    title_en: str = "",
    instruction_en: str = "",
    target_minutes: int | None = None,
    depends: Iterable[int] = (),
    by: Actor = JOBS,
) -> Task:
    """A task that people do, in the caller's transaction; its entry in the timeline with it.

    ``title`` and ``instruction`` are Chinese where the English ones are given too; else they stand
    for both. ``due`` or ``target_minutes`` (from its opening) ends its timer. It opens at once,
    unless one of ``depends`` (rows of tasks of the same incident) is still to be done.
    """
    waits = waiting_for(incident, depends)
    task = Task.objects.create(
        incident=incident,
        source=source,
        group=group.value,
        title_zh=clean_text(title.strip())[:LONGEST_TITLE],
        title_en=clean_text((title_en or title).strip())[:LONGEST_TITLE],
        instruction_zh=clean_text(instruction.strip()),
        instruction_en=clean_text((instruction_en or instruction).strip()),
        state=TaskState.WAITING if waits else TaskState.OPEN,
        depends=waits,
        place=next_place(incident),
        created_at=at,
        opened_at=None if waits else at,
        target_minutes=target_minutes,
        due_at=due or due_of(None if waits else at, target_minutes),
    )
    data = told(task) | {"what": "added", "source": source}
    write_timeline(incident, by, TimelineKind.TASK, at, data=data)
    return task


def told(task: Task) -> dict[str, object]:
    """What an entry of the timeline says of a task, in both languages."""
    return {"task": task.pk, "zh": task.title_zh, "en": task.title_en, "group": str(task.group)}


def waiting_for(incident: Incident, depends: Iterable[int]) -> list[int]:
    """Those of the tasks that are of this incident and not over."""
    wanted = list(depends)
    if not wanted:
        return []
    rows = incident.tasks.filter(pk__in=wanted).exclude(state__in=OVER)
    return sorted(rows.values_list("pk", flat=True))


def next_place(incident: Incident) -> int:
    """After all that are there."""
    last = incident.tasks.aggregate(last=Max("place"))["last"]
    return 0 if last is None else int(last) + 1


def due_of(opened: datetime | None, minutes: int | None) -> datetime | None:
    """When the timer of a task ends."""
    return opened + timedelta(minutes=minutes) if opened and minutes else None
