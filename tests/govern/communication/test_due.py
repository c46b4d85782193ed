"""When lines are due, on China's working days; how they stand on a day."""

from __future__ import annotations

from datetime import date

import pytest

from shangdun.govern.communication.drafts import drafts, filled, lessons
from shangdun.govern.communication.due import Due, Rhythm, Standing, due_after, dues, standing
from shangdun.govern.communication.duties import organised
from shangdun.govern.communication.figures import tally
from shangdun.govern.communication.lines import (
    Audience,
    Content,
    Frequency,
    goes_outside,
    groups_of,
)
from shangdun.govern.communication.matrix import matrix
from shangdun.govern.rhythm.windows import Place
from shangdun.govern.schedule.calendar import calendar_named

CHINA = calendar_named("cn")
WEEKLY = Rhythm(Frequency.WEEKLY, Place.AFTER, 1, 2)
MONTHLY = Rhythm(Frequency.MONTHLY, Place.END, 7, 3)


def between(rhythm: Rhythm, since: date, until: date) -> list[Due]:
    return list(dues(rhythm, CHINA, since, until))


def test_a_weekly_brief_moves_past_the_national_holiday() -> None:
    found = between(WEEKLY, date(2025, 9, 29), date(2025, 10, 13))
    assert [(one.period, one.due) for one in found] == [
        ("2025-W39", date(2025, 9, 29)),
        ("2025-W40", date(2025, 10, 9)),
        ("2025-W41", date(2025, 10, 13)),
    ]


def test_a_month_is_due_in_its_last_days_and_missed_after_its_grace() -> None:
    [one] = between(MONTHLY, date(2026, 3, 1), date(2026, 3, 31))
    assert (one.opens, one.due, one.closes) == (
        date(2026, 3, 25), date(2026, 3, 31), date(2026, 4, 3),
    )  # fmt: skip
    assert (one.since, one.until) == (date(2026, 3, 1), date(2026, 3, 31))


def test_what_had_begun_to_be_due_before_the_plan_is_not_owed() -> None:
    assert not between(MONTHLY, date(2026, 3, 27), date(2026, 3, 31))


def test_a_year_has_one_of_each_period() -> None:
    counts = {
        Frequency.WEEKLY: 52, Frequency.MONTHLY: 12, Frequency.QUARTERLY: 4,
        Frequency.HALF_YEARLY: 2, Frequency.YEARLY: 1, Frequency.EVENT: 0,
    }  # fmt: skip
    for frequency, count in counts.items():
        rhythm = Rhythm(frequency, Place.END, 5, 3)
        found = between(rhythm, date(2026, 1, 1), date(2026, 12, 31))
        assert abs(len(found) - count) <= (frequency is Frequency.WEEKLY), frequency
        assert len({one.period for one in found}) == len(found)


@pytest.mark.parametrize(
    ("days", "happened", "due"),
    [
        (0, date(2026, 3, 7), date(2026, 3, 7)),  # on the same day, a Saturday too
        (1, date(2026, 3, 6), date(2026, 3, 9)),
        (1, date(2026, 3, 7), date(2026, 3, 9)),
        (5, date(2026, 9, 30), date(2026, 10, 13)),  # over the holidays and a worked Saturday
    ],
)
def test_an_event_is_told_within_working_days(days: int, happened: date, due: date) -> None:
    assert due_after(Rhythm(Frequency.EVENT, days=days), CHINA, happened).due == due


def test_standing() -> None:
    due, closes = date(2026, 3, 31), date(2026, 4, 3)
    days = {28: Standing.AHEAD, 31: Standing.NOW}
    for day, expected in days.items():
        assert standing(due, closes, date(2026, 3, day)) is expected
    assert standing(due, closes, date(2026, 4, 3)) is Standing.LATE
    assert standing(due, closes, date(2026, 4, 4)) is Standing.MISSED
    assert standing(due, closes, date(2026, 4, 9), date(2026, 3, 31)) is Standing.KEPT
    assert standing(due, closes, date(2026, 4, 9), date(2026, 4, 9)) is Standing.KEPT_LATE


def test_a_share_is_none_where_nothing_was_due() -> None:
    assert tally([Standing.AHEAD]).share is None
    found = tally([Standing.KEPT, Standing.KEPT, Standing.KEPT_LATE, Standing.MISSED])
    assert (found.due, found.share) == (4, 0.5)


def test_the_matrix_holds_what_the_plan_says() -> None:
    lines = matrix()
    covered = {(audience, line.content) for line in lines for audience in line.audiences}
    inside = [one for one in Audience if not one.outside]
    assert {
        (one, content) for one in inside for content in (Content.INCIDENT, Content.TRAINING)
    } <= covered
    assert {audience for audience, _content in covered} == set(Audience)
    rhythms = {line.key: line.frequency for line in lines}
    assert rhythms["progress-weekly"] is Frequency.WEEKLY
    assert rhythms["progress-monthly"] is Frequency.MONTHLY
    assert rhythms["training-monthly"] is Frequency.MONTHLY
    assert rhythms["law-review"] is Frequency.YEARLY
    assert rhythms["plan-meeting"] is Frequency.QUARTERLY
    assert rhythms["plan-evaluation"] is Frequency.YEARLY
    assert goes_outside(frozenset({Audience.LEGAL, Audience.USERS}))
    assert len(groups_of(frozenset(Audience))) == 4


def test_drafts_are_filled_in_both_languages_with_two_names_in_one_line() -> None:
    assert len(lessons().staff) == 12
    for maker, both in drafts().items():
        for language in ("zh-hans", "en"):
            names = {"greeting", "company", "day", "type", "grade", "state", "period", "since",
                     "until", "progress", "month", "topic", "lesson", "happened", "title",
                     "change", "due", "certainty", "changes", "reviews", "response", "drills",
                     "plans", "contacts"}  # fmt: skip
            text = filled(maker, language, {name: f"<{name}>" for name in names})
            assert "{{" not in text.title + text.body
            assert both.text(language).title.count("{{") == text.title.count("<")


def test_every_duty_has_exactly_one_accountable() -> None:
    assert all(len(duty.accountable) == 1 for duty in organised().duties)
