"""Running plans are scheduled anew when a day has passed."""

from __future__ import annotations

import logging

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError

log = logging.getLogger(__name__)


def follow_schedules(clock: Clock) -> int:
    """How many plans moved; one that cannot be reckoned holds no other back."""
    from shangdun.actions.schedule.follow import do_follow_schedule  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import Programme, ProgrammeState  # noqa: PLC0415  as above

    running = Programme.objects.filter(state=ProgrammeState.APPROVED, archived_at=None)
    moved = 0
    for number in running.order_by("number").values_list("number", flat=True):
        try:
            moved += bool(do_follow_schedule(JOBS, number=number, clock=clock))
        except ShangdunError as e:
            log.warning("programme %d is not scheduled: %s", number, e)
    return moved


def move_schedules(clock: Clock) -> None:
    """The duty."""
    follow_schedules(clock)
