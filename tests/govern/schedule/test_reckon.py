"""Dates against cases reckoned by hand, and what holds for every plan."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.govern.schedule.activity import Activity, Cause, Link, LinkKind, Schedule
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.govern.schedule.network import CycleError
from shangdun.govern.schedule.reckon import schedule
from shangdun.kernel.errors import UsageError

from .plans import START, Plan, plans

TODAYS = st.none() | st.dates(START, date(2026, 9, 1))
CHINA, WEEK, ALL = (calendar_named(key) for key in ("cn", "week", "all"))


def test_the_reliable_construction_company() -> None:
    """Hillier & Lieberman, Introduction to Operations Research, 9th ed., section 22.1 to 22.3:
    44 weeks, critical A B C E F J L N, slacks of the rest. A day stands for a week here.
    """
    lengths = dict(zip("ABCDEFGHIJKLMN", (2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6), strict=True))
    pairs = "AB BC CD CE CI EF EH DG GH FJ IJ JK JL HM KN LN"
    found = schedule(
        [Activity(name, days=days) for name, days in lengths.items()],
        [Link(one, two) for one, two in pairs.split()],
        ALL,
        START,
    )
    assert found.days == 44
    assert found.path == tuple("ABCEFJLN")
    slack = {key: one.slack for key, one in found.planned.items()}
    assert slack == dict.fromkeys("ABCEFJLN", 0) | {"D": 4, "G": 4, "H": 4, "M": 4, "I": 2, "K": 1}
    assert {key for key, one in found.planned.items() if one.critical} == set("ABCEFJLN")


def test_over_spring_festival_with_its_make_up_days() -> None:
    """Ten days from 9 February 2026: 9 to 13, Saturday 14, then 24 to 27. A day's wait is
    Saturday 28, which is worked: the next begins on Monday, 2 March.
    """
    found = schedule(
        [Activity(1, days=10), Activity(2, days=1)], [Link(1, 2, lag=1)], CHINA, date(2026, 2, 9)
    )
    assert found.planned[1].ends_on == date(2026, 2, 27)
    assert found.planned[2].starts_on == date(2026, 3, 2)
    assert schedule([Activity(1, days=6)], [], CHINA, date(2026, 2, 9)).ends_on == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("kind", "lag", "starts", "ends"),
    [
        # The other takes Mon 5 to Fri 9 January 2026, this one three days; plain weeks.
        (LinkKind.FS, 0, date(2026, 1, 12), date(2026, 1, 14)),
        (LinkKind.FS, 2, date(2026, 1, 14), date(2026, 1, 16)),
        (LinkKind.FS, -2, date(2026, 1, 8), date(2026, 1, 12)),
        (LinkKind.SS, 1, date(2026, 1, 6), date(2026, 1, 8)),
        (LinkKind.FF, 0, date(2026, 1, 7), date(2026, 1, 9)),
        (LinkKind.FF, 1, date(2026, 1, 8), date(2026, 1, 12)),
        (LinkKind.SF, 4, date(2026, 1, 6), date(2026, 1, 8)),
        (LinkKind.SS, -3, date(2026, 1, 5), date(2026, 1, 7)),  # not before the plan begins
    ],
)
def test_each_kind_of_link(kind: LinkKind, lag: int, starts: date, ends: date) -> None:
    found = schedule(
        [Activity(1, days=5), Activity(2, days=3)], [Link(1, 2, kind, lag)], WEEK, date(2026, 1, 5)
    )
    assert (found.planned[2].starts_on, found.planned[2].ends_on) == (starts, ends)


def test_a_milestone_lies_on_the_day_what_it_waits_for_ends() -> None:
    tasks = [Activity("kick", days=0), Activity("work", days=5), Activity("ready", days=0)]
    links = [Link("kick", "work"), Link("work", "ready")]
    found = schedule(
        [*tasks, Activity("next", days=1)], [*links, Link("ready", "next")], WEEK, START
    )
    assert found.planned["kick"].ends_on == START == found.planned["work"].starts_on
    assert found.planned["ready"].starts_on == date(2026, 1, 9) == found.planned["work"].ends_on
    assert found.planned["next"].starts_on == date(2026, 1, 12)


def test_a_summary_is_what_it_holds_and_its_links_hold_for_all() -> None:
    tasks = [
        Activity("first", days=4),
        Activity("sum"),
        Activity("a", days=2, parent="sum"),
        Activity("b", days=5, parent="sum"),
        Activity("after", days=1),
        Activity("with", days=4),
    ]
    links = [Link("first", "sum"), Link("sum", "after"), Link("sum", "with", LinkKind.SS, 1)]
    found = schedule(tasks, links, WEEK, START)
    summary = found.planned["sum"]
    assert (summary.starts_on, summary.ends_on) == (date(2026, 1, 9), date(2026, 1, 15))
    assert found.planned["a"].starts_on == summary.starts_on
    assert found.planned["a"].driver.link == links[0]
    assert found.planned["a"].slack == 1  # it begins first, and "with" may slip one day
    assert found.planned["b"].slack == 0
    assert found.planned["after"].starts_on == date(2026, 1, 16)
    assert found.planned["with"].starts_on == date(2026, 1, 12)
    assert found.path == ("first", "b", "after")
    with pytest.raises(UsageError) as wrong:
        schedule(tasks, [Link("first", "sum", LinkKind.FF)], WEEK, START)
    assert wrong.value.code == "schedule.summary_end"


def test_what_happened_is_fixed_and_nothing_is_planned_into_the_past() -> None:
    today = date(2026, 1, 14)
    tasks = [
        Activity("done", days=2, began_on=date(2026, 1, 6), done_on=date(2026, 1, 10)),
        Activity("idle", days=2),
        Activity("late", days=5, began_on=date(2026, 1, 5), progress=40),
        Activity("unsaid", days=5, began_on=date(2026, 1, 5)),
        Activity("young", days=5, began_on=date(2026, 1, 13)),
        Activity("gone", days=9, dropped=True),
        Activity("after", days=1),
    ]
    links = [Link("done", "idle"), Link("gone", "after")]
    found = schedule(tasks, links, WEEK, START, today=today).planned
    assert (found["done"].starts_on, found["done"].ends_on) == (date(2026, 1, 6), date(2026, 1, 10))
    assert found["idle"].starts_on == today
    assert found["idle"].driver.cause is Cause.TODAY
    assert found["idle"].allowed < found["idle"].start
    assert found["late"].ends_on == date(2026, 1, 16)  # 3 of 5 days are left
    assert found["unsaid"].ends_on == today  # nobody said how much: it is not done today
    assert found["young"].ends_on == date(2026, 1, 19)
    assert found["gone"].days == 0
    assert found["after"].starts_on == today
    assert not found["done"].critical


def test_a_circle_is_named() -> None:
    tasks = [Activity(n, f"{n} Step") for n in range(1, 6)]
    links = [Link(1, 2), Link(2, 3), Link(3, 4, LinkKind.SS), Link(4, 2), Link(4, 5)]
    with pytest.raises(CycleError) as found:
        schedule(tasks, links, WEEK, START)
    assert found.value.keys == (2, 3, 4)
    assert found.value.where == "2 Step → 3 Step → 4 Step → 2 Step"
    assert found.value.code == "schedule.cycle"


@pytest.mark.parametrize(("before", "after"), [("sum", "leaf"), ("leaf", "sum"), ("leaf", "leaf")])
def test_nothing_waits_for_itself(before: str, after: str) -> None:
    tasks = [Activity("sum", "Sum"), Activity("leaf", "Leaf", parent="sum")]
    with pytest.raises(CycleError) as found:
        schedule(tasks, [Link(before, after)], WEEK, START)
    assert "leaf" in found.value.keys


def test_due_dates_cost_room_but_no_slack() -> None:
    tasks = [Activity(1, days=2), Activity(2, days=2, due=date(2026, 1, 7)), Activity(3, days=9)]
    found = schedule(tasks, [Link(1, 2)], WEEK, START).planned
    assert (found[2].slack, found[2].room) == (5, -1)
    assert (found[1].slack, found[1].room) == (5, -1)
    assert (found[3].slack, found[3].room) == (0, 0)


@settings(max_examples=150, deadline=None)
@given(plans(), st.sampled_from(["cn", "week", "all"]), TODAYS)
def test_no_task_before_what_it_waits_for_allows(plan: Plan, key: str, today: date | None) -> None:
    activities, links = plan
    found = schedule(activities, links, calendar_named(key), START, today=today)
    by_key = {one.key: one for one in activities}
    for link in links:
        before, after = found.planned[link.before], found.planned[link.after]
        facts = by_key[link.after]
        if facts.done_on or (facts.began_on and link.kind in {LinkKind.FS, LinkKind.SS}):
            continue
        since = before.finish if link.kind in {LinkKind.FS, LinkKind.FF} else before.start
        point = after.start if link.kind in {LinkKind.FS, LinkKind.SS} else after.finish
        assert point >= since + link.lag


@settings(max_examples=150, deadline=None)
@given(plans(), TODAYS)
def test_slack_is_never_negative_and_the_schedule_explains_itself(
    plan: Plan, today: date | None
) -> None:
    activities, links = plan
    found = schedule(activities, links, CHINA, START, today=today)
    by_key = {one.key: one for one in activities}
    for key, one in found.planned.items():
        assert one.slack >= 0
        assert one.finish - one.start == one.days >= 0
        assert one.starts_on <= one.ends_on
        fixed = by_key[key].began_on or by_key[key].done_on or one.driver.cause is Cause.CHILDREN
        if not fixed and by_key[key].not_before:
            assert one.starts_on >= by_key[key].not_before
        if not fixed and one.days:
            assert CHINA.is_workday(one.starts_on)
            assert CHINA.is_workday(one.ends_on)
            assert CHINA.length(one.starts_on, one.ends_on) == one.days
    assert found.planned[found.path[-1]].finish == max(one.finish for one in found.planned.values())


@settings(max_examples=100, deadline=None)
@given(plans(facts=False))
def test_a_slip_within_the_slack_moves_no_end_and_one_beyond_does(
    plan: Plan,
) -> None:
    """Total float by its meaning: begun so much later, a task leaves the end alone."""
    activities, links = plan
    found = schedule(activities, links, WEEK, START)
    leaf = next(one for one in activities if isinstance(one.key, int))
    slack = found.planned[leaf.key].slack

    def ends(extra: int) -> int:
        moved = WEEK.day(found.planned[leaf.key].start + extra)
        others = [
            one._replace(not_before=moved) if one.key == leaf.key else one for one in activities
        ]
        return max(one.finish for one in schedule(others, links, WEEK, START).planned.values())

    assert ends(slack) == ends(0)
    assert ends(slack + 1) == ends(0) + 1


@settings(max_examples=100, deadline=None)
@given(plans(facts=False, lags=0))
def test_the_critical_path_is_as_long_as_the_plan(
    plan: Plan,
) -> None:
    """Without dates of their own, the lengths along the path make up the whole."""
    activities = [one._replace(not_before=None) for one in plan[0]]
    links = [Link(one.before, one.after) for one in plan[1]]
    found: Schedule = schedule(activities, links, ALL, START)
    lengths = {one.key: one.days for one in activities}
    assert sum(lengths[key] for key in found.path) == found.days
    assert all(found.planned[key].critical for key in found.path)
