"""Load: who works on the programme, how full the next weeks are, who has too much to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.load.weeks import monday_of
from shangdun.records.resources import PersonLoad, person_loads, unassigned_tasks

title = gettext_lazy("People and their load")
WEEKS = 8
NAMED = 5


def has(asked: Asked) -> bool:
    """Whether anybody is assigned."""
    if asked.programme is None:
        return False
    return bool(person_loads(asked.actor, asked.programme, monday_of(asked.today), 1))


def section(asked: Asked) -> str:
    """The next eight weeks from the day it is written; overload by name."""
    if asked.programme is None:
        return _("There is no programme whose load could be told.")
    people = person_loads(asked.actor, asked.programme, monday_of(asked.today), WEEKS)
    if not people:
        return _("Nobody is assigned to the programme's tasks yet.")
    rows = [_row(one) for one in people]
    head = (_("Person"), _("Load, next four weeks"), _("Load, the four after"),
            _("Weeks too full"))  # fmt: skip
    parts = [table(head, rows, right=(1, 2, 3))]
    full = [(one, week) for one in people for week in one.overloaded]
    for one, week in sorted(full, key=lambda pair: pair[1].monday)[:NAMED]:
        words = _("- %(person)s, week of %(monday)s: %(load)s of the time there is")
        percent = _("100%+") if week.percent is None else f"{week.percent}%"
        name = plain(one.resource.name)
        parts.append(words % {"person": name, "monday": week.monday.isoformat(), "load": percent})
    open_ = unassigned_tasks(asked.programme).count()
    if open_:
        words = ngettext(
            "%(n)d subtask has nobody assigned: its work is not counted.",
            "%(n)d subtasks have nobody assigned: their work is not counted.",
            open_,
        )
        parts.append(words % {"n": open_})
    return "\n\n".join(parts)


def _row(one: PersonLoad) -> tuple[str, str, str, int]:
    return (one.resource.name, _share(one, 0), _share(one, 4), len(one.overloaded))


def _share(one: PersonLoad, begin: int) -> str:
    weeks = one.weeks[begin : begin + 4]
    capacity, load = sum(week.capacity for week in weeks), sum(week.load for week in weeks)
    if not capacity:
        return _("away") if not load else _("away, with work")
    return f"{round(100 * load / capacity)}%"
