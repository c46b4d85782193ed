"""Risk adds up in any order, halves every day, and one voice alone stays small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond import risk
from shangdun.respond.risk import HALF_LIFE_MS, NOTHING, Record, Spell

NOW = 1_780_000_000_000
DAY = HALF_LIFE_MS
GIVEN = st.lists(
    st.tuples(st.floats(0.1, 100), st.integers(NOW - 20 * DAY, NOW)), min_size=1, max_size=30
)


def plain(given: list[tuple[float, int]], time: int) -> float:
    """The score as the sum that the module's docstring writes."""
    return sum(amount * 2 ** (-(time - at) / HALF_LIFE_MS) for amount, at in given)


@given(GIVEN, st.randoms())
def test_a_level_is_the_sum_whatever_the_order(given_points, random) -> None:
    expected = plain(given_points, NOW)
    for _ in range(2):
        level = NOTHING
        for amount, at in given_points:
            level = risk.add(level, amount, at)
        assert risk.score(level, NOW) == pytest.approx(expected, rel=1e-9)
        random.shuffle(given_points)


@given(GIVEN, GIVEN, st.integers(0, 30 * DAY))
def test_the_order_of_levels_is_the_order_of_scores_for_ever(one, two, later) -> None:
    levels = []
    for points in (one, two):
        level = NOTHING
        for amount, at in points:
            level = risk.add(level, amount, at)
        levels.append(level)
    scores = [risk.score(level, NOW + later) for level in levels]
    assert (levels[0] > levels[1]) == (scores[0] > scores[1]) or scores[0] == scores[1]


@given(GIVEN, st.floats(0.1, 100), st.integers(0, DAY), st.integers(0, DAY))
def test_what_goes_on_decays_from_its_last_event(others, amount, begins, lasts) -> None:
    earlier, later = NOW - begins - lasts, NOW - begins
    level = NOTHING
    for points, at in [*others, (amount, earlier)]:
        level = risk.add(level, points, at)
    renewed = risk.renew(level, amount, earlier, later)
    assert risk.score(renewed, NOW) == pytest.approx(
        plain([*others, (amount, later)], NOW), rel=1e-6
    )


def test_it_halves_every_day() -> None:
    level = risk.level_of(80.0, NOW)
    assert [round(risk.score(level, NOW + days * DAY)) for days in range(4)] == [80, 40, 20, 10]
    assert risk.score(NOTHING, NOW) == 0


def test_one_voice_that_never_stops_stays_below_its_bound() -> None:
    once = risk.points(2, confidence=1.0, weight=1.0, repeats=0)
    total = sum(risk.points(2, confidence=1.0, weight=1.0, repeats=n) for n in range(100_000))
    assert once == 21
    assert total < 2.613 * once < risk.THRESHOLD


def test_several_voices_cross_the_threshold_that_none_reaches_alone() -> None:
    each = risk.points(3, confidence=1.0, weight=Record().weight, repeats=0)
    assert each < risk.THRESHOLD < 3 * each


@pytest.mark.parametrize(
    ("record", "precision", "weight"),
    [
        (Record(), None, 0.8),
        (Record(true=5), 1.0, 0.9),
        (Record(false=1), 0.0, 4 / 6),
        (Record(false=15), 0.0, 0.2),
        (Record(true=1, benign=1, false=2), 0.25, 5 / 9),
    ],
)
def test_verdicts_move_the_weight_slowly(record, precision, weight) -> None:
    assert (record.precision, record.weight) == (precision, pytest.approx(weight))


def test_the_course_rises_with_the_first_event_and_falls_after_the_last() -> None:
    spell = Spell(NOW, NOW + DAY, 40.0)
    moments = [NOW - 1, NOW, NOW + DAY, NOW + 2 * DAY]
    assert risk.course([spell], moments) == pytest.approx([0, 40, 40, 20])
