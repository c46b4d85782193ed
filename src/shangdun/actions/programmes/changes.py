"""What every change of a programme or a task does: who may, who was first, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shangdun.actions.action import Done
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import PlanTask, Programme, ProgrammeState, User
from shangdun.records.programmes import get_programme, get_task
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200


def day_of(at: datetime) -> date:
    """The day on the company's calendar."""
    return at.astimezone(console_zone()).date()


def open_programme(
    actor: Actor, number: int, seen: int | None = None, mine: Mapping[str, Any] | None = None
) -> Programme:
    """The programme, unless somebody was first or it takes no change any more."""
    require(actor, Capability.MANAGE_PROGRAMMES)
    programme = get_programme(actor, number)
    if seen is not None and seen != programme.version:
        raise EditConflict(
            "somebody changed this programme meanwhile",
            where=f"programme {number}",
            mine={"version": seen, **(mine or {})},
            theirs={"version": programme.version, **head_of(programme)},
        )
    living(programme)
    return programme


def open_task(
    actor: Actor, task_id: int, seen: int | None = None, mine: Mapping[str, Any] | None = None
) -> PlanTask:
    """The task for who manages programmes or owns it, as ``open_programme``."""
    task = get_task(actor, task_id)
    if not actor.can(Capability.MANAGE_PROGRAMMES):
        who = person(actor)
        if who is None or task.owner_id != who.pk:
            raise NotAllowed("only its owner works on it", fix="ask its owner or the security lead")
    if seen is not None and seen != task.version:
        raise EditConflict(
            "somebody changed this task meanwhile",
            where=f"task {task.code}",
            mine={"version": seen, **(mine or {})},
            theirs={"version": task.version, **fields_of(task)},
        )
    living(task.programme)
    if task.archived_at is not None:
        raise UsageError(
            "it was taken out of the programme", code="plan_task.archived", where=task.title,
            fix="add it anew",
        )  # fmt: skip
    return task


def living(programme: Programme) -> None:
    """Raise ``UsageError`` (``programme.over``) where it was closed or archived."""
    if programme.archived_at is not None or programme.state == ProgrammeState.CLOSED:
        raise UsageError(
            "a programme that is closed or archived does not change", code="programme.over",
            where=programme.title, fix="make a new one of it",
        )  # fmt: skip


HEAD = (
    "title", "introduction", "goals", "chapters", "summary", "starts_on", "calendar", "currency",
    "author_id", "reviewer_id", "approver_id",
)  # fmt: skip
TASK = (
    "title", "description", "reason", "expected", "needed", "owner_id", "importance", "urgency",
    "days", "not_before", "due",
)  # fmt: skip


def head_of(programme: Programme) -> dict[str, Any]:
    """What people say about a programme."""
    return {name: getattr(programme, name) for name in HEAD}


def fields_of(task: PlanTask) -> dict[str, Any]:
    """What people say about a task."""
    return {name: getattr(task, name) for name in TASK}


def save(row: Programme | PlanTask, *fields: str) -> None:
    """Write the fields and count the version up."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def task_done(task: PlanTask, at: datetime, payload: Mapping[str, Any]) -> Done[PlanTask]:
    """What the ledger says of a task."""
    told = {"programme": task.programme.number, "code": task.code, "title": task.title}
    return Done(task, ("plan_task", task.pk), at, told | dict(payload))


def programme_done(
    programme: Programme, at: datetime, payload: Mapping[str, Any]
) -> Done[Programme]:
    """What the ledger says of a programme."""
    return Done(
        programme, ("programme", programme.number), at, {"title": programme.title} | dict(payload)
    )


def checked_title(text: str, code: str) -> str:
    """One line. Raises ``UsageError`` with ``code``."""
    title = " ".join(clean_text(text).split())
    if not title or len(title) > LONGEST_TITLE:
        raise UsageError(
            "it needs a title", code=code, where="title", fix=f"at most {LONGEST_TITLE} characters"
        )
    return title


def checked_text(text: str, where: str, longest: int = LONGEST_TEXT) -> str:
    """Several lines. Raises ``UsageError``: ``programme.long``."""
    text = clean_text(text.strip())
    if len(text) > longest:
        raise UsageError(
            f"{len(text)} characters", code="programme.long", where=where,
            fix=f"at most {longest:,} characters",
        )  # fmt: skip
    return text


def checked_reason(text: str) -> str:
    """A sentence that must not be missing. Raises ``UsageError``: ``plan_task.reason``."""
    text = checked_text(text, "reason", 2_000)
    if not text:
        raise UsageError(
            "this needs a reason", code="plan_task.reason", where="reason",
            fix="say why in a sentence",
        )  # fmt: skip
    return text


def checked_person(chosen: int | None, where: str) -> int | None:
    """Somebody whose account is on. Raises ``UsageError``: ``programme.person``."""
    if chosen is None:
        return None
    if not User.objects.filter(pk=chosen, is_active=True).exists():
        raise UsageError(
            "there is no such person", code="programme.person", where=where,
            fix="choose somebody whose account is on",
        )  # fmt: skip
    return chosen
