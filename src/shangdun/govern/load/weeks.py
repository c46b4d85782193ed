"""Load of people week by week, against what they can give.

Everything is counted in per cent of a working day: a person who gives half of the time to the plan
can give 250 in a week of five working days, less on holidays and absences.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from shangdun.govern.schedule.calendar import WorkCalendar

Key = Hashable


class Person(NamedTuple):
    """Who works: per cent of a working day for the plan, and the days on which nobody comes."""

    key: Key
    capacity: int = 100
    away: frozenset[date] = frozenset()
    since: date | None = None
    until: date | None = None
    """First and last day on which the person is there at all: an expert's contract."""


class Demand(NamedTuple):
    """A task wants so much of a person on each working day between its dates (both included)."""

    person: Key
    task: Key
    starts_on: date
    ends_on: date
    share: int
    """Per cent of a working day."""


@dataclass(frozen=True)
class Week:
    """One person's week."""

    person: Key
    monday: date
    capacity: int
    load: int
    tasks: Mapping[Key, int] = field(default_factory=dict)
    """What each task takes of it, the largest first."""

    @property
    def overloaded(self) -> bool:
        return self.load > self.capacity

    @property
    def percent(self) -> int | None:
        """Load of capacity; None: there is none, and something is asked all the same."""
        if self.capacity:
            return round(100 * self.load / self.capacity)
        return None if self.load else 0


def monday_of(day: date) -> date:
    """The Monday of its ISO week."""
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, last: date) -> list[date]:
    """The Mondays from one day's week to the other's."""
    begin, end = monday_of(first), monday_of(last)
    return [begin + timedelta(days=7 * n) for n in range((end - begin).days // 7 + 1)]


def load_of(
    people: Sequence[Person],
    demands: Iterable[Demand],
    calendar: WorkCalendar,
    first: date,
    last: date,
) -> dict[Key, list[Week]]:
    """Each person's weeks from ``first`` to ``last``, empty ones too.

    Work falls on the calendar's working days, also on those on which the person is away: what is
    not done then is what makes the week too full.
    """
    mondays = weeks_between(first, last)
    taken: dict[tuple[Key, date], dict[Key, int]] = {}
    for demand in demands:
        for day in _workdays(max(demand.starts_on, mondays[0]), demand.ends_on, calendar, mondays):
            week = taken.setdefault((demand.person, monday_of(day)), {})
            week[demand.task] = week.get(demand.task, 0) + demand.share
    found: dict[Key, list[Week]] = {}
    for person in people:
        weeks = []
        for monday in mondays:
            tasks = taken.get((person.key, monday), {})
            ordered = dict(sorted(tasks.items(), key=lambda one: -one[1]))
            weeks.append(
                Week(person.key, monday, capacity_of(person, monday, calendar),
                     sum(tasks.values()), ordered)
            )  # fmt: skip
        found[person.key] = weeks
    return found


def capacity_of(person: Person, monday: date, calendar: WorkCalendar) -> int:
    """What the person can give in the week that begins then."""
    days = (monday + timedelta(days=n) for n in range(7))
    return person.capacity * sum(_there(person, day) for day in days if calendar.is_workday(day))


def _there(person: Person, day: date) -> bool:
    early = person.since is not None and day < person.since
    late = person.until is not None and day > person.until
    return not early and not late and day not in person.away


def _workdays(
    first: date, last: date, calendar: WorkCalendar, mondays: Sequence[date]
) -> Iterable[date]:
    end = min(last, mondays[-1] + timedelta(days=6))
    day = first
    while day <= end:
        if calendar.is_workday(day):
            yield day
        day += timedelta(days=1)
