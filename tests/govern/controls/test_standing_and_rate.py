"""How a measure stands, and what the execution rate counts: the calendar's edges by name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.controls.rate import Outcome, Row, Tally, execution, rate_of
from shangdun.govern.controls.rhythm import (
    Rhythm,
    Span,
    ended_in,
    first_whole,
    period_before,
    period_of,
)
from shangdun.govern.controls.standing import Check, CheckState, ControlState, standing

PASS, FAIL, UNKNOWN = CheckState.PASS, CheckState.FAIL, CheckState.UNKNOWN
Q3 = Span(date(2026, 7, 1), date(2026, 9, 30))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("rhythm", "day", "first", "last"),
    [
        (Rhythm.WEEK, date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),
        (Rhythm.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
        (Rhythm.QUARTER, date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
        (Rhythm.HALF_YEAR, date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31)),
        (Rhythm.YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_the_calendars(rhythm, day, first, last):
    assert period_of(rhythm, day) == (first, last)


@given(DAYS, st.sampled_from(Rhythm))
def test_periods_cover_every_day_once(day, rhythm):
    here = period_of(rhythm, day)
    assert day in here
    assert period_before(rhythm, day).last + timedelta(days=1) == here.first
    assert first_whole(rhythm, here.first) == here
    assert first_whole(rhythm, day).first >= day


@pytest.mark.parametrize(
    ("name", "checks", "state"),
    [
        ("never looked at", [], ControlState.OVERDUE),
        ("in place", [(2, PASS)], ControlState.IN_PLACE),
        ("looked at last month only", [(40, PASS)], ControlState.IN_PLACE),
        ("looked at two months ago", [(75, PASS)], ControlState.OVERDUE),
        ("broken, and long ago: known to be broken", [(75, FAIL)], ControlState.FAILING),
        ("could not be told", [(2, UNKNOWN)], ControlState.OVERDUE),
        ("told last month, untold now", [(40, PASS), (2, UNKNOWN)], ControlState.UNKNOWN),
        ("mended", [(20, FAIL), (2, PASS)], ControlState.IN_PLACE),
    ],
)
def test_a_monthly_measure(name, checks, state):
    today = date(2026, 9, 20)
    made = [Check(today - timedelta(days=days), found) for days, found in checks]
    assert standing(Rhythm.MONTH, date(2026, 1, 1), made, today).state is state, name


def test_a_new_measure_is_owed_nothing_before_its_first_whole_period_is_over():
    begun = date(2026, 8, 10)
    first = standing(Rhythm.QUARTER, begun, [], date(2026, 9, 30))
    assert (first.state, first.due_on) == (ControlState.UNCHECKED, date(2026, 12, 31))
    assert standing(Rhythm.QUARTER, begun, [], date(2026, 12, 31)).state is ControlState.UNCHECKED
    assert standing(Rhythm.QUARTER, begun, [], date(2027, 1, 1)).state is ControlState.OVERDUE


def test_the_next_check_is_due_at_the_end_of_the_first_period_without_one():
    kept = date(2026, 1, 1)
    made = [Check(date(2026, 9, 2), PASS)]
    assert standing(Rhythm.MONTH, kept, made, date(2026, 9, 20)).due_on == date(2026, 10, 31)
    assert standing(Rhythm.MONTH, kept, made, date(2026, 10, 1)).due_on == date(2026, 10, 31)


def test_failing_since_looks_past_checks_that_told_nothing():
    days = [(1, PASS), (5, FAIL), (6, UNKNOWN), (7, FAIL)]
    made = [Check(date(2026, 9, day), state) for day, state in days]
    found = standing(Rhythm.WEEK, date(2026, 1, 1), made, date(2026, 9, 8))
    assert found.failing_since == date(2026, 9, 5)


@pytest.mark.parametrize(
    ("name", "rhythm", "checks", "outcome", "owed", "made"),
    [
        ("every month looked at", Rhythm.MONTH,
         [(7, 5, PASS), (8, 5, PASS), (9, 5, PASS)], Outcome.EXECUTED, 3, 3),
        ("one month left out", Rhythm.MONTH, [(7, 5, PASS), (9, 5, PASS)], Outcome.MISSED, 3, 2),
        ("broken at the end", Rhythm.MONTH,
         [(7, 5, PASS), (8, 5, PASS), (9, 5, FAIL)], Outcome.FAILED, 3, 3),
        ("mended in time", Rhythm.MONTH,
         [(7, 5, PASS), (8, 5, FAIL), (9, 5, PASS)], Outcome.EXECUTED, 3, 3),
        ("untold is not made", Rhythm.MONTH,
         [(7, 5, PASS), (8, 5, UNKNOWN), (9, 5, PASS)], Outcome.MISSED, 3, 2),
        ("nobody looked", Rhythm.QUARTER, [], Outcome.MISSED, 1, 0),
        ("a yearly one is not due in the third quarter", Rhythm.YEAR, [], Outcome.NOT_DUE, 0, 0),
        ("a yearly one that was looked at counts", Rhythm.YEAR,
         [(8, 5, PASS)], Outcome.EXECUTED, 0, 0),
        ("one that could not be told makes nothing due", Rhythm.YEAR,
         [(8, 5, UNKNOWN)], Outcome.NOT_DUE, 0, 0),
        ("what came after the quarter is not of it", Rhythm.QUARTER,
         [(10, 1, PASS)], Outcome.MISSED, 1, 0),
    ],
)  # fmt: skip
def test_the_third_quarter(name, rhythm, checks, outcome, owed, made):
    kept = [Check(date(2026, month, day), state) for month, day, state in checks]
    found = execution(rhythm, date(2026, 1, 1), kept, Q3, date(2026, 11, 1))
    assert (found.outcome, found.owed, found.made) == (outcome, owed, made), name
    assert found.interrupted is (name == "mended in time")


def test_a_yearly_check_of_spring_counts_in_the_quarter_in_which_the_year_ends():
    span = Span(date(2026, 10, 1), date(2026, 12, 31))
    made = [Check(date(2026, 3, 3), PASS)]
    found = execution(Rhythm.YEAR, date(2025, 6, 1), made, span, date(2027, 1, 5))
    assert (found.outcome, found.owed, found.made) == (Outcome.EXECUTED, 1, 1)


def test_a_period_that_still_runs_is_owed_nothing_yet():
    found = execution(Rhythm.QUARTER, date(2026, 1, 1), [], Q3, date(2026, 9, 30))
    assert found.outcome is Outcome.NOT_DUE
    assert ended_in(Rhythm.WEEK, date(2026, 9, 24), Q3) == []


def test_a_rate_keeps_both_numbers_and_is_never_rounded_up_to_whole():
    rows = [
        Row(str(n), "executed", done=n > 0, due=True, groups={"kind": "technical"})
        for n in range(1000)
    ]
    rows.append(Row("x", "not_applicable", done=False, due=False, groups={"kind": "management"}))
    found = rate_of(rows)
    assert (found.done, found.due, found.percent) == (999, 1000, Decimal("99.9"))
    assert found.by["kind"] == {"technical": Tally(999, 1000), "management": Tally(0, 0)}
    assert rate_of([]).percent is None
    assert Tally(9999, 10000).percent == Decimal("99.9")
    assert Tally(1, 36).percent == Decimal("2.8")  # as the page of the measure rounds it
