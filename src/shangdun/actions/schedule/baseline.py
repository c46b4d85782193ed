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
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.MANAGE_PROGRAMMES)
def do_set_baseline(
    actor: Actor, *, number: int, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanBaseline]:
    """Make the dates as scheduled the baseline; the former ones stay in the record."""
    programme = open_programme(actor, number)
    now = clock.now()
    baseline, made = set_baseline(programme, actor, now, reason)
    if not made:
        return Unchanged(baseline)
    payload = {
        "baseline": baseline.number, "tasks": len(baseline.tasks), "reason": sealed(baseline.reason)
    }  # fmt: skip
    return Done(baseline, ("programme", programme.number), now, payload)


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
