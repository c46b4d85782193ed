"""What comes next: the dates of the period that follows, from the one calendar."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.dated import Asked as AskedDates
from shangdun.records.dated import Dated, DatedState, everything
from shangdun.records.dated_kinds import kind_word

title = gettext_lazy("Dates ahead")
MOST = 20
OVER = (DatedState.DONE, DatedState.LATE, DatedState.MISSED)


def has(asked: Asked) -> bool:
    """Whether anything is due."""
    return bool(_coming(asked))


def section(asked: Asked) -> str:
    """By day, for as long as the period that is reported on."""
    rows = _coming(asked)
    if not rows:
        return _("Nothing is dated for the period ahead.")
    head = (_("Day"), _("Kind"), _("What"))
    cells = [(_day(one), kind_word(one.kind), str(one.title)[:110]) for one in rows[:MOST]]
    told = table(head, cells)
    more = _("There are more; see the calendar.")
    return f"{told}\n\n{more}" if rows[MOST:] else told


def _day(one: Dated) -> str:
    if one.until is None or one.until == one.day:
        return one.day.isoformat()
    return _("%(since)s to %(until)s") % {"since": one.day.isoformat(), "until": one.until}


def _coming(asked: Asked) -> list[Dated]:
    length = (asked.until - asked.since).days
    since = max(asked.until, asked.today)
    span = AskedDates(asked.actor, since, since + timedelta(days=length + 1), asked.now, asked.zone)
    return [one for one in everything(span) if one.state not in OVER]
