"""What every change of a task does: check the version, save, say it in timeline and ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.actions.action import Done
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.tasks.add import told
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Task, TaskState, TimelineKind
from shangdun.records.stored_text import clean_text

LONGEST_TEXT = 20_000


def check_version(task: Task, version: int | None, mine: dict[str, Any]) -> None:
    """Raise ``EditConflict`` where the task changed since ``version``; None asks for no check."""
    if version is not None and version != task.version:
        raise conflict(task, version, mine)


def conflict(task: Task, version: int | None, mine: dict[str, Any]) -> EditConflict:
    """Both versions of a task: what somebody wanted, and how it stands."""
    return EditConflict(
        "somebody changed this task meanwhile",
        where=f"task {task.pk}",
        mine={"version": version, **mine},
        theirs=standing(task),
    )


def standing(task: Task) -> dict[str, Any]:
    """How a task stands, for showing beside what was wanted."""
    return {
        "version": task.version,
        "state": task.state,
        "owner": task.owner.username if task.owner else "",
        "group": task.group,
        "result": task.result,
        "title": task.title_zh,
        "title_en": task.title_en,
        "instruction": task.instruction_zh,
        "instruction_en": task.instruction_en,
        "due": task.due_at.isoformat() if task.due_at else "",
        "outcome": [f"{name} = {value}" for name, value in sorted(task.outcome.items())],
    }


def require_reached(task: Task) -> None:
    """Raise ``UsageError``: ``task.waiting`` before its turn, ``task.over`` after it."""
    if task.state == TaskState.WAITING:
        raise UsageError(
            "this task waits for others",
            code="task.waiting",
            where=f"task {task.pk}",
            fix="do or skip those first",
        )
    if task.is_over:
        raise UsageError(
            "this task is over", code="task.over", where=f"task {task.pk}", fix="reopen it first"
        )


def reason_of(text: str) -> str:
    """A reason as it is kept; raises ``UsageError`` (``task.reason``) for none."""
    reason = clean_text(text.strip())[:LONGEST_TEXT]
    if not reason:
        raise UsageError("a reason is needed", code="task.reason", fix="say why in a sentence")
    return reason


def save_task(task: Task, *fields: str) -> None:
    """Write the fields and count the version up."""
    task.version += 1
    task.save(update_fields=[*fields, "version"])


def tell(
    task: Task, actor: Actor, what: str, at: datetime, *, text: str = "", **data: object
) -> None:
    """The task's entry in its incident's timeline."""
    kind = TimelineKind.STEP if task.automatic else TimelineKind.TASK
    write_timeline(task.incident, actor, kind, at, text=text, data=told(task, what) | data)


def done(task: Task, at: datetime, *, text: str = "", **payload: Any) -> Done[Task]:  # noqa: ANN401  what the ledger takes
    """The task for the caller, and what the ledger says of it."""
    said = {"incident": task.incident.number, "state": str(task.state), **payload}
    if text:
        said["text_sha256"] = sealed(text)
    return Done(task, ("task", task.pk), at, said)
