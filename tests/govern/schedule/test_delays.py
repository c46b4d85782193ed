"""What moved a task, by how many working days: parts that add up."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.govern.schedule.activity import Activity, Link
from shangdun.govern.schedule.calendar import CalendarKey, WorkCalendar, calendar_named
from shangdun.govern.schedule.compare import effect
from shangdun.govern.schedule.delays import Baseline, Delay, Part, Reason, chain, explain
from shangdun.govern.schedule.reckon import schedule

from .plans import START, Plan, plans

WEEK = calendar_named("week")
TASKS = [Activity("a", days=3), Activity("b", days=2), Activity("c", days=2)]
LINKS = [Link("a", "b"), Link("b", "c")]


def promised(tasks: list[Activity], links: list[Link]) -> dict[object, Baseline]:
    found = schedule(tasks, links, WEEK, START).planned
    return {key: Baseline(one.starts_on, one.ends_on, one.days) for key, one in found.items()}


def test_a_delay_is_followed_back_to_where_it_began() -> None:
    base = promised(TASKS, LINKS)
    late = [TASKS[0]._replace(days=7), TASKS[1], TASKS[2]._replace(days=1)]
    found = schedule(late, LINKS, WEEK, START)
    assert chain("c", found, base, WEEK) == [
        ("c", Delay(3, (Part(Reason.PREDECESSOR, 4, "b"), Part(Reason.LENGTH, -1)))),
        ("b", Delay(4, (Part(Reason.PREDECESSOR, 4, "a"),))),
        ("a", Delay(4, (Part(Reason.LENGTH, 4),))),
    ]


def test_who_could_have_begun_and_did_not_waited() -> None:
    base = promised(TASKS, LINKS)
    done = [TASKS[0]._replace(began_on=START, done_on=date(2026, 1, 8)), *TASKS[1:]]
    found = schedule(done, LINKS, WEEK, START, today=date(2026, 1, 14))
    # "a" ended on the 8th instead of the 7th, "b" could begin on the 9th and has not on the 14th.
    assert explain("b", found, base, WEEK) == Delay(
        4, (Part(Reason.WAITED, 3), Part(Reason.PREDECESSOR, 1, "a"))
    )


def test_new_links_new_dates_and_new_holidays_are_told_apart() -> None:
    base = promised(TASKS, LINKS)
    linked = schedule(TASKS, [LINKS[0], Link("b", "c", lag=2)], WEEK, START)
    assert explain("c", linked, base, WEEK) == Delay(2, (Part(Reason.LINK, 2),))
    later = [TASKS[0]._replace(not_before=date(2026, 1, 7)), *TASKS[1:]]
    assert explain("a", schedule(later, LINKS, WEEK, START), base, WEEK) == Delay(
        2, (Part(Reason.NOT_BEFORE, 2),)
    )
    free = WorkCalendar(CalendarKey.WEEK, {date(2026, 1, 6): False})
    holiday = schedule(TASKS, LINKS, free, START)
    assert explain("a", holiday, base, free) == Delay(1, (Part(Reason.CALENDAR, 1),))
    assert explain("new", holiday, base, free) is None


def test_a_summary_hands_on_to_what_of_it_ends_last() -> None:
    tasks = [Activity("sum"), *(one._replace(parent="sum") for one in TASKS), Activity("after")]
    links = [*LINKS, Link("sum", "after")]
    base = promised(tasks, links)
    late = [one._replace(days=5) if one.key == "a" else one for one in tasks]
    told = chain("after", schedule(late, links, WEEK, START), base, WEEK)
    assert [key for key, _delay in told] == ["after", "sum", "c", "b", "a"]
    assert told[1][1] == Delay(2, (Part(Reason.CHILDREN, 2, "c"),))


def test_what_a_change_does_is_counted() -> None:
    tasks = [*TASKS[:2], TASKS[2]._replace(due=date(2026, 1, 13)), Activity("alone", days=1)]
    before = schedule(tasks, LINKS, WEEK, START)
    longer = [tasks[0]._replace(days=5), *tasks[1:]]
    found = effect(before, schedule(longer, LINKS, WEEK, START), longer, WEEK)
    assert (found.tasks, found.end, set(found.moved)) == (3, 2, {"a", "b", "c"})
    assert found.broken == ("c",)
    back = effect(schedule(longer, LINKS, WEEK, START), before, tasks, WEEK)
    assert (back.end, back.kept) == (-2, ("c",))


@settings(max_examples=100, deadline=None)
@given(plans(facts=False), plans(), st.dates(START, date(2026, 6, 1)))
def test_the_parts_add_up(first: Plan, second: Plan, today: date) -> None:
    base = promised(*first)
    calendar = WorkCalendar(CalendarKey.WEEK, {date(2026, 1, 7): False, date(2026, 1, 10): True})
    found = schedule(*second, calendar, START, today=today)
    for key in found.planned:
        delay = explain(key, found, base, calendar)
        if delay is not None and found.planned[key].driver.cause != "children":
            assert sum(part.days for part in delay.parts) == delay.days
            assert all(part.days for part in delay.parts)
