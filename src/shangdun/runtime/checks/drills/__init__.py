"""Drills are held in the third and the fourth quarter (plan, section 五.1.d)."""

from __future__ import annotations

from datetime import datetime, timedelta

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

TIME_FOR_IT = timedelta(days=30)
"""Who began to use this in the last month of a quarter owes no drill in it."""


def check(asked: Asked) -> Seen:
    """Fails where a drill of this or last year is overdue that was owed since we are in use."""
    from shangdun.records.drills import duties_of  # noqa: PLC0415  needs boot
    from shangdun.records.models import LedgerEntry  # noqa: PLC0415  as above

    first = LedgerEntry.objects.order_by("seq").values_list("time", flat=True).first()
    since = datetime.fromtimestamp((first or 0) / 1000, asked.zone).date()
    owed = [
        duty
        for year in (asked.today.year - 1, asked.today.year)
        for duty in duties_of(year, asked.zone)
        if duty.ends - since >= TIME_FOR_IT
    ]
    facts = [
        SeenFact("quarter", f"{duty.held}" if duty.held else "—", "/drills/", {"ends": duty.ends})
        for duty in owed
    ]
    late = [duty for duty in owed if duty.overdue(asked.today)]
    if late:
        return failed("late", *facts, count=len(late), ends=late[0].ends)
    held = sum(duty.held is not None for duty in owed)
    return passed("good", *facts, held=held)
