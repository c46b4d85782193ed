"""What proves a subtask: saying it, checking it, and what follows from what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.programmes.changes import day_of, open_task, save, task_done
from shangdun.actions.programmes.settle import settle
from shangdun.actions.programmes.work import finish
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.criteria import Param, State, kinds, lasting
from shangdun.records.models import (
    PlanCriterion,
    PlanTask,
    PlanTaskState,
    Programme,
    ProgrammeState,
)
from shangdun.records.programmes import OVER, get_task, tasks_of
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST_CRITERIA = 10
AHEAD_DAYS = 7
LATE_EVERY_DAYS = 7


class Wanted(msgspec.Struct, kw_only=True, frozen=True):
    """One criterion as somebody wants it."""

    kind: str
    params: Mapping[str, Any] = {}


class Found(msgspec.Struct, kw_only=True, frozen=True):
    """What a check of one criterion found; ``proof`` are paths of the records that show it."""

    criterion: int
    state: State
    proof: tuple[str, ...] = ()


@action(Capability.MANAGE_PROGRAMMES)
def do_set_criteria(
    actor: Actor,
    wanted: Sequence[Wanted],
    *,
    task_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanTask]:
    """Say what proves a task; criteria that stay keep what was found of them.

    Raises ``UsageError``: ``criterion.kind``, ``.param``, ``.many``.
    """
    now = clock.now()
    asked = [(one.kind, checked_params(one.kind, one.params)) for one in wanted]
    if len(asked) > MOST_CRITERIA:
        raise UsageError(
            "too many", code="criterion.many", fix=f"at most {MOST_CRITERIA}: make two tasks of it"
        )
    task = open_task(actor, task_id, version, {"criteria": [kind for kind, _params in asked]})
    rows = list(task.criteria.filter(archived_at=None))
    if [(row.kind, row.params) for row in rows] == asked:
        return Unchanged(task)
    kept: list[PlanCriterion] = []
    for place, (kind, params) in enumerate(asked):
        same = next(
            (r for r in rows if (r.kind, r.params) == (kind, params) and r not in kept), None
        )
        row = same or PlanCriterion(task=task, kind=kind, params=params)
        row.position = place
        row.save()
        kept.append(row)
    gone = [row.pk for row in rows if row not in kept]
    PlanCriterion.objects.filter(pk__in=gone).update(archived_at=now)
    save(task)
    return task_done(task, now, {"criteria": [kind for kind, _params in asked]})


def checked_params(kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The params of a kind, each in its bounds. Raises ``UsageError``."""
    module = kinds().get(kind)
    if module is None:
        raise UsageError(
            f"there is no such evidence: {kind}", code="criterion.kind", where=kind,
            fix="choose one of the list",
        )  # fmt: skip
    return {one.name: _checked(one, params.get(one.name, one.default)) for one in module.PARAMS}


def _checked(param: Param, value: Any) -> Any:  # noqa: ANN401 - JSON
    if param.kind in {"number", "document"}:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(param, "a whole number")
        most = 10**9 if param.kind == "document" else param.most
        if not param.least <= value <= most:
            raise _wrong(param, f"{param.least} to {most}")
        return value
    if not isinstance(value, str) or len(value) > 300:
        raise _wrong(param, "at most 300 characters")
    if param.kind == "choice" and value not in {key for key, _label in param.choices}:
        raise _wrong(param, "one of the list")
    return clean_text(value.strip())


def _wrong(param: Param, fix: str) -> UsageError:
    return UsageError(
        f"{param.name} is not right", code="criterion.param", where=str(param.label), fix=fix
    )


@action(Capability.RUN_PLAYBOOKS)
def do_judge_plan_task(
    actor: Actor, found: Sequence[Found], *, task_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanTask]:
    """Write what a check found: proof, or its loss; done by evidence where all of it is there.

    Nothing is written where nothing changed. What cannot be seen now proves nothing and takes no
    proof away.
    """
    now = clock.now()
    task = get_task(actor, task_id)
    if task.archived_at is not None or task.programme.state == ProgrammeState.CLOSED:
        return Unchanged(task)
    rows = {row.pk: row for row in task.criteria.filter(archived_at=None)}
    turned = [
        rows[one.criterion]
        for one in found
        if one.criterion in rows and _turn(rows[one.criterion], one, now)
    ]
    outcome = _follow(task, list(rows.values()), now)
    if not turned and not outcome:
        return Unchanged(task)
    payload = {
        "outcome": outcome or "noted",
        "met": sorted(row.kind for row in rows.values() if row.state == State.MET),
        "missing": sorted(row.kind for row in rows.values() if row.state == State.UNMET),
        "unknown": sorted(row.kind for row in rows.values() if row.state == State.UNKNOWN),
        "proof": sorted({path for row in rows.values() for path in row.proof})[:20],
    }
    return task_done(task, now, payload)


