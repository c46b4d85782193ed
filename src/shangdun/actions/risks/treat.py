"""Measures against risks: adding, changing, moving, and following what proves them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import (
    money,
    open_risk,
    owner_of,
    reasoned,
    save,
    titled,
    worded,
)
from shangdun.assess.method.scale import MeasureState, Strategy
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.controls import control_states
from shangdun.records.models import (
    Control,
    PlanTask,
    PlanTaskState,
    Risk,
    RiskMeasure,
    RiskMeasureState,
)
from shangdun.records.risks import get_measure
from shangdun.records.roles import Capability

MOST = 50
"""Measures of one risk."""
FIELDS = (
    "title", "description", "strategy", "owner_id", "due", "task_id", "control",
    "likelihood_steps", "loss_steps", "frequency_cut", "loss_cut", "cost_once", "cost_yearly",
    "currency", "years",
)  # fmt: skip


class NewMeasure(msgspec.Struct, kw_only=True, frozen=True):
    """What is done about a risk, what it brings, and what it costs."""

    title: str
    description: str = ""
    strategy: str = Strategy.REDUCE.value
    owner: int | None = None
    due: date | None = None
    task: int | None = None
    """Of the plan: in effect when it is done."""
    control: str = ""
    """Key of a protective measure: in effect while its checks find it in place."""
    likelihood_steps: int = 0
    loss_steps: int = 0
    frequency_cut: int = 0
    loss_cut: int = 0
    cost_once: Decimal = Decimal(0)
    cost_yearly: Decimal = Decimal(0)
    currency: str = "CNY"
    years: int = 3
    key: str = ""


@action(Capability.MANAGE_RISKS)
def do_add_risk_measure(
    actor: Actor, wanted: NewMeasure, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RiskMeasure]:
    """Plan a measure against a risk. Raises ``UsageError`` (``measure.…``)."""
    risk = open_risk(actor, number, None, {})
    values = _checked(wanted)
    same = risk.measures.filter(archived_at=None, title=values["title"]).first()
    if same is not None:
        return Unchanged(same)
    now = clock.now()
    measure = add_measure(risk, values, wanted.key, now)
    return Done(measure, ("risk", number), now, _told(measure))


def add_measure(risk: Risk, values: dict[str, Any], key: str, now: datetime) -> RiskMeasure:
    """One more measure within a caller's action; ``values`` by the fields' names."""
    if risk.measures.filter(archived_at=None).count() >= MOST:
        raise UsageError("too many measures", code="measure.many", fix="join some of them")
    last = risk.measures.aggregate(last=Max("number"))["last"] or 0
    return RiskMeasure.objects.create(risk=risk, number=last + 1, key=key, created_at=now, **values)


@action(Capability.MANAGE_RISKS)
def do_change_risk_measure(
    actor: Actor,
    wanted: NewMeasure,
    *,
    measure_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskMeasure]:
    """Change a measure. Raises ``EditConflict`` where somebody was first."""
    measure = get_measure(actor, measure_id)
    values = _checked(wanted)
    before = {name: getattr(measure, name) for name in FIELDS}
    if before == values:
        return Unchanged(measure)
    if version is not None and version != measure.version:
        raise EditConflict(
            "somebody changed this measure meanwhile",
            where=measure.title,
            mine={"version": version, **values},
            theirs={"version": measure.version, **before},
        )
    for name, value in values.items():
        setattr(measure, name, value)
    now = clock.now()
    save(measure, *FIELDS)
    return Done(measure, ("risk", measure.risk.number), now, _told(measure))


@action(Capability.MANAGE_RISKS)
def do_move_risk_measure(
    actor: Actor,
    *,
    measure_id: int,
    state: str,
    reason: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskMeasure]:
    """Say by hand where a measure stands. In effect and dropped need a reason.

    Raises ``UsageError`` (``measure.proven``) where a task or control says it.
    """
    measure = get_measure(actor, measure_id)
    wanted = MeasureState(state)
    if measure.state == wanted.value:
        return Unchanged(measure)
    if version is not None and version != measure.version:
        raise EditConflict(
            "somebody moved this measure meanwhile",
            where=measure.title,
            mine={"version": version, "state": wanted.value},
            theirs={"version": measure.version, "state": measure.state},
        )
    linked = measure.task_id or measure.control
    if linked and wanted is not MeasureState.DROPPED:
        raise UsageError(
            "its state follows what it is linked to",
            code="measure.proven",
            where=measure.title,
            fix="finish the task or have the control checked, or take the link away",
        )
    text = worded(reason)
    if wanted in (MeasureState.EFFECTIVE, MeasureState.DROPPED):
        text = reasoned(reason)
    now = clock.now()
    _move(measure, wanted, now, text)
    payload = {"measure": measure.title, "state": wanted.value, "reason_sha256": sealed(text)}
    return Done(measure, ("risk", measure.risk.number), now, payload)


@action(Capability.MANAGE_RISKS)
def do_archive_risk_measure(
    actor: Actor, *, measure_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RiskMeasure]:
    """Take a measure off the list: it was entered by mistake. One given up is dropped instead."""
    measure = get_measure(actor, measure_id)
    now = clock.now()
    measure.archived_at = now
    save(measure, "archived_at")
    return Done(measure, ("risk", measure.risk.number), now, {"measure": measure.title})


@action(Capability.RUN_PLAYBOOKS)
def do_follow_risk_measures(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Bring measures to where their tasks and controls are; how many moved."""
    del actor
    now = clock.now()
    rows = RiskMeasure.objects.filter(archived_at=None).exclude(state=RiskMeasureState.DROPPED)
    linked = [one for one in rows.select_related("task") if one.task_id or one.control]
    controls = control_states({one.control for one in linked if one.control}, now)
    moved = []
    for one in linked:
        kept = controls.get(one.control)
        if one.control and kept is None and not one.task_id:
            continue  # the control is not kept any more: nothing says anything about it
        state = _proven(one.task, kept.proven if kept else None)
        if state.value != one.state:
            _move(one, state, now, "")
            moved.append(f"{one.pk}:{state.value}")
    if not moved:
        return Unchanged(0)
    return Done(len(moved), ("risk", "measures"), now, {"moved": moved[:200]})


