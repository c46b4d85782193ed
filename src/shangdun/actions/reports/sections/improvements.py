"""Improvements: from reports and drills, until a retest shows that they work."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.models import Improvement, ImprovementState
from shangdun.records.reviews import visible_improvements

title = gettext_lazy("Improvements")
MOST = 12
WAITING = (ImprovementState.OPEN, ImprovementState.DONE)


def has(asked: Asked) -> bool:
    """Whether one is open or was proven in the period."""
    return bool(_open(asked)) or bool(_proven(asked))


def section(asked: Asked) -> str:
    """How many were proven, then what is open by its day."""
    rows, proven = _open(asked), _proven(asked)
    if not rows and not proven:
        return _("No improvement is open, and none was proven in this period.")
    late = sum(row.due < asked.today and row.state == ImprovementState.OPEN for row in rows)
    told = _("%(proven)d proven by a retest in this period, %(open)d open, %(late)d of them late.")
    text = told % {"proven": proven, "open": len(rows), "late": late}
    if not rows:
        return text
    head = (_("Improvement"), pgettext("action item", "Owner"), _("Due"), _("State"))
    return f"{text}\n\n{table(head, [_row(row, asked) for row in rows[:MOST]])}"


def _row(row: Improvement, asked: Asked) -> tuple[str, ...]:
    owner = row.owner
    late = row.due < asked.today and row.state == ImprovementState.OPEN
    mark = _("(late)")
    day = f"{row.due.isoformat()} {mark}" if late else row.due.isoformat()
    return (
        f"#{row.number} {row.title}"[:100],
        (owner.get_full_name() or owner.username) if owner else str(row.get_group_display()),
        day,
        str(row.get_state_display()),
    )


def _open(asked: Asked) -> list[Improvement]:
    rows = visible_improvements(asked.actor).filter(state__in=WAITING)
    return list(rows.filter(created__lt=asked.ends_at).order_by("due", "number")[:500])


def _proven(asked: Asked) -> int:
    span = {"retested_at__gte": asked.begins_at, "retested_at__lt": asked.ends_at}
    rows = visible_improvements(asked.actor).filter(state=ImprovementState.PROVEN, **span)
    return rows.count()
