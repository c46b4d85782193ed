"""The one calendar as its page shows it: a month of days, and the same as a list."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.schedule.calendar import DayKind, calendar_named
from shangdun.records.dated import Asked, Dated, DatedState, everything
from shangdun.records.dated_kinds import kind_of

SHOWN = 4
"""Entries of a day in the grid; the rest is in the list."""
STATES: dict[DatedState, tuple[str | Promise, str]] = {
    DatedState.AHEAD: (pgettext_lazy("dated", "ahead"), ""),
    DatedState.DUE: (pgettext_lazy("dated", "due"), "own"),
    DatedState.DONE: (pgettext_lazy("dated", "done"), "good"),
    DatedState.LATE: (pgettext_lazy("dated", "late"), "bad"),
    DatedState.MISSED: (pgettext_lazy("dated", "missed"), "bad"),
}
DAYS: dict[DayKind, str | Promise] = {
    DayKind.HOLIDAY: _("holiday"),
    DayKind.MAKE_UP: _("worked for a holiday"),
}


@dataclass(frozen=True)
class Shown:
    """One entry for a page."""

    one: Dated
    label: str | Promise
    icon: str
    state: str | Promise
    look: str


@dataclass
class Day:
    """One day of the month, or of the weeks that begin and end it."""

    day: date
    inside: bool
    today: bool
    special: str | Promise
    rest: bool
    """Nobody works."""
    entries: list[Shown] = field(default_factory=list)

    @property
    def first(self) -> list[Shown]:
        return self.entries[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.entries) - SHOWN)


@dataclass(frozen=True)
class Month:
    """A month: whole weeks for the grid, days with something for the list."""

    first: date
    weeks: list[list[Day]]
    kinds: list[tuple[str, str | Promise, str, int]]
    """Kind, words, icon, how many: of what is there before the filter."""
    count: int
    provisional: bool

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day.inside and day.entries]

    @property
    def earlier(self) -> list[Day]:
        """The days of the running month that are over: folded, so that the list begins today."""
        days = [day for week in self.weeks for day in week if day.inside]
        today = next((day.day for day in days if day.today), None)
        return [day for day in self.days if today and day.day < today]

    @property
    def coming(self) -> list[Day]:
        return self.days[len(self.earlier) :]

    @property
    def undone(self) -> int:
        """Of the days that are over: what is late or was missed."""
        return sum(one.look == "bad" for day in self.earlier for one in day.entries)

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=31):%Y-%m}"


def month_of(
    asked: Asked, first: date, *, kinds: Sequence[str], mine: int | None, calendar: str
) -> Month:
    """The month that begins on ``first``; only those kinds and that person, where given."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    since, until = (
        first - timedelta(days=first.weekday()),
        last + timedelta(days=6 - last.weekday()),
    )
    span = Asked(asked.actor, since, until, asked.now, asked.zone)
    found = [one for one in everything(span) if mine is None or mine in one.people]
    tally: defaultdict[str, int] = defaultdict(int)
    for one in found:
        tally[one.kind] += first <= one.day <= last
    chosen = [one for one in found if not kinds or one.kind in kinds]
    by_day: defaultdict[date, list[Shown]] = defaultdict(list)
    for one in chosen:
        by_day[max(one.day, since)].append(shown(one))
    workdays = calendar_named(calendar)
    weeks = []
    for start in range(0, (until - since).days + 1, 7):
        days = [since + timedelta(days=start + one) for one in range(7)]
        weeks.append(
            [
                Day(
                    day,
                    inside=day.month == first.month,
                    today=day == asked.today,
                    special=DAYS.get(workdays.kind(day), ""),
                    rest=not workdays.is_workday(day),
                    entries=_in_order(by_day[day]),
                )
                for day in days
            ]
        )
    listed = [
        (kind, kind_of(kind).label, kind_of(kind).icon, tally[kind]) for kind in sorted(tally)
    ]
    inside = sum(first <= one.day <= last for one in chosen)
    return Month(first, weeks, listed, inside, provisional=not workdays.certain(last))


def shown(one: Dated) -> Shown:
    """An entry with its words and look."""
    kind, (state, look) = kind_of(one.kind), STATES[one.state]
    return Shown(one, kind.label, kind.icon, state, look)


def _in_order(entries: list[Shown]) -> list[Shown]:
    """What has hours by its hour, before what takes the whole day."""
    return sorted(
        entries,
        key=lambda one: (one.one.begins_at is None, str(one.one.begins_at or ""), one.one.uid),
    )


def month_from(text: str, today: date) -> date:
    """The first of the month that an address names (``2026-03``), else of this month."""
    try:
        year, month = (int(part) for part in text.split("-"))
        return date(min(max(year, 2005), 2098), month, 1)
    except ValueError:
        return today.replace(day=1)
