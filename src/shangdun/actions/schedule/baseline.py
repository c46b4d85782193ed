"""Keeping the dates as they are promised now, to be measured against later."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.schedule.editing import open_programme
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor, person
from shangdun.records.models import PlanBaseline, PlanTask, Programme
from shangdun.records.owned import changed_since, refuse_alone
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOVES_TASKS = (
    "place_task", "link_tasks", "unlink_tasks", "add_plan_task",
    "change_plan_task", "move_plan_task", "archive_plan_task", "return_plan_task",
    "drop_plan_task", "restore_plan_task",
)  # fmt: skip
MOVES_PLANS = ("change_programme", "level_programme", "hand_over_work", "take_plan_in")


@action(Capability.MANAGE_PROGRAMMES)
def do_set_baseline(
    actor: Actor, *, number: int, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanBaseline]:
    """Make the dates as scheduled the baseline; the former ones stay in the record."""
    programme = open_programme(actor, number)
    now = clock.now()
    _another_resets(actor, programme)
    baseline, made = set_baseline(programme, actor, now, reason)
    if not made:
        return Unchanged(baseline)
    payload = {
        "baseline": baseline.number, "tasks": len(baseline.tasks), "reason": sealed(baseline.reason)
    }  # fmt: skip
    return Done(baseline, ("programme", programme.number), now, payload)


def _another_resets(actor: Actor, programme: Programme) -> None:
    """Who changed the plan since the last baseline does not alone make it look punctual."""
    me, since = person(actor), programme.baseline_at
    if me is None or since is None:
        return
    tasks = changed_since(me, "plan_task", MOVES_TASKS, since)
    moved = PlanTask.objects.filter(programme=programme, pk__in=sorted(map(int, tasks))).exists()
    plans = changed_since(me, "programme", MOVES_PLANS, since)
    if moved or str(programme.number) in plans:
        refuse_alone(
            actor, Capability.MANAGE_PROGRAMMES, code="schedule.two_people",
            fix="let another who may change plans set the baseline",
        )  # fmt: skip


def set_baseline(
    programme: Programme, actor: Actor, at: datetime, reason: str = ""
) -> tuple[PlanBaseline, bool]:
    """The same within a caller's transaction (approval sets one); whether it is a new one."""
    found = reschedule(programme, at)
    tasks = {
        str(key): [one.starts_on.isoformat(), one.ends_on.isoformat(), one.days]
        for key, one in found.planned.items()
    }
    newest = PlanBaseline.objects.filter(programme=programme).order_by("-number").first()
    if newest is not None and newest.tasks == tasks:
        return newest, False
    baseline = PlanBaseline.objects.create(
        programme=programme,
        number=newest.number + 1 if newest else 1,
        set_at=at,
        set_by=person(actor),
        reason=clean_text(reason.strip())[:2000],
        tasks=tasks,
    )
    _store(programme)
    programme.baseline_at = at
    programme.save(update_fields=["baseline_at"])
    return baseline, True


def _store(programme: Programme) -> None:
    table = connection.ops.quote_name(PlanTask._meta.db_table)  # noqa: SLF001 - Django documents it
    sql = (
        f"UPDATE {table} SET baseline_start = starts_on, baseline_end = ends_on "  # noqa: S608 - no value in it
        "WHERE programme_id = %s AND archived_at IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [programme.pk])
