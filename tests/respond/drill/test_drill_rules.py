"""Scenarios, their clock, their scores and the year's duties: decided without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond.classify import Type
from shangdun.respond.drill.calendar import duties
from shangdun.respond.drill.clock import DrillClock
from shangdun.respond.drill.scenario import Expected, Measure, scenarios
from shangdun.respond.drill.scoring import Mark, Seen, percent, score
from shangdun.respond.groups import Group

NOON = datetime(2028, 2, 29, 12, tzinfo=UTC)  # a leap day
EXPECTED = Expected(
    key="x", group=Group.LEGAL, measure=Measure.ORDERED, minutes=20, zh="下令", en="ordered"
)


def test_the_four_types_and_a_sale_s_peak_are_there():
    assert {one.type for one in scenarios().values()} == set(Type)
    assert "sale_peak" in scenarios()


@pytest.mark.parametrize("scenario", scenarios().values(), ids=lambda one: one.key)
def test_a_scenario_hangs_together(scenario):
    injects = {one.key for one in scenario.injects}
    assert len(injects) == len(scenario.injects) >= 3
    assert len({one.key for one in scenario.expected}) == len(scenario.expected) >= 5
    assert [one.at for one in scenario.injects] == sorted(one.at for one in scenario.injects)
    assert all(one.at < scenario.minutes for one in scenario.injects)
    for one in scenario.expected:
        assert one.after in injects | {""}
        if one.measure is Measure.COMMENT:
            assert one.wants in injects
    assert {one.group for one in scenario.expected} >= {Group.LEADERSHIP, Group.TECHNICAL_SUPPORT}


@pytest.mark.parametrize(
    ("seen", "start", "mark", "actual"),
    [
        (Seen(minute=20, share=1.0), 0, Mark.FULLY, 20.0),
        (Seen(minute=20.1, share=1.0), 0, Mark.PARTLY, 20.1),
        (Seen(minute=34, share=1.0), 15, Mark.FULLY, 19.0),
        (Seen(minute=10, share=1.0), 15, Mark.FULLY, 0.0),  # done before it was asked for
        (Seen(minute=5, share=0.4), 0, Mark.PARTLY, 5.0),
        (Seen(), 0, Mark.NOT, None),
        (Seen(applies=False), 0, Mark.NOT_APPLICABLE, None),
    ],
)
def test_marks_at_their_edges(seen, start, mark, actual):
    found = score(EXPECTED, seen, start)
    assert (found.mark, found.actual, found.target) == (mark, actual, 20)


def test_one_number_for_all():
    assert percent([Mark.FULLY, Mark.PARTLY, Mark.NOT, Mark.NOT_APPLICABLE]) == 50
    assert percent([Mark.NOT_APPLICABLE]) is None


def test_the_clock_runs_faster_and_stands_still():
    pause = (NOON + timedelta(minutes=2), NOON + timedelta(minutes=7))
    clock = DrillClock(began=NOON, factor=4, pauses=(pause,))
    assert clock.minutes(NOON + timedelta(minutes=1)) == 4  # before the pause nothing is lost
    assert clock.minutes(NOON + timedelta(minutes=5)) == 8
    assert clock.minutes(NOON + timedelta(minutes=20)) == 60
    assert clock.moment(60) == NOON + timedelta(minutes=20)
    still = DrillClock(began=NOON, factor=4, pauses=((NOON + timedelta(minutes=3), None),))
    assert still.minutes(NOON + timedelta(days=1)) == 12
    assert still.minutes(NOON - timedelta(hours=1)) == 0


@given(st.integers(1, 60), st.integers(0, 600), st.floats(0, 1440))
def test_a_minute_and_its_moment_fit(factor, paused, minute):
    began = NOON + timedelta(minutes=1)
    pauses = ((began, began + timedelta(seconds=paused)),)
    clock = DrillClock(began=NOON, factor=factor, pauses=pauses)
    assert clock.minutes(clock.moment(minute)) == pytest.approx(minute, abs=0.001)


def test_the_year_asks_for_two():
    third, fourth = duties(2026, [date(2026, 6, 30), date(2026, 10, 1), date(2026, 12, 31)])
    assert (third.held, fourth.held) == (None, date(2026, 10, 1))
    assert (third.begins, third.ends) == (date(2026, 7, 1), date(2026, 9, 30))
    assert not third.overdue(date(2026, 9, 30))
    assert third.overdue(date(2026, 10, 1))
    assert third.reminders()[0] == date(2026, 7, 1)
    assert fourth.ends == date(2026, 12, 31)
