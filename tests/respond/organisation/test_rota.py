"""Turns, swaps, absences and gaps; daylight saving, leap days, days that never were."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import Calendar

from shangdun.kernel.errors import UsageError
from shangdun.respond.organisation.calendar import Words, calendar
from shangdun.respond.organisation.rota import (
    Absence,
    Cover,
    Rota,
    Why,
    check_rota,
    gaps,
    on_shift,
    shifts,
)

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe",
    "America/St_Johns", "UTC", "Asia/Kathmandu",
)  # fmt: skip
WEEKLY = Rota(people=(1, 2, 3), starts=date(2026, 1, 5), hand_over=time(9), zone="Asia/Shanghai")


def at(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_week_changes_hands_at_nine_in_the_morning() -> None:
    before, after = at("Asia/Shanghai", 2026, 1, 12, 8, 59), at("Asia/Shanghai", 2026, 1, 12, 9)
    assert on_shift(WEEKLY, (), (), before).person == 1
    assert on_shift(WEEKLY, (), (), after).person == 2
    assert on_shift(WEEKLY, (), (), at("Asia/Shanghai", 2026, 1, 26, 9)).person == 1


def test_before_the_first_day_and_after_the_last_nobody_is_on_call() -> None:
    rota = Rota(
        people=(1,), starts=date(2026, 2, 1), ends=date(2026, 2, 3), hand_over=time(9),
        zone="UTC", days=1,
    )  # fmt: skip
    found = shifts(
        rota, (), (), datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)
    )
    assert [(s.person, s.why) for s in found] == [
        (None, Why.NONE), (1, Why.TURN), (1, Why.TURN), (None, Why.NONE),
    ]  # fmt: skip
    assert found[-1].since == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert len(gaps(found)) == 2


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 23),  # clocks go forward on the 29th
        (date(2026, 10, 24), 25),  # and back on the 25th
        (date(2026, 6, 1), 24),
    ],
)
def test_a_day_with_a_change_of_the_clock_is_shorter_or_longer(day: date, hours: int) -> None:
    rota = Rota(people=(1, 2), starts=day, hand_over=time(9), zone="Europe/Berlin", days=1)
    begin = at("Europe/Berlin", day.year, day.month, day.day, 9)
    first = shifts(rota, (), (), begin, begin + timedelta(days=3))[0]
    assert (first.until - first.since) == timedelta(hours=hours)


def test_a_hand_over_that_the_clock_skips_happens_all_the_same() -> None:
    rota = Rota(
        people=(1, 2), starts=date(2026, 3, 28), hand_over=time(2, 30), zone="Europe/Berlin", days=1
    )
    skipped = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 02:30 never was: it is 03:30
    assert on_shift(rota, (), (), skipped - timedelta(seconds=1)).person == 1
    assert on_shift(rota, (), (), skipped).person == 2


def test_the_leap_day_is_a_day() -> None:
    rota = Rota(people=(1, 2), starts=date(2028, 2, 28), hand_over=time(0), zone="UTC", days=1)
    people = [
        on_shift(rota, (), (), datetime(2028, month, day, 12, tzinfo=UTC)).person
        for month, day in ((2, 28), (2, 29), (3, 1))
    ]
    assert people == [1, 2, 1]


def test_a_swap_holds_and_the_later_one_over_the_earlier() -> None:
    since, until = at("Asia/Shanghai", 2026, 1, 6, 0), at("Asia/Shanghai", 2026, 1, 7, 0)
    covers = [Cover(2, since, until), Cover(3, since + timedelta(hours=6), until)]
    found = shifts(WEEKLY, covers, (), since - timedelta(hours=1), until + timedelta(hours=1))
    assert [(s.person, s.planned, s.why) for s in found] == [
        (1, 1, Why.TURN), (2, 1, Why.COVER), (3, 1, Why.COVER), (1, 1, Why.TURN),
    ]  # fmt: skip


def test_an_absence_is_a_gap_that_a_swap_closes() -> None:
    since, until = at("Asia/Shanghai", 2026, 1, 6, 0), at("Asia/Shanghai", 2026, 1, 7, 0)
    away = [Absence(1, since, until)]
    found = shifts(WEEKLY, (), away, since, until)
    assert [(s.person, s.planned, s.why) for s in found] == [(None, 1, Why.ABSENT)]
    closed = shifts(WEEKLY, [Cover(3, since, until)], away, since, until)
    assert gaps(closed) == ()
    both = shifts(WEEKLY, [Cover(3, since, until)], [*away, Absence(3, since, until)], since, until)
    assert len(gaps(both)) == 1


def test_without_a_rota_all_of_it_is_a_gap_but_the_swaps() -> None:
    since = datetime(2026, 1, 6, tzinfo=UTC)
    cover = Cover(4, since, since + timedelta(hours=1))
    found = shifts(None, [cover], (), since, since + timedelta(hours=2))
    assert [s.person for s in found] == [4, None]


DAY = st.dates(date(2011, 1, 1), date(2030, 12, 31))
ROTAS = st.builds(
    Rota,
    people=st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True).map(tuple),
    starts=DAY,
    ends=st.none(),
    hand_over=st.times().map(lambda t: t.replace(microsecond=0)),
    zone=st.sampled_from(ZONES),
    days=st.integers(1, 28),
)
MOMENT = st.datetimes(
    datetime(2011, 1, 1),  # noqa: DTZ001 - bounds are naive, see timezones
    datetime(2030, 12, 31),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)
SPANS = st.tuples(st.integers(1, 9), MOMENT, st.integers(1, 200)).map(
    lambda one: (one[0], one[1], one[1] + timedelta(hours=one[2]))
)


@given(
    rota=ROTAS,
    since=MOMENT,
    hours=st.integers(1, 24 * 60),
    covers=st.lists(SPANS.map(lambda s: Cover(*s)), max_size=4),
    away=st.lists(SPANS.map(lambda s: Absence(*s)), max_size=4),
)
def test_shifts_part_the_time_without_holes_or_overlaps(rota, since, hours, covers, away) -> None:
    until = since + timedelta(hours=hours)
    found = shifts(rota, covers, away, since, until)
    assert (found[0].since, found[-1].until) == (since, until)
    assert all(a.until == b.since for a, b in pairwise(found))
    assert all(shift.since < shift.until for shift in found)
    for shift in found:
        gone = {a.person for a in away if a.since <= shift.since < a.until}
        assert shift.person not in gone


@given(rota=ROTAS, moment=MOMENT)
def test_the_turn_is_that_of_the_local_calendar(rota: Rota, moment: datetime) -> None:
    """Counted the plain way: days since the first, by the clock on the wall."""
    zone = ZoneInfo(rota.zone)
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=local.time() < rota.hand_over)
    # Around a change of the clock the wall shows a time twice or never: there the tests above hold.
    offsets = {
        (moment + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-27, 0, 27)
    }
    assume(len(offsets) == 1)
    number = (day - rota.starts).days
    planned = on_shift(rota, (), (), moment).planned
    if number < 0:
        assert planned is None
    else:
        assert planned == rota.people[number // rota.days % len(rota.people)]


@given(rota=ROTAS, since=MOMENT)
def test_who_is_on_shift_is_who_the_list_says(rota: Rota, since: datetime) -> None:
    for shift in shifts(rota, (), (), since, since + timedelta(days=60)):
        middle = shift.since + (shift.until - shift.since) / 2
        assert on_shift(rota, (), (), middle).person == shift.person


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"people": ()}, "rota.people"),
        ({"days": 0}, "rota.days"),
        ({"zone": "Mars/Base"}, "rota.zone"),
        ({"zone": "../etc/passwd"}, "rota.zone"),
        ({"ends": date(2026, 1, 5)}, "rota.dates"),
    ],
)
def test_what_is_no_rota_is_refused(changes: dict[str, object], code: str) -> None:
    given_ = {
        "people": (1,), "starts": date(2026, 1, 5), "hand_over": time(9), "zone": "UTC", **changes
    }  # fmt: skip
    with pytest.raises(UsageError) as caught:
        check_rota(Rota(**given_))
    assert caught.value.code == code


WORDS = Words(name="技术支持组值班", on_call="值班：{person}", nobody="⚠ 无人值班")
HOSTILE = "王;小\nBEGIN:VALARM,\\"


def test_the_calendar_is_read_back_as_it_was_meant() -> None:
    since = at("Asia/Shanghai", 2026, 1, 5, 9)
    away = [Absence(2, since + timedelta(days=7), since + timedelta(days=8))]
    found = shifts(WEEKLY, (), away, since, since + timedelta(days=21))
    text = calendar({"technical_support": (WORDS, found)}, {1: HOSTILE, 3: "李"}, since)
    parsed = Calendar.from_ical(text)
    events = parsed.walk("VEVENT")
    assert [(e["dtstart"].dt, e["dtend"].dt) for e in events] == [(s.since, s.until) for s in found]
    assert str(events[0]["summary"]) == f"值班：{HOSTILE}"
    assert str(events[1]["summary"]) == "⚠ 无人值班"
    assert len({str(e["uid"]) for e in events}) == len(events)
    assert not parsed.walk("VALARM")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))


def test_one_persons_calendar_has_that_persons_turns_alone() -> None:
    since = at("Asia/Shanghai", 2026, 1, 5, 9)
    found = shifts(WEEKLY, (), (), since, since + timedelta(days=42))
    text = calendar({"technical_support": (WORDS, found)}, {2: "李"}, since, of=2)
    events = Calendar.from_ical(text).walk("VEVENT")
    assert len(events) == 2
    assert {str(e["summary"]) for e in events} == {"值班：李"}
