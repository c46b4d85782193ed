"""What every change of a schedule checks first."""

from __future__ import annotations

from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import PlanTask, Programme, ProgrammeState
from shangdun.records.programmes import get_programme, get_task


def open_programme(actor: Actor, number: int) -> Programme:
    """A programme that may still change; else ``NotFound``, ``schedule.closed``."""
    return checked(get_programme(actor, number))


def open_task(actor: Actor, task_id: int) -> PlanTask:
    """A task of a programme that may still change."""
    task = get_task(actor, task_id)
    checked(task.programme)
    if task.archived_at is not None:
        raise _closed(f"{task}")
    return task


def checked(programme: Programme) -> Programme:
    """The programme itself, if it may still change."""
    if programme.archived_at is not None or programme.state == ProgrammeState.CLOSED:
        raise _closed(programme.title)
    return programme


def _closed(where: str) -> UsageError:
    return UsageError(
        "this is over and does not change any more",
        code="schedule.closed",
        where=where,
        fix="change a programme that still runs",
    )


def check_version(task: PlanTask, version: int | None, mine: dict[str, object]) -> None:
    """Raises ``EditConflict`` with how the task stands now."""
    if version is None or version == task.version:
        return
    theirs = {
        "version": task.version,
        "not_before": task.not_before,
        "days": task.days,
        "starts_on": task.starts_on,
        "ends_on": task.ends_on,
    }
    raise EditConflict(
        "somebody changed this task meanwhile",
        where=f"{task}",
        mine={"version": version, **mine},
        theirs=theirs,
    )
