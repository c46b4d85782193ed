"""Keeping a measure's value when its period is over."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.measures.definition import measure_named
from shangdun.govern.measures.periods import period_named
from shangdun.govern.measures.reading import MOST_NAMED
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.measures import kept, measured
from shangdun.records.models import MeasureValue
from shangdun.records.roles import Capability


@action(Capability.RUN_PLAYBOOKS)
def do_freeze_measure(
    actor: Actor, *, measure: str, period: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[MeasureValue]:
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
    return Done(row, ("measure", measure), now, payload)
