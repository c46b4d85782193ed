"""Drills that are planned or were held, and those that the plan still asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.drills import duties_of, visible_drills
from shangdun.records.models import Drill, DrillState
from shangdun.records.roles import Capability

KINDS = {"drill": (pgettext_lazy("dated", "Drill"), "academic-cap")}
HELD = (DrillState.ENDED, DrillState.SIGNED)


def dated(asked: Asked) -> Iterator[Dated]:
    """For who may see drills."""
    if not asked.actor.can(Capability.VIEW_DRILLS):
        return
    begins = datetime.combine(asked.since, time.min, asked.zone)
    ends = datetime.combine(asked.until + timedelta(days=1), time.min, asked.zone)
    rows = visible_drills(asked.actor).filter(planned_at__gte=begins, planned_at__lt=ends)
    for row in rows.exclude(state=DrillState.CANCELLED):
        yield _drill(row, asked)
    for year in range(asked.since.year, asked.until.year + 1):
        for duty in duties_of(year, asked.zone):
            inside = asked.since <= duty.ends <= asked.until
            if duty.held is None and inside and duty.ends > asked.today - timedelta(days=400):
                yield Dated(
                    uid=f"drill-duty-{duty.year}-{duty.quarter}",
                    kind="drill",
                    title=_("Drill of the quarter: last day"),
                    day=duty.ends,
                    state=DatedState.MISSED if duty.overdue(asked.today) else DatedState.AHEAD,
                    path="/drills/",
                )


def _drill(row: Drill, asked: Asked) -> Dated:
    day = row.planned_at.astimezone(asked.zone).date()
    if row.state in HELD:
        state = DatedState.DONE
    elif row.is_on:
        state = DatedState.DUE
    else:
        state = DatedState.LATE if day < asked.today else DatedState.AHEAD
    return Dated(
        uid=f"drill-{row.number}",
        kind="drill",
        title=row.title,
        day=day,
        state=state,
        path=f"/drills/{row.number}/",
        begins_at=row.planned_at,
        people=(row.observer_id,) if row.observer_id else (),
        detail=row.get_kind_display(),
    )
