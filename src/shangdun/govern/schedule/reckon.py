"""Dates of a plan by the critical path method, with all four kinds of links, on working days.

Forward and backward pass as in Kelley & Walker 1959 (Critical-path planning and scheduling),
extended to precedence diagramming. A task is not split: what holds its end back moves its start.
What happened is fixed. What has not begun cannot begin before ``today``; what is under way ends as
planned, or, where its end has passed or somebody reported progress, after the work that remains.
What has begun no longer waits for what should have come before it (progress override).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from shangdun.govern.schedule.activity import (
    Activity,
    Cause,
    Driver,
    Key,
    Link,
    LinkKind,
    Planned,
    Schedule,
)
from shangdun.govern.schedule.calendar import WorkCalendar
from shangdun.govern.schedule.late import Early, late_dates
from shangdun.govern.schedule.network import CycleError, Network

__all__ = ["Activity", "CycleError", "Link", "LinkKind", "Schedule", "schedule"]

LONGEST = 10_000
"""Working days of an activity or a lag: some forty years."""
_FINISHES = {LinkKind.FF, LinkKind.SF}
_FROM_FINISH = {LinkKind.FS, LinkKind.FF}


def schedule(
    activities: Sequence[Activity],
    links: Sequence[Link],
    calendar: WorkCalendar,
    start: date,
    *,
    today: date | None = None,
) -> Schedule:
    """Early and late dates, slack, what drives each date, the critical path.

    ``today`` is the data date: without it nothing is pushed out of the past. Links into a summary
    must be FS or SS and hold for all it holds; links out of one wait for its last end (FS, FF) or
    its first start (SS, SF). Raises ``CycleError`` (``schedule.cycle``) naming the activities,
    ``UsageError`` (``schedule.link``, ``schedule.summary_end``, ``schedule.day``).
    """
    network = Network(activities, links)
    forward = _Forward(network, calendar, start, today)
    forward.reckon()
    leaves = [place for place in range(network.size) if not network.summary[place]]
    begin = calendar.index(start)
    living = [place for place in leaves if not activities[place].dropped]
    end = max((forward.finish[place] for place in living), default=begin)
    early = Early(forward.start, forward.finish, forward.first)
    late = late_dates(network, early, end)
    promised = _promised(forward)
    room = late_dates(network, early, end, promised) if promised else late
    planned = _planned(forward, late, room)
    shown = planned.values()
    return Schedule(
        planned={activities[place].key: planned[place] for place in range(network.size)},
        starts_on=min((one.starts_on for one in shown), default=start),
        ends_on=max((one.ends_on for one in shown), default=start),
        days=end - min((forward.start[place] for place in living), default=begin),
        path=_path(forward, living),
    )


class _Bound(NamedTuple):
    """The earliest point somebody allows, and whether it is the end of the day before it."""

    at: int
    at_end: bool
    driver: Driver


_PLAN = Driver(Cause.START)


class _Forward:
    """The forward pass: arrays by place, points as indices of working days."""

    def __init__(
        self, network: Network, calendar: WorkCalendar, start: date, today: date | None
    ) -> None:
        self.network = network
        self.calendar = calendar
        self.begin = calendar.index(start)
        self.today = calendar.index(today) if today else None
        n = network.size
        self.start = [self.begin] * n
        self.finish = [self.begin] * n
        self.allowed = [self.begin] * n
        self.at_end = [True] * n
        self.driver = [_PLAN] * n
        self.held = [_PLAN] * n
        self.first = list(range(n))
        """Of a summary the leaf that begins first; of a leaf itself."""
        self.last = list(range(n))
        self.gate: list[_Bound | None] = [None] * n

    def reckon(self) -> None:
        """Walk the network in its order."""
        for node in self.network.order:
            if node >= self.network.size:
                self._sum(node - self.network.size)
            elif self.network.summary[node]:
                self.gate[node] = self._starts(node)
            else:
                self._leaf(node)

    def _point(self, place: int, kind: LinkKind) -> tuple[int, bool]:
        """Where a link begins: the point, and whether it is an end of a day."""
        if kind in _FROM_FINISH:
            return self.finish[place], self.at_end[place]
        return self.start[place], False

    def _starts(self, place: int) -> _Bound:
        """What plan, dates, summaries above and links (FS, SS) allow for the start."""
        parent = self.network.parent[place]
        above = self.gate[parent] if parent >= 0 else None
        best = above or _Bound(self.begin, at_end=False, driver=_PLAN)
        not_before = self.network.activities[place].not_before
        if not_before is not None and not self.network.activities[place].dropped:
            at = self.calendar.index(not_before)
            if at > best.at or (at == best.at and best.at_end):
                best = _Bound(at, at_end=False, driver=Driver(Cause.NOT_BEFORE))
        for wait in self.network.waits[place]:
            if wait.kind not in _FINISHES:
                best = self._later(best, wait, 0)
        return best

    def _later(self, best: _Bound, wait: tuple[int, LinkKind, int, Link], days: int) -> _Bound:
        before, kind, lag, link = wait
        at, at_end = self._point(before, kind)
        at += lag - days
        if at < best.at or at < self.begin:
            return best
        if at == best.at:
            tie = best.driver.cause is Cause.START
            driver = Driver(Cause.LINK, link) if tie else best.driver
            return _Bound(at, at_end=at_end and best.at_end, driver=driver)
        return _Bound(at, at_end=at_end, driver=Driver(Cause.LINK, link))

    def _leaf(self, place: int) -> None:
        one = self.network.activities[place]
        days = 0 if one.dropped else min(max(one.days, 0), LONGEST)
        bound = self._starts(place)
        for wait in self.network.waits[place]:
            if wait.kind in _FINISHES:
                bound = self._later(bound, wait, days)
        self.allowed[place], self.held[place] = bound.at, bound.driver
        if one.done_on is not None and not one.dropped:
            self._done(place, one, days)
        elif one.began_on is not None and not one.dropped:
            self._under_way(place, one, days)
        else:
            late = self.today is not None and self.today > bound.at and not one.dropped
            if late and self.today is not None:
                bound = _Bound(self.today, at_end=False, driver=Driver(Cause.TODAY))
            self.start[place] = bound.at
            self.finish[place] = bound.at + days
            self.at_end[place] = bound.at_end or days > 0
            self.driver[place] = bound.driver

    def _done(self, place: int, one: Activity, days: int) -> None:
        assert one.done_on is not None  # noqa: S101 - the caller looked
        finish = self.calendar.end_of(one.done_on)
        start = finish - days
        if one.began_on is not None and days:
            start = min(self.calendar.index(one.began_on), finish)
        self.start[place], self.finish[place] = max(start, 0), finish
        self.driver[place] = Driver(Cause.ACTUAL)

    def _under_way(self, place: int, one: Activity, days: int) -> None:
        assert one.began_on is not None  # noqa: S101 - the caller looked
        start = self.calendar.index(one.began_on)
        finish = start + days
        driver = Driver(Cause.ACTUAL)
        if self.today is not None:
            progress = min(max(one.progress, 0), 100)
            left = -(-days * (100 - progress) // 100) if progress else 0
            earliest = self.today + max(left, 1 if days else 0)
            if earliest > finish:
                finish, driver = earliest, Driver(Cause.TODAY)
        for wait in self.network.waits[place]:
            if wait.kind in _FINISHES:
                at = self._point(wait.place, wait.kind)[0] + wait.lag
                if at > finish:
                    finish, driver = at, Driver(Cause.LINK, wait.link)
        self.start[place], self.finish[place] = start, finish
        self.driver[place] = driver

    def _sum(self, place: int) -> None:
        held = self.network.children[place]
        living = [child for child in held if not self.network.activities[child].dropped] or held
        first = min(living, key=lambda child: self.start[child])
        last = max(living, key=lambda child: (self.finish[child], self.at_end[child]))
        self.first[place], self.last[place] = self.first[first], self.last[last]
        self.start[place], self.finish[place] = self.start[first], self.finish[last]
        self.allowed[place] = self.start[place]
        self.at_end[place] = self.at_end[last]
        self.driver[place] = self.held[place] = Driver(Cause.CHILDREN)


def _promised(forward: _Forward) -> dict[int, int]:
    """Latest finish by due date, for what is not done."""
    promised = {}
    for place, one in enumerate(forward.network.activities):
        if one.due is not None and one.done_on is None and not one.dropped:
            begins_day = not forward.at_end[place] and not forward.network.summary[place]
            promised[place] = forward.calendar.end_of(one.due) - begins_day
    return promised


def _planned(forward: _Forward, late: list[int], room: list[int]) -> dict[int, Planned]:
    network = forward.network
    planned: dict[int, Planned] = {}
    for node in network.order:
        place = node % network.size
        if node >= network.size:
            held = [planned[child] for child in network.children[place]]
            planned[place] = _summed(forward, place, late, room, held)
        elif not network.summary[place]:
            planned[place] = _leaf(forward, place, late, room)
    return planned


def _leaf(forward: _Forward, place: int, late: list[int], room: list[int]) -> Planned:
    one = forward.network.activities[place]
    start, finish = forward.start[place], forward.finish[place]
    first, last = _shown(forward, place)
    slack = late[place] - finish
    return Planned(
        starts_on=first,
        ends_on=last,
        start=start,
        finish=finish,
        late_start=late[place] - (finish - start),
        late_finish=late[place],
        slack=slack,
        room=room[place] - finish,
        critical=slack <= 0 and one.done_on is None and not one.dropped,
        driver=forward.driver[place],
        held=forward.held[place],
        allowed=forward.allowed[place],
        days=finish - start,
        over=one.done_on is not None or one.dropped,
    )


def _summed(
    forward: _Forward, place: int, late: list[int], room: list[int], held: list[Planned]
) -> Planned:
    start, finish = forward.start[place], forward.finish[place]
    counted = [one for one in held if not one.over] or held
    living = [one for one in held if one.start >= start and one.finish <= finish] or held
    return Planned(
        starts_on=min(one.starts_on for one in living),
        ends_on=max(one.ends_on for one in living),
        start=start,
        finish=finish,
        late_start=late[place] - (finish - start),
        late_finish=late[place],
        slack=min(one.slack for one in counted),
        room=min(room[place] - finish, *(one.room for one in counted)),
        critical=any(one.critical for one in held),
        driver=forward.driver[place],
        held=forward.held[place],
        allowed=start,
        days=finish - start,
        over=all(one.over for one in held),
        last=forward.network.activities[forward.last[place]].key,
    )


def _shown(forward: _Forward, place: int) -> tuple[date, date]:
    """First and last day; a milestone at the end of a day is shown on that day."""
    one, calendar = forward.network.activities[place], forward.calendar
    start, finish = forward.start[place], forward.finish[place]
    if one.done_on is not None and not one.dropped:
        first = one.began_on if one.began_on and one.days else None
        first = first or (calendar.day(start) if finish > start else one.done_on)
        return min(first, one.done_on), one.done_on
    if one.began_on is not None and not one.dropped:
        return one.began_on, max(one.began_on, calendar.day(max(finish - 1, start)))
    if finish > start:
        return calendar.day(start), calendar.day(finish - 1)
    day = calendar.day(start - 1 if forward.at_end[place] else start)
    return day, day


def _path(forward: _Forward, leaves: Sequence[int]) -> tuple[Key, ...]:
    if not leaves:
        return ()
    place = max(leaves, key=lambda leaf: (forward.finish[leaf], forward.start[leaf]))
    found = [place]
    while (link := forward.driver[place].link) is not None:
        before = forward.network.place[link.before]
        ends = link.kind in _FROM_FINISH
        place = forward.last[before] if ends else forward.first[before]
        found.append(place)
    return tuple(forward.network.activities[each].key for each in reversed(found))
