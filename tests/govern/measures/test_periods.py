"""Quarters, half-years and years where the company is; targets met and missed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.measures.definition import Kind, measure_named, measures
from shangdun.govern.measures.intervals import Interval
from shangdun.govern.measures.periods import Cadence, period_named, period_of, periods_to
from shangdun.govern.measures.reading import Reading, trend_of
from shangdun.govern.measures.target import Better, Outcome, outcome, within_chance
from shangdun.govern.measures.trend import Direction
from shangdun.govern.survey.rhythm import first_round, round_of
from shangdun.kernel.errors import NotFound, UsageError

BEIJING = ZoneInfo("Asia/Shanghai")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(Cadence))
def test_every_day_lies_in_one_period_and_names_round_trip(day, cadence):
    period = period_of(day, cadence)
    assert period.first <= day <= period.last
    assert (period.last - period.first).days + 1 == period.days
    assert period_named(period.key) == period
    assert period.next.previous == period
    assert period.previous.last < period.first == period.previous.next.first


def test_a_quarter_begins_at_midnight_in_beijing():
    quarter = period_named("2026Q4")
    assert quarter.since(BEIJING) == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert not quarter.is_over(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), BEIJING)
    assert quarter.is_over(datetime(2026, 12, 31, 16, tzinfo=UTC), BEIJING)
    assert [one.key for one in periods_to(quarter, 5)] == [
        "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["2026Q5", "2026H3", "26", "2026q1", "2026Q1 ", "' OR 1=1"])
def test_what_is_no_period_says_so(name):
    with pytest.raises(UsageError) as caught:
        period_named(name)
    assert caught.value.code == "measure.period"


def test_the_plans_four_measures_are_there_in_both_languages():
    assert [one.key for one in measures()] == [
        "incident-rate", "satisfaction", "compliance", "execution",
    ]  # fmt: skip
    assert [one.cadence.value for one in measures()] == ["quarter", "half", "year", "quarter"]
    for one in measures():
        for words in (one.zh, one.en):
            assert words.name
            assert words.definition
            assert words.evidence
    with pytest.raises(NotFound):
        measure_named("happiness")


def test_a_target_is_met_by_the_value_itself():
    assert outcome(5, 5, Better.LOWER) is Outcome.MET
    assert outcome(6, 5, Better.LOWER) is Outcome.MISSED
    assert outcome(80, 80, Better.HIGHER) is Outcome.MET
    assert outcome(None, 80, Better.HIGHER) is Outcome.NO_VALUE
    assert outcome(80, None, Better.HIGHER) is Outcome.NO_TARGET
    assert within_chance(Interval(1.6, 11.7, "garwood"), 5)
    assert not within_chance(Interval(81, 90, "wilson"), 80)


def test_a_reading_without_a_value_is_no_nought():
    gone = Reading(problem="no_survey")
    assert (gone.value(Kind.SHARE), gone.interval(Kind.SHARE)) == (None, None)
    had = Reading(count=8, total=10)
    assert had.value(Kind.SHARE) == 80
    assert trend_of(Kind.SHARE, had, gone).direction is Direction.FIRST
    assert Reading(count=0, days=90).value(Kind.COUNT) == 0


def test_the_seal_of_a_reading_does_not_hang_on_the_order():
    one, other = Reading(rests_on=("a 1", "b 2")), Reading(rests_on=("b 2", "a 1"))
    assert one.seal == other.seal != Reading(rests_on=("a 1",)).seal


def test_a_half_years_survey_has_time_to_be_answered_and_read():
    here = round_of(date(2026, 4, 1))
    assert (here.prepared_on, here.opens_on, here.closes_on) == (
        date(2026, 5, 1), date(2026, 5, 17), date(2026, 6, 16),
    )  # fmt: skip
    assert first_round(date(2026, 5, 17)).period.key == "2026H1"
    assert first_round(date(2026, 5, 18)).period.key == "2026H2"
