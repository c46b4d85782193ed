"""Drills by the clock: injects whose minute has come, and drills that the year still asks for."""

from __future__ import annotations

from datetime import timedelta

from shangdun.kernel.clock import Clock


def tell_injects(clock: Clock) -> None:
    """Every inject of the running drill that is due by its clock."""
    from shangdun.actions.drills.play import do_tell_inject, is_due  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import DrillInject, DrillState  # noqa: PLC0415  as above

    waiting = DrillInject.objects.filter(told_at=None, drill__state=DrillState.RUNNING)
    for row in waiting.select_related("drill"):
        if is_due(row, clock.now()):
            do_tell_inject(JOBS, inject_id=row.pk, clock=clock)


def remind_of_drills(clock: Clock) -> None:
    """Say that the third or fourth quarter's drill is still to be held, on the days for it."""
    from shangdun.actions.drills.remind import do_remind_of_drill  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.drills import duties_of  # noqa: PLC0415  as above
    from shangdun.records.messages import console_zone  # noqa: PLC0415  as above

    zone = console_zone()
    today = clock.now().astimezone(zone).date()
    for year in (today.year - 1, today.year):
        for duty in duties_of(year, zone):
            late = duty.overdue(today) and today <= duty.ends + timedelta(days=31)
            if duty.held is None and (late or any(day <= today for day in duty.reminders())):
                do_remind_of_drill(JOBS, duty=duty, today=today, clock=clock)
