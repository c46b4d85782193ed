"""Drills (应急演练) of the year: which were held, how they went, what the plan still asks for."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.drills import duties_of, visible_drills
from shangdun.records.models import Drill, DrillState
from shangdun.respond.drill.calendar import Duty
from shangdun.respond.drill.scoring import Mark

title = gettext_lazy("Drills")
OVER = (DrillState.ENDED, DrillState.SIGNED)


def has(asked: Asked) -> bool:
    """Whether one was held or is planned near the period, or one is owed."""
    return bool(_rows(asked)) or any(duty.overdue(asked.today) for duty in _duties(asked))


def section(asked: Asked) -> str:
    """What was held and planned, then the drills that the plan asks for this year."""
    rows = _rows(asked)
    parts = []
    if rows:
        head = (_("Drill"), _("Kind"), _("Day"), _("State"), _("Expected actions done fully"))
        parts.append(table(head, [_row(one, asked) for one in rows], right=(4,)))
    else:
        parts.append(_("No drill was held in this period."))
    parts += [_owed(asked, duty.quarter) for duty in _duties(asked) if duty.overdue(asked.today)]
    held = sum(duty.held is not None for duty in _duties(asked))
    told = _(
        "The plan asks for two drills a year, in the third and fourth quarter; held so far: %(n)d."
    )
    return "\n\n".join([*parts, told % {"n": held}])


def _rows(asked: Asked) -> list[Drill]:
    rows = visible_drills(asked.actor).exclude(state=DrillState.CANCELLED)
    near = rows.filter(planned_at__gte=asked.begins_at, planned_at__lt=asked.ends_at)
    good = Count("scores", filter=Q(scores__mark=Mark.FULLY))
    every = Count("scores", filter=~Q(scores__mark=Mark.NOT_APPLICABLE))
    return list(near.annotate(good=good, every=every).order_by("planned_at")[:10])


def _row(drill: Drill, asked: Asked) -> tuple[object, ...]:
    day = (drill.began_at or drill.planned_at).astimezone(asked.zone).date()
    good, every = getattr(drill, "good", 0), getattr(drill, "every", 0)
    passed = f"{good}/{every}" if drill.state in OVER and every else "—"
    return (
        f"#{drill.number} {drill.title}",
        drill.get_kind_display(),
        day.isoformat(),
        drill.get_state_display(),
        passed,
    )


def _duties(asked: Asked) -> list[Duty]:
    return list(duties_of(asked.until.year, asked.zone))


def _owed(asked: Asked, quarter: int) -> str:
    text = _("**The drill of quarter %(quarter)d of %(year)d was not held.**")
    return text % {"quarter": quarter, "year": asked.until.year}
