"""Tasks, runs and automatic steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from tests.playbook_runs import Book

from shangdun.actions.tasks.add import NewTask, place_task
from shangdun.actions.tasks.begin import begin_run
from shangdun.actions.tasks.edit import TaskChange
from shangdun.actions.tasks.finish import Ended
from shangdun.actions.tasks.steps import Acted
from shangdun.records.actor import JOBS
from shangdun.records.models import PlaybookRun, StepAttempt, Task
from shangdun.records.roles import Role
from shangdun.respond.groups import Group

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
Call = tuple[tuple[Any, ...], dict[str, Any]]


def _task(world: Any, **changes: Any) -> Task:
    """Of technical support: leadership may do it too."""
    wanted = NewTask(group=Group.TECHNICAL_SUPPORT, title="stop it", source="person")
    with transaction.atomic():
        task = place_task(world.incident, wanted, NOW)
    Task.objects.filter(pk=task.pk).update(**changes)
    return task


def _run(world: Any, book: Book) -> PlaybookRun:
    with transaction.atomic():
        return begin_run(world.incident, book.stored(), NOW)


def _stepping(world: Any, name: str, **how: Any) -> Task:
    book = Book(name).task("act", automatic={"kind": "collect", "query": "entities"}, **how)
    run = _run(world, book.chain("start", "act", "end"))
    return run.tasks.get()


def _of_task(**more: Any) -> Any:
    return lambda world: ((), {"task_id": _task(world).pk, **more})


def _add_task(world: Any) -> Call:
    wanted = NewTask(group=Group.LEGAL, title="read the contract", source="person")
    return (), {"incident_id": world.incident.pk, "wanted": wanted}


def _hand_task(world: Any) -> Call:
    return (), {"task_id": _task(world).pk, "group": Group.LEGAL}


def _reopen_task(world: Any) -> Call:
    return (), {"task_id": _task(world, state="done").pk, "reason": "not yet"}


def _let_act(world: Any) -> Call:
    return (), {"task_id": _stepping(world, "let", confirm=True).pk}


def _claim_step(world: Any) -> Call:
    task = _stepping(world, "claim")
    return (), {"task_id": task.pk, "process": "1-a", "repeats": True}


def _record_step(world: Any) -> Call:
    task = _stepping(world, "record")
    attempt = StepAttempt.objects.create(
        task=task, number=1, key="k", claimed_at=NOW, claimed_by="1-a"
    )
    return (), {"attempt_id": attempt.pk, "acted": Acted(ok=True)}


def _remind_tasks(world: Any) -> Call:
    _task(world, due_at=NOW - timedelta(hours=1))
    return (), {}


def _pass_time(world: Any) -> Call:
    book = Book("late").task("answer", timeout=60_000).chain("start", "answer", "end")
    run = _run(world, book)
    PlaybookRun.objects.filter(pk=run.pk).update(due_at=NOW - timedelta(days=1))
    return (), {}


def _add_run(world: Any) -> Call:
    version = Book("more").task("one").chain("start", "one", "end").stored()
    return (), {"incident_id": world.incident.pk, "version_id": version.pk}


def _stop_run(world: Any) -> Call:
    run = _run(world, Book("stop").task("one").chain("start", "one", "end"))
    return (), {"run_id": run.pk, "reason": "a false alarm"}


CASES = {
    "add_task": _add_task,
    "edit_task": _of_task(change=TaskChange(title="stop all", instruction="", due=None)),
    "note_task": _of_task(text="the cable is out"),
    "take_task": _of_task(),
    "hand_task": _hand_task,
    "finish_task": _of_task(ended=Ended(result="stopped")),
    "fail_task": _of_task(reason="no key"),
    "skip_task": _of_task(reason="not needed"),
    "reopen_task": _reopen_task,
    "let_act": _let_act,
    "claim_step": _claim_step,
    "record_step": _record_step,
    "remind_tasks": _remind_tasks,
    "pass_time": _pass_time,
    "add_run": _add_run,
    "stop_run": _stop_run,
}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
OURS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
MAY = {
    "add_task": GROUPS,
    "note_task": GROUPS,
    **dict.fromkeys(
        (
            "edit_task", "take_task", "hand_task", "finish_task", "fail_task", "skip_task",
            "reopen_task", "let_act", "add_run", "stop_run",
        ),
        OURS,
    ),
    **{name: set() for name in ("claim_step", "record_step", "remind_tasks", "pass_time")},
}  # fmt: skip
ACTORS = {
    **dict.fromkeys(("claim_step", "record_step", "remind_tasks", "pass_time"), JOBS),
}
