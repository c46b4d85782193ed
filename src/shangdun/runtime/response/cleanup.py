"""Measuring the cleanup of contained incidents, so that a proof waits for no page."""

from __future__ import annotations

from shangdun.kernel.clock import Clock


def measure_cleanups(clock: Clock) -> None:
    """Every incident whose cleanup has something to measure."""
    from shangdun.actions.cleanup.measure import do_measure_cleanup  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import CleanupItem  # noqa: PLC0415  as above
    from shangdun.respond.cleanup.checklist import CheckKind  # noqa: PLC0415  as above
    from shangdun.respond.state import State  # noqa: PLC0415  as above

    waiting = (
        CleanupItem.objects.exclude(check_kind=CheckKind.BY_HAND)
        .filter(incident__state=State.CONTAINED.value, incident__drill=None)
        .order_by("incident_id")
        .values_list("incident_id", flat=True)
        .distinct()
    )
    for incident_id in waiting[:200]:
        do_measure_cleanup(JOBS, incident_id=incident_id, clock=clock)
