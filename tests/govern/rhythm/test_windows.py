"""When what recurs is due: the plan's words on real Chinese calendars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.rhythm.periods import Period, span_of, spans
from shangdun.govern.rhythm.reminders import step_due
from shangdun.govern.rhythm.windows import (
    MONTH_AFTER,
    MONTHLY_LAST_WEEK,
    QUARTER_FIRST_WEEK,
    WEEK_AFTER,
    Place,
    Rule,
    window_of,
    windows,
)
from shangdun.govern.schedule.calendar import calendar_named

CHINA = calendar_named("cn")


def _window(rule: Rule, day: date, key: str = "cn"):
    return window_of(rule, calendar_named(key), span_of(rule.period, day))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        # Ends on a Friday: that week.
        (date(2026, 7, 1), date(2026, 7, 27), date(2026, 7, 31)),
        # Ends on a Monday: the last seven days, not that Monday alone.
        (date(2026, 8, 1), date(2026, 8, 25), date(2026, 8, 31)),
        # Mid-Autumn (25 to 27 September 2026) takes the Friday.
        (date(2026, 9, 1), date(2026, 9, 24), date(2026, 9, 30)),
        # Spring Festival 2025 began on 28 January; Sunday the 26th was worked.
        (date(2025, 1, 1), date(2025, 1, 26), date(2025, 1, 27)),
        # Spring Festival 2026 ends before the last week; Saturday the 28th was worked.
        (date(2026, 2, 1), date(2026, 2, 24), date(2026, 2, 28)),
    ],
)
def test_the_last_week_of_a_month(day: date, first: date, last: date) -> None:
    window = _window(MONTHLY_LAST_WEEK, day)
    assert window is not None
    assert (window.first, window.last, window.moved) == (first, last, False)


def test_a_last_week_that_is_all_holiday_moves_before_it() -> None:
    class AllHoliday:
        known_until = None

        def is_workday(self, day: date) -> bool:
            return day <= date(2026, 1, 20) or day > date(2026, 2, 4)

    window = window_of(MONTHLY_LAST_WEEK, AllHoliday(), span_of(Period.MONTH, date(2026, 1, 5)))
    assert window is not None
    assert window.days == (date(2026, 1, 20),)
    assert window.moved


@pytest.mark.parametrize(
    ("quarter", "days", "moved"),
    [
        # National Day 2026 is 1 to 7 October; Saturday the 10th is worked.
        (date(2026, 7, 1), [8, 9, 10, 12, 13], True),
        # National Day and Mid-Autumn 2025: 1 to 8 October; Saturday the 11th is worked.
        (date(2025, 7, 1), [9, 10, 11, 13, 14], True),
        (date(2026, 4, 1), [1, 2, 3, 6, 7], False),
    ],
)
def test_the_first_working_week_after_a_quarter(
    quarter: date, days: list[int], moved: bool
) -> None:
    window = _window(QUARTER_FIRST_WEEK, quarter)
    assert window is not None
    assert [day.day for day in window.days] == days
    assert window.moved is moved
    assert window.span.until < window.first


def test_the_new_year_is_no_working_day() -> None:
    window = _window(QUARTER_FIRST_WEEK, date(2025, 12, 1))
    assert window is not None
    # 1 to 3 January 2026 were free, Sunday the 4th was worked.
    assert window.first == date(2026, 1, 4)


def test_a_weekly_brief_waits_for_the_end_of_a_holiday() -> None:
    window = _window(WEEK_AFTER, date(2026, 9, 30))
    assert window is not None
    assert window.days == (date(2026, 10, 8),)
    assert window.span.key == "2026-W40"


def test_what_is_not_announced_yet_is_tentative() -> None:
    known = CHINA.known_until
    assert known is not None
    after = _window(MONTH_AFTER, known + timedelta(days=40))
    assert after is not None
    assert after.tentative
    before = _window(MONTH_AFTER, known - timedelta(days=200))
    assert before is not None
    assert not before.tentative


def test_the_preferred_day_or_the_nearest_that_is_worked() -> None:
    window = _window(MONTHLY_LAST_WEEK, date(2026, 9, 1))
    assert window is not None
    assert window.on(3) == date(2026, 9, 24)
    assert window.on(4) == date(2026, 9, 24), "Friday is Mid-Autumn: the Thursday before it"
    assert window.on(1) == date(2026, 9, 29)


RULES = st.builds(
    Rule, st.sampled_from(Period), st.sampled_from(Place), st.integers(min_value=1, max_value=5)
)
DAYS = st.dates(date(2012, 1, 1), date(2026, 6, 1))


@given(RULES, DAYS, st.sampled_from(["cn", "week", "all"]))
def test_every_period_has_its_window_once(rule: Rule, since: date, key: str) -> None:
    workdays = calendar_named(key)
    until = since + timedelta(days=400)
    found = list(windows(rule, workdays, since, until))
    keys = [window.span.key for window in found]
    assert len(keys) == len(set(keys))
    inside = [span for span in spans(rule.period, since, until) if span.since >= since]
    # A period whose window lies past the end is not asked for; all the others are.
    assert {span.key for span in inside if span.until + timedelta(days=31) <= until} <= set(keys)
    for window in found:
        assert all(workdays.is_workday(day) for day in window.days)
        assert list(window.days) == sorted(set(window.days))
        assert window.first <= until
        assert window.last >= since


@given(DAYS, st.sampled_from(Period))
def test_periods_follow_each_other_without_a_gap(day: date, period: Period) -> None:
    span = span_of(period, day)
    assert span.since <= day <= span.until
    following = span_of(period, span.until + timedelta(days=1))
    assert following.since == span.until + timedelta(days=1)
    assert following.key != span.key


@pytest.mark.parametrize(
    ("days", "step"),
    [(-10, ""), (-3, "ahead:3"), (-2, "ahead:3"), (0, "due"), (6, "due"), (7, "late:1"),
     (400, "late:4")],
)  # fmt: skip
def test_only_the_newest_reminder(days: int, step: str) -> None:
    due = date(2026, 5, 20)
    assert step_due(due + timedelta(days=days), due, (3,), 7, 4) == step
