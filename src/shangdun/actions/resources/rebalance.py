"""Re-allocation by importance and urgency: done as it was shown, or not at all."""

from __future__ import annotations

import hashlib
from datetime import date

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.resources.assign import put
from shangdun.actions.schedule.editing import open_programme, open_task
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.load.levelling import Levelled, level
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import Conflict, UsageError
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import Assignment, PlanTask, Programme, ResourceKind
from shangdun.records.resources import get_resource, levelled, levelling_of
from shangdun.records.roles import Capability


def fingerprint(found: Levelled) -> str:
    """What was shown, in 64 hex digits: who looked at it does this and nothing else."""
    lines = [f"{move.task} {move.not_before}" for move in found.moves]
    lines += [f"{key} {one.ends_on}" for key, one in sorted(found.after.planned.items(), key=str)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@action(Capability.MANAGE_PROGRAMMES)
def do_level_programme(
    actor: Actor, *, number: int, seen: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Let lighter tasks wait as the page showed; how many. ``seen``: of ``fingerprint``.

    Raises ``Conflict`` (``resource.moved``) where the plan changed since it was shown.
    """
    programme = open_programme(actor, number)
    now = clock.now()
    found = levelled(programme, _today(clock))
    if not found.moves:
        return Unchanged(0)
    _as_seen(found, seen, programme)
    _wait(found)
    reschedule(programme, now)
    return Done(len(found.moves), ("programme", number), now, _payload(found))


@action(Capability.MANAGE_PROGRAMMES)
def do_hand_over_work(
    actor: Actor,
    *,
    task_id: int,
    giver: int,
    taker: int,
    seen: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[int]:
    """Give a person's part of a task to another, and level; ``giver``, ``taker`` are numbers."""
    task = open_task(actor, task_id)
    held = held_by(actor, task, giver)
    if held is None:
        return Unchanged(0)
    now = clock.now()
    found = handed_over(actor, task, giver, taker, _today(clock))
    _as_seen(found, seen, task.programme)
    put(task, held.resource, 0)
    put(task, get_resource(actor, taker), held.amount)
    _wait(found)
    reschedule(task.programme, now)
    payload = _payload(found) | {
        "task": task.code,
        "from": held.resource.name,
        "to": get_resource(actor, taker).name,
    }
    return Done(len(found.moves), ("programme", task.programme.number), now, payload)


def held_by(actor: Actor, task: PlanTask, number: int) -> Assignment | None:
    """What a person has of a task."""
    return Assignment.objects.filter(task=task, resource=get_resource(actor, number)).first()


def handed_over(actor: Actor, task: PlanTask, giver: int, taker: int, today: date) -> Levelled:
    """The levelled plan in which the other person does it; nothing is done."""
    held = held_by(actor, task, giver)
    other = get_resource(actor, taker)
    if held is None or other.kind != ResourceKind.PERSON or other.archived_at:
        raise UsageError("nothing to hand over", code="resource.hand_over", fix="choose a person")
    changes = {(task.pk, held.resource_id): 0, (task.pk, other.pk): held.amount}
    return level(*levelling_of(task.programme, today, changes))


def _as_seen(found: Levelled, seen: str, programme: Programme) -> None:
    if fingerprint(found) != seen:
        raise Conflict(
            "the plan changed since this was shown", code="resource.moved",
            where=programme.title, fix="look at it again",
        )  # fmt: skip


def _wait(found: Levelled) -> None:
    for move in found.moves:
        task = PlanTask.objects.get(pk=int(str(move.task)))
        task.not_before = move.not_before
        task.version += 1
        task.save(update_fields=["not_before", "version"])


def _payload(found: Levelled) -> dict[str, str | int]:
    return {"moved": len(found.moves), "ended": str(found.before.ends_on),
            "ends": str(found.after.ends_on), "still_full": len(found.left)}  # fmt: skip


def _today(clock: Clock) -> date:
    return clock.now().astimezone(console_zone()).date()