def _proven(task: PlanTask | None, in_place: bool | None) -> MeasureState:  # noqa: FBT001 - a tri-state
    """In effect: the task, if any, is done and the control, if any, is in place."""
    done = task is None or task.state == PlanTaskState.DONE
    if done and in_place is not False:
        return MeasureState.EFFECTIVE
    begun = (task is not None and task.state == PlanTaskState.DOING) or in_place or done
    return MeasureState.DOING if begun else MeasureState.PLANNED


def _move(measure: RiskMeasure, state: MeasureState, now: datetime, reason: str) -> None:
    measure.state, measure.reason = state.value, reason
    measure.done_at = now if state is MeasureState.EFFECTIVE else None
    save(measure, "state", "reason", "done_at")


def _checked(wanted: NewMeasure) -> dict[str, Any]:
    steps = (wanted.likelihood_steps, wanted.loss_steps)
    cuts = (wanted.frequency_cut, wanted.loss_cut)
    if not all(0 <= one <= 4 for one in steps) or not all(0 <= one <= 100 for one in cuts):
        raise UsageError(
            "no such effect", code="measure.effect", fix="0 to 4 levels, 0 to 100 per cent"
        )
    if not 1 <= wanted.years <= 50:
        raise UsageError("no such span", code="measure.years", fix="1 to 50 years")
    currency = wanted.currency.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise UsageError("no such currency", code="measure.currency", fix="three letters: CNY")
    if (
        wanted.task is not None
        and not PlanTask.objects.filter(pk=wanted.task, archived_at=None).exists()
    ):
        raise UsageError("no such task", code="measure.task", fix="choose a task of the plan")
    if wanted.control and not Control.objects.filter(key=wanted.control, archived_at=None).exists():
        raise UsageError("no such control", code="measure.control", fix="choose one of the list")
    return {
        "title": titled(wanted.title),
        "description": worded(wanted.description),
        "strategy": Strategy(wanted.strategy).value,
        "owner_id": owner_of(wanted.owner),
        "due": wanted.due,
        "task_id": wanted.task,
        "control": wanted.control,
        "likelihood_steps": wanted.likelihood_steps,
        "loss_steps": wanted.loss_steps,
        "frequency_cut": wanted.frequency_cut,
        "loss_cut": wanted.loss_cut,
        "cost_once": money(wanted.cost_once) or Decimal(0),
        "cost_yearly": money(wanted.cost_yearly) or Decimal(0),
        "currency": currency,
        "years": wanted.years,
    }


def _told(measure: RiskMeasure) -> dict[str, Any]:
    return {
        "measure": measure.title,
        "owner": measure.owner_id or 0,
        "due": str(measure.due or ""),
        "cost_once": str(measure.cost_once),
        "cost_yearly": str(measure.cost_yearly),
        "currency": measure.currency,
        "effect": [measure.likelihood_steps, measure.loss_steps, measure.frequency_cut,
                   measure.loss_cut],
    }  # fmt: skip
