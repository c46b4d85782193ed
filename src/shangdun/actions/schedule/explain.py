"""Saying why a task is late; how far and by what it moved is reckoned."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.schedule.editing import open_task
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import DelayNote, PlanTask
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of
from shangdun.records.stored_text import clean_text

LONGEST = 2_000


@action(Capability.MANAGE_PROGRAMMES, Capability.WORK_PLAN)
def do_explain_delay(
    actor: Actor, *, task_id: int, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DelayNote]:
    """Say why, as its owner or who leads; the newest stands with the task, all are kept.

    Raises ``UsageError``: ``schedule.why``, ``schedule.on_time`` for a task that is not late.
    """
    task = open_task(actor, task_id)
    if not actor.can(Capability.MANAGE_PROGRAMMES) and task.owner_id != _id(actor):
        raise NotAllowed("only its owner says why", fix="ask the owner or who leads the programme")
    text = clean_text(text.strip())[:LONGEST]
    if not text:
        raise UsageError("say why", code="schedule.why", fix="a sentence is enough")
    moved = moved_days(task)
    overdue = task.due is not None and task.ends_on is not None and task.ends_on > task.due
    if task.ends_on is None or not (moved > 0 or overdue):
        raise UsageError(
            "it is not late",
            code="schedule.on_time",
            where=f"{task}",
            fix="reasons are kept for what is late",
        )
    newest = DelayNote.objects.filter(task=task).order_by("-id").first()
    if newest is not None and (newest.text, newest.ends_on) == (text, task.ends_on):
        return Unchanged(newest)
    now = clock.now()
    note = DelayNote.objects.create(
        task=task, at=now, by=person(actor), text=text, moved=moved, ends_on=task.ends_on
    )
    task.delay_reason = text
    task.version += 1
    task.save(update_fields=["delay_reason", "version"])
    payload = {"programme": task.programme.number, "moved": moved, "text": sealed(text)}
    return Done(note, ("plan_task", task.pk), now, payload)


def _id(actor: Actor) -> int | None:
    user = person(actor)
    return user.pk if user is not None else None


def moved_days(task: PlanTask) -> int:
    """Working days its end moved against the baseline; 0 without one."""
    if task.baseline_end is None or task.ends_on is None:
        return 0
    calendar = calendar_of(task.programme)
    return calendar.end_of(task.ends_on) - calendar.end_of(task.baseline_end)
