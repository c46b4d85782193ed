"""Tasks by hand: added, changed in words and time, noted on."""

from __future__ import annotations

from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.tasks import telling
from shangdun.actions.tasks.add import LONGEST_TITLE, NewTask, place_task
from shangdun.actions.tasks.changes import (
    LONGEST_TEXT,
    check_version,
    done,
    reason_of,
    save_task,
    tell,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor
from shangdun.records.models import Task
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.tasks import get_task, get_task_to_work

MOST_TASKS = 2_000
"""Of one incident: a script that runs wild must not make its board useless."""
LONGEST_MINUTES = 60 * 24 * 366


class TaskChange(msgspec.Struct, kw_only=True):
    """The words of one language and the time of a task, as somebody wants them."""

    title: str
    instruction: str
    due: datetime | None
    language: str = "zh"
    """``zh`` or ``en``: the words that are changed; where both were the same, both are."""


@action(Capability.WORK_TASKS)
def do_add_task(
    actor: Actor, *, incident_id: int, wanted: NewTask, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Task]:
    """Put a task on the board; its group is told.

    Raises ``UsageError``: ``task.title``, ``task.minutes``, ``task.many``, ``incident.closed``.
    """
    now = clock.now()
    incident = get_incident(actor, incident_id)
    if not incident.is_open:
        raise UsageError(
            "a closed incident has no work", code="incident.closed", fix="reopen it first"
        )
    _require_title(wanted.title)
    if wanted.target_minutes is not None and not 0 < wanted.target_minutes <= LONGEST_MINUTES:
        raise UsageError("no such time", code="task.minutes", fix="a minute to a year")
    if incident.tasks.count() >= MOST_TASKS:
        raise UsageError(
            "this incident has too many tasks", code="task.many", fix="finish some, or join them"
        )
    task = place_task(incident, wanted, now, by=actor)
    telling.opened([task], now)
    payload = {
        "incident": incident.number,
        "group": task.group,
        "title_sha256": sealed(task.title_zh),
    }
    return Done(task, ("task", task.pk), now, payload)


@action(Capability.WORK_TASKS)
def do_edit_task(
    actor: Actor,
    *,
    task_id: int,
    change: TaskChange,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Task]:
    """Change what a task says, or when it is due; both versions are shown to who came second."""
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    title, instruction = clean_text(change.title.strip()), clean_text(change.instruction.strip())
    _require_title(title)
    key = "" if change.language == "zh" else "_en"
    due = change.due.isoformat() if change.due else ""
    check_version(
        task, version, {f"title{key}": title, f"instruction{key}": instruction, "due": due}
    )
    fields = _worded(task, title, instruction[:LONGEST_TEXT], change.language)
    if task.due_at != change.due:
        task.due_at, task.reminded_at, task.escalated_at = change.due, None, None
        fields += ["due_at", "reminded_at", "escalated_at"]
    if not fields:
        return Unchanged(task)
    save_task(task, *fields)
    changed = sorted({name.removesuffix("_zh").removesuffix("_en") for name in fields})
    changed = [name for name in changed if name in {"title", "instruction", "due_at"}]
    tell(task, actor, "edited", now, changed=changed)
    return done(task, now, text=f"{title}\n{instruction}", changed=changed, due=due)


@action(Capability.WORK_TASKS)
def do_note_task(
    actor: Actor, *, task_id: int, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Task]:
    """Say something about a task; it stands in its history and the incident's timeline."""
    now = clock.now()
    task = get_task(actor, task_id)
    said = reason_of(text)
    tell(task, actor, "noted", now, text=said)
    return done(task, now, text=said)


def _require_title(title: str) -> None:
    if not title.strip():
        raise UsageError("a task needs a title", code="task.title", fix="say what is to do")
    if len(title) > LONGEST_TITLE:
        raise UsageError(
            f"a title has at most {LONGEST_TITLE} characters",
            code="task.title",
            fix="say the rest in the instruction",
        )


def _worded(task: Task, title: str, instruction: str, language: str) -> list[str]:
    """Set the words of one language; of both, where they were the same."""
    changed: list[str] = []
    for name, text in (("title", title), ("instruction", instruction)):
        zh, en = getattr(task, f"{name}_zh"), getattr(task, f"{name}_en")
        languages = ("zh", "en") if zh == en else (language,)
        for one in languages:
            if getattr(task, f"{name}_{one}") != text:
                setattr(task, f"{name}_{one}", text)
                changed.append(f"{name}_{one}")
    return changed
