"""The calendar of working days: a year at a glance, and what the library does not know yet."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.actions.schedule.workdays import OwnDay, do_set_workdays
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.schedule import MANAGES, VIEWS, today
from shangdun.govern.schedule.announcement import Unread, read_announcement
from shangdun.govern.schedule.calendar import FIRST, LAST, WorkCalendar
from shangdun.kernel.errors import UsageError
from shangdun.records.models import CalendarDay
from shangdun.records.schedule import office_calendar


class Month(NamedTuple):
    """One month as weeks of cells; None where another month's day would be."""

    first: date
    weeks: list[list[tuple[date, str] | None]]
    worked: int


@page("programmes", *VIEWS)
def workdays(request: Request) -> HttpResponseBase:
    """The year, month by month."""
    return _page(request)


def _page(
    request: Request, *, text: str = "", wrong: tuple[Unread, ...] = (), status: int = 200
) -> HttpResponseBase:
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and len(given) == 4 else today().year
    year = min(max(year, FIRST.year), LAST.year)
    calendar = office_calendar()
    known = calendar.known_until
    months = [_month(calendar, date(year, number, 1)) for number in range(1, 13)]
    context = {
        "year": year,
        "before": year - 1 if year > FIRST.year else None,
        "after": year + 1 if year < LAST.year else None,
        "months": months,
        "worked": sum(month.worked for month in months),
        "known": known,
        "certain": calendar.certain(date(year, 12, 31)),
        "own": list(CalendarDay.objects.filter(day__year=year)),
        "may": request.user.can(*MANAGES),
        "text": text,
        "wrong": wrong,
    }
    return render(request, "schedule/workdays.html", context, status=status)


def _month(calendar: WorkCalendar, first: date) -> Month:
    cells: list[tuple[date, str] | None] = [None] * first.weekday()
    worked = 0
    for n in range(monthrange(first.year, first.month)[1]):
        day = first + timedelta(days=n)
        kind = calendar.kind(day)
        worked += calendar.is_workday(day)
        cells.append((day, kind.value))
    cells += [None] * (-len(cells) % 7)
    return Month(first, [cells[n : n + 7] for n in range(0, len(cells), 7)], worked)


@page("programmes", *MANAGES, methods=("POST",))
def change(request: Request) -> HttpResponseBase:
    """Enter days, one line a rule; nothing is kept while a line cannot be read."""
    text = request.POST.get("days", "")[:20_000]
    days, wrong = read_announcement(text)
    if wrong or not days:
        if not days and not wrong:
            messages.error(request, _("Write at least one day."))
        return _page(request, text=text, wrong=tuple(wrong), status=422)
    announced = request.POST.get("announced") == "yes"
    wanted = [
        OwnDay(day=one.day, worked=one.worked, name=one.name, announced=announced) for one in days
    ]
    try:
        count = do_set_workdays(request.user, wanted)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return _page(request, text=text, status=422)
    said_so = ngettext(
        "%(n)d day changed; every running plan is scheduled anew.",
        "%(n)d days changed; every running plan is scheduled anew.",
        count,
    )
    messages.success(request, said_so % {"n": count})
    return redirect(f"{reverse('workdays')}?year={wanted[0].day.year}")
