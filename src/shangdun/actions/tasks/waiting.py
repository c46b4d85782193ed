"""Tasks by hand that wait for others: opened when those are over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from shangdun.actions.tasks import telling
from shangdun.actions.tasks.add import due_of
from shangdun.actions.tasks.changes import save_task, tell
from shangdun.records.actor import JOBS
from shangdun.records.models import Incident, Task, TaskState
from shangdun.records.models.runs import OVER

IS_OVER = Q(state__in=OVER) | Q(state=TaskState.FAILED, held=False)


def open_waiting(incident: Incident, at: datetime) -> None:
    """Open the incident's tasks whose last one before is over, in the caller's transaction."""
    waiting = list(Task.objects.filter(incident=incident, run=None, state=TaskState.WAITING))
    if not waiting:
        return
    named = {before for task in waiting for before in task.depends}
    rows = Task.objects.filter(IS_OVER, pk__in=named)
    over = set(rows.values_list("pk", flat=True))
    opened = []
    for task in waiting:
        if set(task.depends) <= over:
            task.incident = incident
            task.state, task.opened_at = TaskState.OPEN, at
            task.due_at = task.due_at or due_of(at, task.target_minutes)
            save_task(task, "state", "opened_at", "due_at")
            tell(task, JOBS, "ready", at)
            opened.append(task)
    telling.opened(opened, at)
