"""Working days of China, with the arrangements of the State Council as they were announced."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.schedule.announcement import read_announcement
from shangdun.govern.schedule.calendar import (
    CalendarKey,
    DayKind,
    WorkCalendar,
    announced_until,
    calendar_named,
)
from shangdun.govern.schedule.statutory import LAST_YEAR, statutory_days
from shangdun.kernel.errors import UsageError

CHINA = calendar_named("cn")
DAYS = st.dates(date(2005, 1, 1), date(2090, 12, 31))


def test_spring_festival_of_2026_as_it_was_announced() -> None:
    """15 to 23 February are free, the Saturdays 14 and 28 February are worked."""
    free = [date(2026, 2, day) for day in range(15, 24)]
    assert not any(CHINA.is_workday(day) for day in free)
    assert CHINA.kind(date(2026, 2, 14)) is CHINA.kind(date(2026, 2, 28)) is DayKind.MAKE_UP
    assert CHINA.kind(date(2026, 2, 17)) is DayKind.HOLIDAY
    assert CHINA.kind(date(2026, 3, 1)) is DayKind.WEEKEND
    assert CHINA.length(date(2026, 2, 1), date(2026, 2, 28)) == 16
    assert CHINA.add(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CHINA.add(date(2026, 2, 14), 1) == date(2026, 2, 24)


def test_what_is_not_announced_yet_is_said_to_be_so() -> None:
    known = CHINA.known_until
    assert known == announced_until()
    after = known + timedelta(days=1)
    assert CHINA.certain(known)
    assert not CHINA.certain(after)
    assert not CHINA.is_workday(after)  # New Year's Day is free by law, announced or not
    assert calendar_named("week").known_until is None
    assert calendar_named("week").is_workday(after) == (after.weekday() < 5)
    assert calendar_named("all").is_workday(date(2026, 2, 17))


def test_an_announcement_that_is_entered_makes_its_year_known() -> None:
    year = announced_until().year + 1
    own = {date(year, 5, 3): False, date(year, 5, 8): True}
    calendar = WorkCalendar(CalendarKey.CHINA, own, {year})
    assert calendar.known_until == date(year, 12, 31)
    assert not calendar.is_workday(date(year, 5, 3))
    assert calendar.is_workday(date(year, 5, 8))
    assert WorkCalendar(CalendarKey.CHINA, own, {year + 1}).known_until == announced_until()


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_days_of_the_law_are_free_in_every_arrangement(year: int) -> None:
    """What is expected of the years ahead held in those that are known."""
    assert all(chinese_calendar.is_holiday(day) for day in statutory_days(year))
    assert len(statutory_days(year)) == 13


@pytest.mark.parametrize("year", range(2027, LAST_YEAR + 1))
def test_tomb_sweeping_day_is_the_solar_term(year: int) -> None:
    terms = chinese_calendar.get_solar_terms(date(year, 4, 3), date(year, 4, 6))
    qingming = next(day for day, name in terms if name == "清明")
    assert qingming in statutory_days(year)


@given(DAYS, st.integers(-300, 300))
def test_adding_and_counting_undo_each_other(day: date, n: int) -> None:
    first = CHINA.first_from(day)
    there = CHINA.add(first, n)
    assert CHINA.is_workday(there)
    assert CHINA.between(first, there) == n
    assert CHINA.add(there, -n) == first


@given(DAYS, st.integers(0, 200))
def test_a_length_counts_the_working_days_one_by_one(day: date, n: int) -> None:
    last = day + timedelta(days=n)
    days = [day + timedelta(days=k) for k in range(n + 1)]
    assert CHINA.length(day, last) == sum(CHINA.is_workday(one) for one in days)
    assert CHINA.end_of(last) - CHINA.index(day) == CHINA.length(day, last)


@pytest.mark.parametrize("day", [date(1999, 1, 1), date(2150, 1, 1)])
def test_no_plan_reaches_beyond_what_can_be_said(day: date) -> None:
    with pytest.raises(UsageError) as found:
        CHINA.is_workday(day)
    assert found.value.code == "schedule.day"
    with pytest.raises(UsageError):
        CHINA.add(date(2099, 12, 1), 1000)
    with pytest.raises(UsageError):
        calendar_named("mars")


def test_an_announcement_is_read_line_by_line() -> None:
    lines = ["2027-02-05..2027-02-07 off 春节", "", "2027-02-20 上班", "2027-13-01 off"]
    text = "\n".join([*lines, "明天放假", "2027-2-21 reset", ""])
    days, wrong = read_announcement(text)
    assert [(one.day.day, one.worked, one.name) for one in days] == [
        (5, False, "春节"), (6, False, "春节"), (7, False, "春节"), (20, True, ""), (21, None, ""),
    ]  # fmt: skip
    assert [(one.line, one.text) for one in wrong] == [(4, "2027-13-01 off"), (5, "明天放假")]
