"""Keeping the measures' values when their periods end."""

from __future__ import annotations

from shangdun.kernel.clock import Clock

BACK = 8
"""Periods looked back upon: whoever was away for two years still has every value kept."""


def freeze_measures(clock: Clock) -> None:
    """Every period that is over, since the records began, and has no kept value yet."""
    from shangdun.actions.measures.freeze import do_freeze_measure  # noqa: PLC0415  needs boot
    from shangdun.govern.measures.definition import measures  # noqa: PLC0415  as above
    from shangdun.govern.measures.periods import period_of, periods_to  # noqa: PLC0415  as above
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.measures import kept  # noqa: PLC0415  as above

    known = kept()
    if known.began is None or not known.targets:
        return  # nobody has taken the measures up: there is nothing to keep
    today = clock.now().astimezone(known.zone).date()
    for measure in measures():
        for period in periods_to(period_of(today, measure.cadence).previous, BACK):
            over = period.until(known.zone) > known.began
            if over and (measure.key, period.key) not in known.values:
                do_freeze_measure(JOBS, measure=measure.key, period=period.key, clock=clock)
