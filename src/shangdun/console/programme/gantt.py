"""The schedule as the chart takes it: one compact answer, dates as days since 1970."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.govern.schedule.activity import LinkKind
from shangdun.govern.schedule.calendar import CalendarKey, DayKind, WorkCalendar
from shangdun.govern.schedule.compare import Effect
from shangdun.records.models import PlanLink, PlanTask, Programme, User
from shangdun.records.schedule import calendar_of

_EPOCH = date(1970, 1, 1).toordinal()
MARGIN = timedelta(days=21)
"""Shown before and after the plan."""
LONGEST = 366 * 12
"""Days whose shading is sent along: beyond it a plan is drawn without."""
_KINDS = {"task": 0, "subtask": 1, "milestone": 2}
_STATES = {"todo": 0, "doing": 1, "done": 2, "dropped": 3}
_COLUMNS = (
    "id", "parent_id", "kind", "code", "title", "starts_on", "ends_on", "slack", "state",
    "progress", "due", "baseline_start", "baseline_end", "version", "not_before", "days",
    "owner_id", "began_on",
)  # fmt: skip


def number_of(day: date | None) -> int | None:
    """A day as the chart counts it."""
    return day.toordinal() - _EPOCH if day else None


def chart(programme: Programme, today: date, *, may: bool) -> dict[str, Any]:
    """Rows, links, days off: what is drawn; ``may`` says whether it can be changed."""
    rows = PlanTask.objects.filter(programme=programme, archived_at=None)
    values = list(rows.order_by("position", "pk").values_list(*_COLUMNS))
    places = {row[0]: place for place, row in enumerate(values)}
    first, last = _span(programme, values, today)
    calendar = calendar_of(programme)
    return {
        "today": number_of(today),
        "first": number_of(first),
        "last": number_of(last),
        "known": number_of(calendar.known_until),
        "off": off_days(calendar, first, last),
        "shift": programme.calendar != CalendarKey.ALL,
        "tasks": [_task(row, places) for row in values],
        "links": list(_links(programme, places)),
        "people": _people(row[16] for row in values),
        "may": may,
        "words": words(),
    }


def _task(row: tuple[Any, ...], places: Mapping[int, int]) -> list[Any]:
    parent = places.get(row[1], -1)
    return [
        row[0], parent, _KINDS[row[2]], row[3], row[4], number_of(row[5]), number_of(row[6]),
        row[7], _STATES[row[8]], row[9], number_of(row[10]), number_of(row[11]),
        number_of(row[12]), row[13], number_of(row[14]), row[15], row[16], number_of(row[17]),
    ]  # fmt: skip


def _span(programme: Programme, values: list[tuple[Any, ...]], today: date) -> tuple[date, date]:
    days = [day for row in values for day in (row[5], row[6], row[10], row[11], row[12]) if day]
    days += [programme.starts_on]
    first, last = min(days), max(days)
    if first - MARGIN * 4 <= today <= last + MARGIN * 4:  # a plan of long ago has no today
        first, last = min(first, today), max(last, today)
    return first - MARGIN, last + MARGIN


def off_days(calendar: WorkCalendar, first: date, last: date) -> list[list[int]]:
    """Runs of days that are not worked: [first, length, 1 for a holiday]; make-up days as 2."""
    runs: list[list[int]] = []
    if calendar.key is CalendarKey.ALL:
        return runs
    for n in range(min((last - first).days + 1, LONGEST)):
        day = first + timedelta(days=n)
        kind = calendar.kind(day)
        if kind is DayKind.WORK:
            continue
        sort = {DayKind.WEEKEND: 0, DayKind.HOLIDAY: 1, DayKind.MAKE_UP: 2}[kind]
        ordinal = day.toordinal() - _EPOCH
        if runs and runs[-1][0] + runs[-1][1] == ordinal and runs[-1][2] == sort:
            runs[-1][1] += 1
        else:
            runs.append([ordinal, 1, sort])
    return runs


def _links(programme: Programme, places: Mapping[int, int]) -> Iterable[list[Any]]:
    rows = PlanLink.objects.filter(programme=programme).order_by("pk")
    kinds = {kind.value: place for place, kind in enumerate(LinkKind)}
    for before, after, kind, lag in rows.values_list("before_id", "after_id", "kind", "lag"):
        if before in places and after in places:
            yield [places[before], places[after], kinds[kind], lag]


def _people(ids: Iterable[int | None]) -> dict[int, str]:
    found = User.objects.filter(pk__in={one for one in ids if one}).order_by("pk")
    return {user.pk: user.get_full_name() or user.get_username() for user in found}


def words() -> dict[str, str]:
    """What the chart says, in the page's language."""
    return {
        "today": _("Today"),
        "critical": _("on the critical path"),
        "slack": _("slack {n} d"),
        "late": _("ends after its due date"),
        "done": _("done"),
        "dropped": _("dropped"),
        "milestone": _("milestone"),
        "holds": _("holds others"),
        "due": _("due {day}"),
        "baseline": _("baseline {first} – {last}"),
        "span": _("{first} – {last}, {n} working days"),
        "on": _("on {day}"),
        "fold": _("Fold or unfold with Enter."),
        "link": _("Link: choose the task that shall wait for “{task}”, then press Enter."),
        "cannot": _("Its dates are those of what it holds, or it has begun."),
        "failed": _("The server did not answer. Nothing was changed."),
        "kept": _("Kept. {did}"),
        "undone": _("Undone: it stands as before."),
        "rows": _("{n} of {all} rows"),
        "week": _("W{n}"),
        "expected": _("Holidays from here on are not announced yet"),
    }


def told(effect: Effect) -> dict[str, Any]:
    """What a change does, in a sentence, and the bars that move."""
    return {
        "says": said(effect),
        "end": effect.end,
        "tasks": effect.tasks,
        "broken": list(effect.broken),
        "moved": [
            [key, number_of(span.starts_on), number_of(span.ends_on)]
            for key, span in effect.moved.items()
        ],
    }


def said(effect: Effect) -> str:
    """What a change does: how many tasks, the end by how much, which promises break."""
    if not effect.moved:
        return _("Moves nothing.")
    parts = [ngettext("Moves %(n)d task", "Moves %(n)d tasks", effect.tasks) % {"n": effect.tasks}]
    later, earlier = effect.end, -effect.end
    if effect.end > 0:
        parts.append(
            ngettext(
                "the end %(n)d working day later", "the end %(n)d working days later", later
            ) % {"n": later}
        )  # fmt: skip
    elif effect.end < 0:
        parts.append(
            ngettext(
                "the end %(n)d working day earlier", "the end %(n)d working days earlier", earlier
            ) % {"n": earlier}
        )  # fmt: skip
    else:
        parts.append(_("the end stays"))
    if effect.broken:
        n = len(effect.broken)
        parts.append(ngettext("%(n)d due date breaks", "%(n)d due dates break", n) % {"n": n})
    if effect.kept:
        n = len(effect.kept)
        parts.append(
            ngettext("%(n)d due date is kept again", "%(n)d due dates are kept again", n) % {"n": n}
        )
    return _("%(parts)s.") % {"parts": _(", ").join(parts)}
