"""What a measure is to reach, from a day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.govern.measures.definition import Kind, Measure, measure_named, measures
from shangdun.govern.measures.periods import period_of
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import MeasureTarget
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LARGEST = {Kind.COUNT: Decimal(100_000), Kind.SHARE: Decimal(100)}
LONGEST = 500


@action(Capability.MANAGE_MEASURES)
def do_set_target(
    actor: Actor,
    value: Decimal,
    *,
    measure: str,
    valid_from: date,
    reason: str = "",
    version: int = 0,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[MeasureTarget]:
    """Set a target; of a period that is over none is changed any more.

    ``version`` is that of the target the person saw for the same day, 0 for none. Raises
    ``UsageError`` (``measure.value``, ``measure.past``, ``measure.reason``).
    """
    definition = measure_named(measure)
    now = clock.now()
    _check(definition, value, reason)
    running = period_of(now.astimezone(console_zone()).date(), definition.cadence)
    if valid_from < running.first:
        raise UsageError("the period is over", code="measure.past", fix=f"{running.first} or later")
    value, reason = value.quantize(Decimal("0.01")), clean_text(reason.strip())
    same = MeasureTarget.objects.filter(measure=measure, valid_from=valid_from).first()
    if same is not None and (same.value, same.reason) == (value, reason):
        return Unchanged(same)
    if same is not None and same.version != version:
        raise EditConflict(
            "somebody set this target meanwhile",
            where=measure,
            mine={"version": version, "value": str(value), "reason": reason},
            theirs={"version": same.version, "value": str(same.value), "reason": same.reason},
        )
    row = same or MeasureTarget(measure=measure, valid_from=valid_from, version=0)
    row.value, row.reason, row.set_by, row.set_at = value, reason, person(actor), now
    row.version += 1
    row.save()
    payload = {
        "value": str(value), "valid_from": valid_from.isoformat(), "reason_sha256": sealed(reason),
    }  # fmt: skip
    return Done(row, ("measure", measure), now, payload)


def suggest_targets(actor: Actor, valid_from: date, clock: Clock) -> int:
    """Within another action: the suggested target of every measure that has none; how many."""
    made = 0
    for measure in measures():
        if measure.target is None or MeasureTarget.objects.filter(measure=measure.key).exists():
            continue
        first = period_of(valid_from, measure.cadence).first
        MeasureTarget.objects.create(
            measure=measure.key,
            value=Decimal(str(measure.target)),
            valid_from=first,
            set_by=person(actor),
            set_at=clock.now(),
        )
        made += 1
    return made


def _check(measure: Measure, value: Decimal, reason: str) -> None:
    most = LARGEST[measure.kind]
    if not value.is_finite() or not 0 <= value <= most:
        raise UsageError("no such target", code="measure.value", fix=f"0 to {most}")
    if len(reason) > LONGEST:
        raise UsageError(
            "the reason is too long", code="measure.reason", fix=f"{LONGEST} characters at most"
        )
