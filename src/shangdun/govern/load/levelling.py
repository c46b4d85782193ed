"""Levelling: what has less weight waits until the people it needs have time.

The usual heuristic of resource levelling (PMBOK Guide, 6.5.2.3), kept simple enough to be explained
on a page: in the first week in which somebody has too much to do, the lightest task that can still
move begins in the first week in which it fits. Weight is importance times urgency. It finds a plan,
not the best one; what it cannot mend is named.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from shangdun.govern.load.weeks import Demand, Person, Week, capacity_of, load_of, monday_of
from shangdun.govern.schedule.activity import Activity, Link, Schedule
from shangdun.govern.schedule.calendar import WorkCalendar
from shangdun.govern.schedule.reckon import schedule

Key = Hashable
MOST_MOVES = 200
MOST_WORK = 30_000
"""Activities reckoned anew in all: a plan of 5,000 tasks is levelled a few moves at a time."""
AHEAD = timedelta(weeks=104)
"""No task waits longer than two years for somebody to have time."""


class Weight(NamedTuple):
    """How much a task matters, both 1–5."""

    importance: int = 3
    urgency: int = 3

    @property
    def rank(self) -> tuple[int, int]:
        """Heavier tasks have a greater one."""
        return (self.importance * self.urgency, self.importance)


class Wish(NamedTuple):
    """A task wants so much (per cent of a working day) of a person."""

    task: Key
    person: Key
    share: int


class Move(NamedTuple):
    """A task waits, because of whom, in favour of which heavier ones."""

    task: Key
    person: Key
    monday: date
    """The week that was too full."""
    not_before: date
    favours: tuple[Key, ...]


@dataclass(frozen=True)
class Levelled:
    """A proposal: nothing is done yet."""

    before: Schedule
    after: Schedule
    moves: tuple[Move, ...]
    """The last move of each task that waits, in order of time."""
    left: tuple[Week, ...]
    """Weeks that stay too full: one task alone is too much, or what has begun cannot move."""
    complete: bool
    """False: it stopped after so many moves as it may make; more would have to wait."""


class Plan(NamedTuple):
    """What is levelled."""

    activities: Sequence[Activity]
    links: Sequence[Link]
    calendar: WorkCalendar
    start: date
    today: date | None
    """As ``schedule`` has it: None before the plan runs."""


def demands_of(found: Schedule, wishes: Sequence[Wish], today: date | None) -> list[Demand]:
    """When each wish falls due by a schedule; what is over asks nothing any more."""
    demands = []
    for wish in wishes:
        planned = found.planned.get(wish.task)
        if planned is None or planned.over or planned.days == 0:
            continue
        begin = planned.starts_on if today is None else max(planned.starts_on, today)
        if begin <= planned.ends_on:
            demands.append(Demand(wish.person, wish.task, begin, planned.ends_on, wish.share))
    return demands


class Needs(NamedTuple):
    """Who works on what of the plan, what it weighs, and what people do besides."""

    people: Sequence[Person]
    wishes: Sequence[Wish]
    weights: Mapping[Key, Weight]
    fixed: Sequence[Demand] = ()
    """Work in other plans: it counts, and does not move."""


def level(plan: Plan, needs: Needs) -> Levelled:
    """A plan in which nobody has too much to do, as far as waiting can bring it about."""
    return _Levelling(plan, needs).run()


class _Levelling:
    def __init__(self, plan: Plan, needs: Needs) -> None:
        self._plan, self._needs = plan, needs
        self._person = {one.key: one for one in needs.people}
        self._activities = {one.key: one for one in plan.activities}
        self._moves: dict[Key, Move] = {}
        self._given_up: set[tuple[Key, date]] = set()

    def run(self) -> Levelled:
        before = now = self._reckon()
        most = max(5, min(MOST_MOVES, MOST_WORK // max(1, len(self._activities))))
        count = 0
        full = self._first_full(now)
        while full is not None and count < most:
            move = self._move(full, now)
            if move is None:
                self._given_up.add((full.person, full.monday))
            else:
                self._moves[move.task] = move
                old = self._activities[move.task]
                self._activities[move.task] = old._replace(not_before=move.not_before)
                now = self._reckon()
                count += 1
            full = self._first_full(now)
        left = tuple(week for week in self._full(now))
        moves = tuple(sorted(self._moves.values(), key=lambda one: (one.monday, str(one.task))))
        return Levelled(before, now, moves, left, full is None)

    def _reckon(self) -> Schedule:
        plan = self._plan
        return schedule(
            list(self._activities.values()), plan.links, plan.calendar, plan.start,
            today=plan.today,
        )  # fmt: skip

    def _weeks(self, now: Schedule) -> dict[Key, list[Week]]:
        demands = [*demands_of(now, self._needs.wishes, self._plan.today), *self._needs.fixed]
        first = self._plan.today or self._plan.start
        last = max((one.ends_on for one in demands), default=first)
        return load_of(self._needs.people, demands, self._plan.calendar, first, max(first, last))

    def _full(self, now: Schedule) -> list[Week]:
        weeks = [one for person in self._weeks(now).values() for one in person if one.overloaded]
        return sorted(weeks, key=lambda one: one.monday)

    def _first_full(self, now: Schedule) -> Week | None:
        return next(
            (one for one in self._full(now) if (one.person, one.monday) not in self._given_up), None
        )

    def _move(self, full: Week, now: Schedule) -> Move | None:
        """The lightest that can move; None: nothing can, or it would not help."""
        person = self._person[full.person]
        movable = [task for task in full.tasks if self._movable(task)]
        movable.sort(key=lambda task: (self._weight(task).rank, -now.planned[task].slack))
        for task in movable:
            begin = self._fits(person, task, full, now)
            if begin is not None:
                heavier = tuple(other for other in full.tasks if other != task)
                return Move(task, full.person, full.monday, begin, heavier)
        return None

    def _movable(self, task: Key) -> bool:
        one = self._activities.get(task)
        return one is not None and not (one.began_on or one.done_on or one.dropped)

    def _weight(self, task: Key) -> Weight:
        return self._needs.weights.get(task, Weight())

    def _fits(self, person: Person, task: Key, full: Week, now: Schedule) -> date | None:
        """The first working day, of a later week, from which the person has time for all of it."""
        calendar = self._plan.calendar
        length = max(1, now.planned[task].days)
        share = sum(
            one.share for one in self._needs.wishes if (one.task, one.person) == (task, person.key)
        )
        others = {
            week.monday: week.load - week.tasks.get(task, 0)
            for week in self._weeks(now)[person.key]
        }
        monday = full.monday + timedelta(days=7)
        while monday <= full.monday + AHEAD:
            begin = calendar.index(monday)
            wanted: dict[date, int] = {}
            for number in range(begin, begin + length):
                week = monday_of(calendar.day(number))
                wanted[week] = wanted.get(week, 0) + share
            if all(
                others.get(week, 0) + load <= capacity_of(person, week, calendar)
                for week, load in wanted.items()
            ):
                return calendar.day(begin)
            monday += timedelta(days=7)
        return None
