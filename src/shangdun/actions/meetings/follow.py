"""Actions that a meeting gives people: given, done, dropped, or made an improvement."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.meetings.changes import checked_line, checked_text, standing
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.review.improve import Plan, add_improvement
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.meetings import get_action
from shangdun.records.models import ActionItem, ActionItemState, MeetingState, PlanTask, User
from shangdun.records.roles import Capability

OVER = (ActionItemState.DONE, ActionItemState.DROPPED)


class NewItem(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody is to do."""

    title: str
    owner: int
    due: date
    task: int | None = None
    """Of the plan, where it belongs to one."""


@action(Capability.MANAGE_MEETINGS)
def do_add_action_item(
    actor: Actor, wanted: NewItem, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ActionItem]:
    """Give somebody something to do, from a meeting; the person is told.

    Raises ``UsageError`` (``action_item.title``), ``NotFound`` for no such person or task.
    """
    wanted, now = _checked(wanted), clock.now()
    meeting = standing(actor, number, None, {}, MeetingState.HELD, MeetingState.PLANNED)
    same = meeting.actions.filter(title=wanted.title, owner=wanted.owner, due=wanted.due).first()
    if same is not None:
        return Unchanged(same)
    row = ActionItem.objects.create(
        number=(ActionItem.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        meeting=meeting, title=wanted.title, owner_id=wanted.owner, due=wanted.due,
        task_id=wanted.task, created_at=now,
    )  # fmt: skip
    tell_owner(row, "action_given", f"{row.owner_id}", now)
    return _done(row, now)


@action(Capability.MANAGE_MEETINGS)
def do_change_action_item(
    actor: Actor,
    wanted: NewItem,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ActionItem]:
    """Another day, person or wording."""
    wanted = _checked(wanted)
    row = _standing(actor, number, version, msgspec.to_builtins(wanted))
    if (row.title, row.owner_id, row.due, row.task_id) == (
        wanted.title, wanted.owner, wanted.due, wanted.task,
    ):  # fmt: skip
        return Unchanged(row)
    now = clock.now()
    handed_on = row.owner_id != wanted.owner
    if row.due != wanted.due or handed_on:
        row.reminded = []
    row.title, row.owner_id, row.due, row.task_id = (
        wanted.title, wanted.owner, wanted.due, wanted.task,
    )  # fmt: skip
    _save(row)
    if handed_on:
        tell_owner(row, "action_given", f"{row.owner_id}:{row.version}", now)
    return _done(row, now)


@action(Capability.WORK_PLAN, Capability.MANAGE_MEETINGS)
def do_finish_action_item(
    actor: Actor,
    *,
    number: int,
    result: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ActionItem]:
    """Its owner, or who runs the meetings, says what came of it."""
    result = _said(result)
    row = _mine(actor, number)
    if row.state == ActionItemState.DONE:
        return Unchanged(row)
    row = _standing(actor, number, version, {"result": result})
    now = clock.now()
    row.state, row.result = ActionItemState.DONE, result
    row.done_at, row.done_by = now, person(actor)
    _save(row)
    return _done(row, now)


@action(Capability.MANAGE_MEETINGS)
def do_drop_action_item(
    actor: Actor,
    *,
    number: int,
    result: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ActionItem]:
    """Give it up, with the reason."""
    result = _said(result)
    if get_action(actor, number).state == ActionItemState.DROPPED:
        return Unchanged(get_action(actor, number))
    row = _standing(actor, number, version, {"result": result})
    now = clock.now()
    row.state, row.result = ActionItemState.DROPPED, result
    row.done_at, row.done_by = now, person(actor)
    _save(row)
    return _done(row, now)


@action(Capability.MANAGE_MEETINGS)
def do_improve_from_action(
    actor: Actor, plan: Plan, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ActionItem]:
    """Follow it up as an improvement, which is over only when a retest shows that it works."""
    row = get_action(actor, number)
    if row.improvement_id is not None:
        return Unchanged(row)
    now = clock.now()
    row.improvement = add_improvement(plan, now)
    _save(row)
    return _done(row, now, improvement=row.improvement.number)


def tell_owner(row: ActionItem, kind: str, key: str, at: datetime) -> None:
    """A message to whom it was given."""
    data = {
        "path": f"/meetings/actions/{row.number}/",
        "title": row.title,
        "due": row.due.isoformat(),
        "meeting": row.meeting.title,
    }
    notice = Notice(kind, None, (), f"{kind}:{row.pk}:{key}", people=(row.owner_id,), data=data)
    queue_message(notice, at)


def _checked(wanted: NewItem) -> NewItem:
    title = checked_line(wanted.title, "action_item.title", 300)
    if not User.objects.filter(pk=wanted.owner, is_active=True).exists():
        raise NotFound("there is no such person", fix="choose somebody from the list")
    if wanted.task and not PlanTask.objects.filter(pk=wanted.task, archived_at=None).exists():
        raise NotFound("there is no such task", fix="choose a task of the plan")
    return msgspec.structs.replace(wanted, title=title)


def _said(text: str) -> str:
    text = checked_text(text)
    if not text:
        raise UsageError("say it in a sentence", code="action_item.result", fix="a few words")
    return text


def _mine(actor: Actor, number: int) -> ActionItem:
    row = get_action(actor, number)
    if row.owner != person(actor) and not actor.can(Capability.MANAGE_MEETINGS):
        raise NotAllowed("this is somebody else's to do", fix="ask its owner")
    return row


def _standing(
    actor: Actor, number: int, version: int | None, mine: dict[str, object]
) -> ActionItem:
    row = get_action(actor, number)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this action meanwhile",
            where=f"action #{number}",
            mine={"version": version, **mine},
            theirs={
                "version": row.version,
                "state": str(row.get_state_display()),
                "title": row.title,
                "due": row.due.isoformat(),
                "result": row.result,
            },
        )
    if row.state in OVER:
        raise UsageError("it is over", code="action_item.over", fix="add a new one")
    return row


def _save(row: ActionItem) -> None:
    row.version += 1
    row.save()


def _done(row: ActionItem, at: datetime, **more: int) -> Done[ActionItem]:
    told = {
        "meeting": row.meeting.number,
        "state": str(row.state),
        "owner": row.owner_id,
        "due": row.due.isoformat(),
        "text_sha256": sealed(f"{row.title}\n{row.result}"),
    }
    return Done(row, ("action_item", row.number), at, told | more)
