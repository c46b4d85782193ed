"""A source is silent when it is quiet at a time at which it usually is not."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shangdun.observe.rhythm import Rhythm

HOUR, DAY, WEEK = 60, 1440, 10_080
START = 2_950_560  # a Thursday, 00:00 UTC, in minutes


def opening_hours(minute: int) -> float:
    """A shop of a small town: busy by day, one visitor an hour at night, less at the weekend."""
    hour = minute // HOUR % 24
    weekend = minute // DAY % 7 in {2, 3}
    busy = 0.97 if 8 <= hour < 22 else 0.02
    return busy * (0.5 if weekend else 1.0)


def live(rhythm: Rhythm, minutes: range, activity, dice: random.Random) -> list[int]:
    """Minutes at which it was called silent though lines came as they usually do."""
    return [at for at in minutes if rhythm.advance(at, int(dice.random() < activity(at)))]


def quiet_until_silent(rhythm: Rhythm, start: int, most: int) -> int | None:
    return next((n for n in range(most) if rhythm.advance(start + n, 0)), None)


def test_a_shop_that_sleeps_at_night_is_left_in_peace_for_weeks():
    rhythm = Rhythm()
    assert live(rhythm, range(START, START + 5 * WEEK), opening_hours, random.Random(1)) == []


def test_the_first_night_does_not_alarm_though_nothing_is_known_of_nights():
    rhythm = Rhythm()
    day = range(START + 9 * HOUR, START + 22 * HOUR)
    assert live(rhythm, day, lambda at: 0.6, random.Random(2)) == []
    assert quiet_until_silent(rhythm, START + 22 * HOUR, 5 * HOUR) is None


def test_the_same_gap_is_silence_by_day_and_sleep_by_night():
    taught = Rhythm()
    live(taught, range(START, START + 3 * WEEK), opening_hours, random.Random(3))
    by_day, by_night = (msgspec.json.decode(msgspec.json.encode(taught), type=Rhythm) for _ in "12")
    noon = START + 3 * WEEK + 12 * HOUR
    live(by_day, range(START + 3 * WEEK, noon), opening_hours, random.Random(4))
    assert quiet_until_silent(by_day, noon, 2 * HOUR) in range(3, 30)
    night = START + 3 * WEEK + 22 * HOUR + 5
    live(by_night, range(START + 3 * WEEK, night), opening_hours, random.Random(4))
    assert quiet_until_silent(by_night, night, 6 * HOUR) is None


def test_a_log_that_never_rests_is_missed_within_minutes():
    rhythm = Rhythm()
    live(rhythm, range(START, START + DAY), lambda at: 1.0, random.Random(5))
    found = quiet_until_silent(rhythm, START + DAY, HOUR)
    assert found is not None
    assert found < 5


def test_a_dead_source_of_the_day_is_found_in_an_hour_never_seen():
    rhythm = Rhythm()
    live(rhythm, range(START + 8 * HOUR, START + 16 * HOUR), lambda at: 1.0, random.Random(6))
    found = quiet_until_silent(rhythm, START + 16 * HOUR, 6 * HOUR)
    assert found is not None
    assert found < 90


def test_nothing_is_said_before_an_hour_was_observed():
    rhythm = Rhythm()
    live(rhythm, range(START, START + 50), lambda at: 1.0, random.Random(7))
    assert quiet_until_silent(rhythm, START + 50, 300) is None


def test_a_pause_that_comes_back_every_day_is_learned():
    """A backup at noon that stops the log for twenty minutes alarms at first, then no more."""
    rhythm = Rhythm()

    def with_pause(at: int) -> float:
        new = at >= START + 3 * DAY
        return 0.0 if new and 12 * HOUR <= at % DAY < 12 * HOUR + 20 else 1.0

    days = [
        bool(live(rhythm, range(START + day * DAY, START + (day + 1) * DAY), with_pause, dice))
        for day, dice in enumerate(random.Random(n) for n in range(21))
    ]
    assert days[3:6] == [True, True, True]
    assert not any(days[:3] + days[6:])


def test_time_in_which_nobody_watched_teaches_nothing():
    rhythm = Rhythm()
    live(rhythm, range(START, START + DAY), lambda at: 1.0, random.Random(8))
    before = msgspec.json.encode(rhythm.slots)
    later = START + DAY + 6 * HOUR
    assert rhythm.advance(later, 1) is False
    after = msgspec.json.decode(msgspec.json.encode(rhythm.slots), type=dict)
    assert (
        sum(s["watched"] for s in after.values())
        == sum(s["watched"] for s in msgspec.json.decode(before).values()) + 1
    )


def test_it_goes_on_where_it_was_stored():
    dice, whole, halves = random.Random(9), Rhythm(), Rhythm()
    counts = [int(dice.random() < opening_hours(at)) for at in range(START, START + WEEK)]
    for n, count in enumerate(counts):
        whole.advance(START + n, count)
        halves.advance(START + n, count)
        if n % 997 == 0:
            halves = msgspec.msgpack.decode(msgspec.msgpack.encode(halves), type=Rhythm)
    assert halves == whole


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 9)), max_size=300))
def test_whatever_comes_state_is_bounded_and_a_line_ends_every_silence(steps):
    rhythm, minute = Rhythm(), START
    for step, events in steps:
        minute += step
        silent = rhythm.advance(minute, events)
        assert not (events and step and silent)
        assert len(rhythm.slots) <= 168
        assert len(rhythm.gaps) <= 24
        assert len(rhythm.pending) <= 168
        assert all(0 <= slot.active <= slot.watched + 1e-9 for slot in rhythm.slots.values())