def _turn(row: PlanCriterion, one: Found, now: datetime) -> bool:
    """Take over what was found; whether that is news."""
    row.checked_at = now
    if row.state == State.MET and not lasting(row.kind):
        row.save(update_fields=["checked_at"])
        return False
    news = row.state != one.state
    if news:
        row.state, row.since = one.state, now
    if one.state is State.MET:
        row.proof = list(one.proof)
    row.save(update_fields=["checked_at", "state", "since", "proof"])
    return news


def _follow(task: PlanTask, rows: Sequence[PlanCriterion], now: datetime) -> str:
    """What the criteria make of the task: ``done``, ``proven``, ``lost``, ``back`` or nothing."""
    states = {row.state for row in rows}
    met = states == {State.MET}
    if task.state == PlanTaskState.DONE:
        return _proof_of_done(task, met=met, unmet=State.UNMET in states, now=now)
    running = task.programme.state == ProgrammeState.APPROVED
    if not (met and running and task.state != PlanTaskState.DROPPED):
        return ""
    finish(task, now, proven=True)
    settle([task], now)
    return "done"


def _proof_of_done(task: PlanTask, *, met: bool, unmet: bool, now: datetime) -> str:
    holds = task.proven and task.unproven_since is None
    if met and not holds:
        outcome = "back" if task.proven else "proven"
        task.proven, task.unproven_since = True, None
        save(task, "proven", "unproven_since")
        settle([task], now)
        return outcome
    if unmet and holds:
        task.unproven_since = now
        save(task, "unproven_since")
        _tell_lost(task, now)
        return "lost"
    return ""


def finish_met(programme: Programme, now: datetime) -> None:
    """Within an approval: what evidence proves already is done from the start."""
    ready = [
        row
        for row in tasks_of(programme).exclude(state__in=OVER).prefetch_related("criteria")
        if _all_met(row)
    ]
    for row in ready:
        row.programme = programme
        finish(row, now, proven=True)
    settle(ready, now)


def _all_met(task: PlanTask) -> bool:
    rows = [row for row in task.criteria.all() if row.archived_at is None]
    return bool(rows) and all(row.state == State.MET for row in rows)


def _tell_lost(task: PlanTask, now: datetime) -> None:
    if task.owner_id is None:
        return
    data = {
        "path": f"/programmes/tasks/{task.pk}/", "task": f"{task.code} {task.title}",
        "programme": task.programme.title,
    }  # fmt: skip
    key = f"plan_proof_lost:{task.pk}:{day_of(now).isoformat()}"
    notice = Notice("plan_proof_lost", None, (), key, people=(task.owner_id,), data=data)
    queue_message(notice, now)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_plan_task(
    actor: Actor,
    *,
    task_id: int,
    missing: Mapping[str, str],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[str]:
    """Tell its owner that a task falls due, and what is missing (``missing``: by ``zh``, ``en``).

    A week ahead, the day before, on the day, and every week after it.
    """
    now = clock.now()
    task = get_task(actor, task_id)
    step = step_of(task, day_of(now))
    if not step or task.owner_id is None or task.programme.state != ProgrammeState.APPROVED:
        return Unchanged("")
    due = task.due or date.max
    key = f"plan_due:{task.pk}:{due.isoformat()}:{step}"
    data = {
        "path": f"/programmes/tasks/{task.pk}/", "task": f"{task.code} {task.title}",
        "programme": task.programme.title, "due": due.isoformat(), "missing": dict(missing),
    }  # fmt: skip
    notice = Notice("plan_due", None, (), key, people=(task.owner_id,), data=data)
    if queue_message(notice, now).at != now:
        return Unchanged("")
    payload = {"step": step, "due": due.isoformat(), "owner": task.owner_id}
    return Done(step, ("plan_task", task.pk), now, payload)


def step_of(task: PlanTask, today: date) -> str:
    """Which reminder is due: none, ``ahead``, ``eve``, ``due``, ``late:`` and the week."""
    if task.due is None or task.state in OVER:
        return ""
    left = (task.due - today).days
    if left > AHEAD_DAYS:
        return ""
    if left > 1:
        return "ahead"
    if left >= 0:
        return "eve" if left else "due"
    weeks = -left // LATE_EVERY_DAYS
    return f"late:{weeks}" if weeks else "late:0"
