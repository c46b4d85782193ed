"""Where messages go and when: properties over all groups, grades, hours and time zones."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.notify.routing import SERIOUS, Asked, Quiet, Way, can_wait, reached, route

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
GROUPS = ("leadership", "technical_support", "legal")
zones = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")])
moments = st.integers(0, 3 * 365 * 24 * 60 * 60).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
times = st.times().map(lambda found: found.replace(second=0, microsecond=0))
quiets = st.builds(Quiet, times, times).filter(lambda quiet: quiet.start != quiet.end)
people = st.frozensets(st.integers(1, 6), max_size=6)
askeds = st.builds(
    Asked,
    at=moments,
    groups=st.frozensets(st.sampled_from(GROUPS)),
    people=people,
    members=people,
    on_call=people,
    grade=st.integers(0, 4),
    urgent=st.booleans(),
)
ways = st.lists(
    st.builds(
        Way,
        channel=st.integers(1, 99),
        group=st.sampled_from(("", *GROUPS)),
        person=st.none() | st.integers(1, 6),
        each=st.booleans(),
        min_grade=st.integers(0, 4),
        quiet=st.none() | quiets,
    ),
    max_size=8,
    unique_by=lambda way: way.channel,
)


@given(askeds, ways, zones)
def test_nothing_silences_a_serious_incident(asked, ways, zone):
    grave = [one for one in route(asked, ways, zone) if asked.grade >= SERIOUS]
    assert all(one.at == asked.at and not one.held for one in grave)


@given(askeds, ways, zones)
def test_quiet_hours_delay_and_drop_nothing(asked, ways, zone):
    loud = [Way(**{**{n: getattr(w, n) for n in w.__struct_fields__}, "quiet": None}) for w in ways]
    quiet, free = route(asked, ways, zone), route(asked, loud, zone)
    assert [(one.channel, one.person) for one in quiet] == [(o.channel, o.person) for o in free]
    assert all(timedelta() <= one.at - asked.at <= timedelta(hours=25) for one in quiet)


@given(askeds, ways, zones)
def test_each_channel_and_person_once(asked, ways, zone):
    found = [(one.channel, one.person) for one in route(asked, ways, zone)]
    assert len(found) == len(set(found))


@given(askeds, ways, zones)
def test_only_who_is_meant(asked, ways, zone):
    by_number = {way.channel: way for way in ways}
    for one in route(asked, ways, zone):
        way = by_number[one.channel]
        if way.each:
            assert one.person in reached(asked)
        elif way.person is not None:
            assert way.person in reached(asked)
        elif way.group:
            assert way.group in asked.groups
        assert asked.grade >= way.min_grade or (asked.urgent and asked.grade == 0)


@given(quiets, moments, zones)
def test_quiet_ends_at_the_first_loud_minute(quiet, at, zone):
    end = quiet.until(at, zone)
    assert not quiet.holds(end, zone)
    assert end >= at
    if quiet.holds(at, zone):
        minute = at.replace(second=0, microsecond=0)
        while minute < end:
            assert quiet.holds(minute, zone) or minute < at
            minute += timedelta(minutes=1)


NIGHT = Quiet(time(22), time(7))


@pytest.mark.parametrize(
    ("quiet", "at", "end"),
    [
        (NIGHT, "2026-03-28T22:30+01:00", "2026-03-29T07:00+02:00"),  # an hour is left out
        (NIGHT, "2026-10-24T22:30+02:00", "2026-10-25T07:00+01:00"),  # an hour comes twice
        (Quiet(time(1), time(2, 30)), "2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"),
        (Quiet(time(2), time(2, 30)), "2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"),
        (Quiet(time(2), time(2, 30)), "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
        (NIGHT, "2028-02-28T23:00+01:00", "2028-02-29T07:00+01:00"),  # a leap day
    ],
)
def test_summer_time(quiet, at, end):
    assert quiet.until(datetime.fromisoformat(at), BERLIN) == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    ("grade", "urgent", "waits"),
    [
        (0, False, True), (1, False, True), (2, False, True), (3, False, False), (4, False, False),
        (0, True, False), (1, True, True), (2, True, False), (3, True, False), (4, True, False),
    ],
)  # fmt: skip
def test_what_can_wait(grade, urgent, waits):
    asked = Asked(at=datetime(2026, 1, 1, tzinfo=UTC), grade=grade, urgent=urgent)
    assert can_wait(asked) is waits


def test_urgent_wakes_who_is_on_call_and_a_serious_one_everybody():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    some = frozenset({1})
    everybody = frozenset({1, 2, 3})
    asked = Asked(at=at, members=everybody, on_call=some, urgent=True, grade=2)
    assert reached(asked) == some
    assert reached(Asked(at=at, members=everybody, on_call=some, urgent=True, grade=3)) == everybody
    assert reached(Asked(at=at, members=everybody, urgent=True)) == everybody
    assert reached(Asked(at=at, members=everybody, on_call=some)) == everybody
