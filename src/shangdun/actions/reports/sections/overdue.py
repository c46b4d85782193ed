"""Overdue work of every part: whatever the one calendar says is late or was missed."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.dated import Asked as AskedDates
from shangdun.records.dated import Dated, DatedState, everything
from shangdun.records.dated_kinds import kind_word

title = gettext_lazy("Overdue work")
MOST = 15
BACK = timedelta(days=366)
"""What is late for longer than a year is no longer work of this plan's period."""


def has(asked: Asked) -> bool:
    """Whether anything is late."""
    return bool(_late(asked))


def section(asked: Asked) -> str:
    """The longest overdue first."""
    rows = _late(asked)
    if not rows:
        return _("Nothing is overdue.")
    text = ngettext("%(n)d thing is overdue.", "%(n)d things are overdue.", len(rows))
    head = (_("What"), _("Kind"), _("Due"), _("Days late"))
    cells = [
        (str(one.title)[:100], kind_word(one.kind), one.day.isoformat(), _days(one, asked))
        for one in rows[:MOST]
    ]
    told = f"{text % {'n': len(rows)}}\n\n{table(head, cells, right=(3,))}"
    more = _("There are more; see the calendar.")
    return f"{told}\n\n{more}" if rows[MOST:] else told


def _days(one: Dated, asked: Asked) -> int:
    return (asked.today - (one.until or one.day)).days


def _late(asked: Asked) -> list[Dated]:
    span = AskedDates(asked.actor, asked.today - BACK, asked.today, asked.now, asked.zone)
    return [one for one in everything(span) if one.state is DatedState.LATE]
