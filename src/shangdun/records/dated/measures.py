"""The days on which the measures are taken: the end of each quarter, half-year and year."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language

from shangdun.govern.measures.definition import measures
from shangdun.govern.measures.periods import period_of
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import MeasureTarget, MeasureValue
from shangdun.records.roles import Capability


def dated(asked: Asked) -> Iterator[Dated]:
    """One entry a measure and period that ends between the days."""
    if not asked.actor.can(Capability.VIEW_MEASURES) or not MeasureTarget.objects.exists():
        return
    kept = set(MeasureValue.objects.values_list("measure", "period"))
    for measure in measures():
        period = period_of(asked.since, measure.cadence)
        while period.last <= asked.until:
            done = (measure.key, period.key) in kept
            name = measure.words(get_language() or "en").name
            yield Dated(
                uid=f"measure-{measure.key}-{period.key}",
                kind="evaluation",
                title=f"{name} · {period.key}",
                day=period.last,
                state=_state(asked, done=done, last=period.last.toordinal()),
                path=f"/measures/{measure.key}/?period={period.key}",
            )
            period = period.next


def _state(asked: Asked, *, done: bool, last: int) -> DatedState:
    if done:
        return DatedState.DONE
    today = asked.today.toordinal()
    return DatedState.AHEAD if today < last else DatedState.DUE
