"""Keeping a measure's value when its period is over."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Unchanged, action
from shangdun.actions.action import Outcome as Acted
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.measures.definition import Kind, measure_named
from shangdun.govern.measures.periods import period_named
from shangdun.govern.measures.reading import MOST_NAMED
from shangdun.govern.measures.target import Outcome
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.measures import Measured, kept, measured
from shangdun.records.models import MeasureValue
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group


@action(Capability.RUN_PLAYBOOKS)
def do_freeze_measure(
    actor: Actor, *, measure: str, period: str, clock: Clock = SYSTEM_CLOCK
) -> Acted[MeasureValue]:
    """Keep the value as it stands, with the records it rests on; once, and never changed.

    Raises ``UsageError`` (``measure.running``) before the period is over.
    """
    del actor
    there = MeasureValue.objects.filter(measure=measure, period=period).first()
    if there is not None:
        return Unchanged(there)
    now = clock.now()
    known = kept()
    span = period_named(period)
    definition = measure_named(measure)
    if span.cadence is not definition.cadence or not span.is_over(now, known.zone):
        raise UsageError(f"{period} is not over", code="measure.running", fix="wait for its end")
    found = measured(definition, span, now, known)
    reading = found.reading
    row = MeasureValue.objects.create(
        measure=measure,
        period=period,
        count=reading.count,
        total=reading.total,
        parts={key: list(part) for key, part in reading.parts.items()},
        apart=reading.apart,
        days=reading.days,
        target=found.target,
        problem=reading.problem,
        rests_on=list(reading.rests_on[:MOST_NAMED]),
        digest=reading.seal,
        taken_at=now,
    )
    payload = {
        "period": period, "count": reading.count, "total": reading.total or 0,
        "records": len(reading.rests_on), "records_sha256": reading.seal,
        "problem": reading.problem,
    }  # fmt: skip
    if found.outcome is Outcome.MISSED:
        _tell(found, now)
    return Done(row, ("measure", measure), now, payload)


def _tell(found: Measured, now: datetime) -> None:
    """Say to leadership that a target was missed; a period that met it needs no message."""
    measure, key = found.measure, found.period.key
    per_cent = measure.kind is Kind.SHARE
    data = {
        "measure": {"zh": measure.zh.name, "en": measure.en.name},
        "period": key,
        "value": said(found.value, per_cent=per_cent),
        "target": said(found.target, per_cent=per_cent),
        "path": f"/measures/{measure.key}/?period={key}",
    }
    about = f"measure:missed:{measure.key}:{key}"
    queue_message(
        Notice(
            kind="measure_missed", incident=None, groups=(Group.LEADERSHIP,), key=about, data=data
        ),
        now,
    )


def said(value: float | None, *, per_cent: bool) -> str:
    """A value in a message: to one decimal where it has one."""
    if value is None:
        return "—"
    return f"{value:.1f}".removesuffix(".0") + (" %" if per_cent else "")
