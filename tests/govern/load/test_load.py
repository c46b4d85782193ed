"""Load against capacity; levelling by importance and urgency; materials that are short."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.govern.load.levelling import (
    Needs,
    Plan,
    Weight,
    Wish,
    demands_of,
    level,
)
from shangdun.govern.load.stock import Shortage, Use, shortages
from shangdun.govern.load.weeks import Demand, Person, load_of, weeks_between
from shangdun.govern.schedule.activity import Activity, Link
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.govern.schedule.reckon import schedule

WEEK = calendar_named("week")
CHINA = calendar_named("cn")
MONDAY = date(2026, 3, 2)


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


def test_load_is_named_by_task_and_week():
    demands = [Demand("li", "a", day(0), day(11), 60), Demand("li", "b", day(3), day(4), 80)]
    first, second = load_of([Person("li")], demands, WEEK, day(0), day(13))["li"]
    assert (first.capacity, first.load, first.tasks) == (500, 460, {"a": 300, "b": 160})
    assert (first.percent, first.overloaded) == (92, False)
    assert (second.load, second.tasks) == (300, {"a": 300})


def test_holidays_absences_and_contracts_take_time_away():
    national = date(2026, 10, 5)  # the week of the holiday: three days of it are off
    away = Person("li", 50, frozenset({date(2026, 10, 9)}))
    [week] = load_of([away], [Demand("li", "a", national, date(2026, 10, 11), 50)], CHINA,
                     national, national)["li"]  # fmt: skip
    workdays = sum(CHINA.is_workday(national + timedelta(n)) for n in range(7))
    assert week.capacity == 50 * (workdays - 1)
    assert week.load == 50 * workdays
    assert week.overloaded
    ended = Person("wu", 100, frozenset(), None, day(1))
    [week] = load_of([ended], [Demand("wu", "a", day(2), day(3), 10)], WEEK, day(0), day(0))["wu"]
    assert (week.capacity, week.load) == (200, 20)
    gone = Person("ma", 100, frozenset(day(n) for n in range(7)))
    [week] = load_of([gone], [Demand("ma", "a", day(0), day(0), 10)], WEEK, day(0), day(0))["ma"]
    assert week.percent is None
    assert week.overloaded


def test_weeks_begin_on_mondays():
    assert weeks_between(day(6), day(7)) == [day(0), day(7)]


def plan(*activities: Activity, links: tuple[Link, ...] = ()) -> Plan:
    return Plan(list(activities), list(links), WEEK, MONDAY, None)


def needs(*wishes: tuple[str, int], weights: dict | None = None, **more) -> Needs:
    found = [Wish(task, "li", share) for task, share in wishes]
    return Needs([Person("li")], found, weights or {}, **more)


def test_the_lighter_task_waits():
    two = plan(Activity("a", days=5), Activity("b", days=5))
    weights = {"a": Weight(5, 5), "b": Weight(2, 5)}
    found = level(two, needs(("a", 100), ("b", 100), weights=weights))
    [move] = found.moves
    assert (move.task, move.person, move.not_before, move.favours) == ("b", "li", day(7), ("a",))
    assert found.before.ends_on == day(4)
    assert found.after.ends_on == day(11)
    assert not found.left
    assert found.complete
    turned = level(two, needs(("a", 100), ("b", 100), weights={"a": Weight(1, 1)}))
    assert turned.moves[0].task == "a"


def test_nothing_moves_where_there_is_time():
    found = level(plan(Activity("a", days=5), Activity("b", days=5)), needs(("a", 50), ("b", 50)))
    assert found.moves == ()
    assert found.after == found.before


def test_what_follows_moves_along_and_what_has_begun_stays():
    begun = Activity("a", days=5, began_on=MONDAY)
    three = plan(begun, Activity("b", days=5), Activity("c", days=2), links=(Link("b", "c"),))
    weights = {"a": Weight(1, 1), "b": Weight(5, 5)}
    found = level(three, needs(("a", 100), ("b", 100), weights=weights))
    assert [move.task for move in found.moves] == ["b"]
    assert found.after.planned["c"].starts_on == day(14)


def test_work_elsewhere_counts_and_stays():
    fixed = [Demand("li", "other", day(0), day(4), 100)]
    found = level(plan(Activity("a", days=3)), needs(("a", 60), fixed=fixed))
    assert found.moves[0].not_before == day(7)


def test_what_waiting_cannot_mend_is_named():
    half = Needs([Person("li", 50)], [Wish("a", "li", 100)], {})
    found = level(plan(Activity("a", days=3)), half)
    assert found.moves == ()
    assert [(week.person, week.monday) for week in found.left] == [("li", MONDAY)]


def test_absence_is_waited_for():
    away = Person("li", 100, frozenset(day(n) for n in range(5)))
    found = level(plan(Activity("a", days=2)), Needs([away], [Wish("a", "li", 100)], {}))
    assert found.moves[0].not_before == day(7)


TASKS = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from([20, 50, 80, 100]), st.integers(1, 5)),
    min_size=1, max_size=7,
)  # fmt: skip


@given(TASKS, st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=5))
@settings(max_examples=40, deadline=None)
def test_nobody_has_too_much_afterwards_and_links_hold(rows, pairs):
    activities = [Activity(n, days=days) for n, (days, _share, _weight) in enumerate(rows)]
    links = [Link(a, b) for a, b in dict.fromkeys(pairs) if a < b < len(rows)]
    wishes = [Wish(n, "li", share) for n, (_days, share, _weight) in enumerate(rows)]
    weights = {n: Weight(weight, 3) for n, (_days, _share, weight) in enumerate(rows)}
    made = Plan(activities, links, WEEK, MONDAY, None)
    found = level(made, Needs([Person("li")], wishes, weights))
    assert found.complete
    assert not found.left  # one person's own tasks all fit somewhere
    for link in links:
        before, after = found.after.planned[link.before], found.after.planned[link.after]
        assert after.start >= before.finish
    demands = demands_of(found.after, wishes, None)
    weeks = load_of([Person("li")], demands, WEEK, MONDAY, found.after.ends_on)["li"]
    assert not any(week.overloaded for week in weeks)
    assert found.before == schedule(activities, links, WEEK, MONDAY)
    again = level(made, Needs([Person("li")], wishes, weights))
    assert again == found  # the same question, the same answer


def test_materials_are_short_where_more_is_wanted_at_once():
    uses = [Use("a", day(0), day(4), 1), Use("b", day(3), day(7), 1), Use("c", day(20), day(21), 1)]
    assert shortages(1, uses, None) == [Shortage(day(3), day(4), 1, ("a", "b"))]
    assert shortages(2, uses, None) == []
    late = shortages(2, uses, day(2))
    assert late == [Shortage(day(0), day(1), 1, ("a",))]
    assert shortages(0, [], None) == []


@pytest.mark.parametrize("quantity", [0, 1, 2, 3])
def test_a_shortage_is_never_longer_than_its_uses(quantity):
    uses = [Use(n, day(n), day(n + 5), 1) for n in range(4)]
    for one in shortages(quantity, uses, None):
        assert day(0) <= one.since <= one.until <= day(8)
        assert 0 < one.missing <= 4 - quantity
