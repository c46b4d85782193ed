"""Whom the question goes to, and what is wrong with the seats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond.groups import Group
from shangdun.respond.organisation.built_in import built_in_seats, group_duties
from shangdun.respond.organisation.seats import Flaw, Rank, Seat, chain, flaws, people_of

HEAD = Seat(post=1, group=Group.LEADERSHIP, rank=Rank.HEAD, primary=10, deputies=(11, 12))
DEPUTY = Seat(post=2, group=Group.LEADERSHIP, rank=Rank.DEPUTY_HEAD, primary=20)
LEGAL = Seat(post=3, group=Group.LEADERSHIP, rank=Rank.MEMBER, place=5, primary=30)
MARKET = Seat(post=4, group=Group.LEADERSHIP, rank=Rank.MEMBER, place=4, primary=40, deputies=(10,))
SEATS = [LEGAL, MARKET, DEPUTY, HEAD]
ALL = {10, 11, 12, 20, 30, 40}


def test_the_question_goes_from_the_head_to_the_members() -> None:
    assert chain(SEATS, ALL, ()) == (10, 11, 12, 20, 40, 30)


def test_who_is_away_or_may_not_decide_is_left_out() -> None:
    assert chain(SEATS, ALL - {20}, {10, 12}) == (11, 40, 30)


def test_when_all_are_away_all_are_asked_anyway() -> None:
    assert chain(SEATS, {10, 20}, {10, 20}) == (10, 20)


def test_flaws_name_seat_and_people() -> None:
    empty = Seat(post=5, group=Group.LEGAL, rank=Rank.HEAD)
    able = {Group.LEADERSHIP: {10, 11, 12, 20, 30}, Group.LEGAL: set()}
    found = {(one.post, one.flaw): one.people for one in flaws([*SEATS, empty], able, {10}, {20})}
    assert found[5, Flaw.VACANT] == ()
    assert found[2, Flaw.NO_DEPUTY] == ()
    assert found[2, Flaw.ALONE] == (20,)
    assert found[4, Flaw.UNABLE] == (40,)
    assert found[1, Flaw.UNREACHABLE] == (11, 12)
    assert (1, Flaw.NO_DEPUTY) not in found


seats = st.builds(
    Seat,
    post=st.integers(1, 50),
    group=st.just(Group.LEADERSHIP),
    rank=st.sampled_from(Rank),
    place=st.integers(0, 5),
    primary=st.none() | st.integers(1, 9),
    deputies=st.lists(st.integers(1, 9), max_size=3, unique=True).map(tuple),
)
some = st.sets(st.integers(1, 9))


@given(st.lists(seats, max_size=6), some, some)
def test_nobody_is_asked_twice_and_nobody_who_can_is_forgotten(held, able, away) -> None:
    asked = chain(held, able, away)
    assert len(set(asked)) == len(asked)
    there = set(people_of(held)) & able
    assert set(asked) == (there - away or there)


def test_the_plan_is_seated() -> None:
    """Section 三: a CIO at the head, the head of information security as deputy, four members."""
    by_group = {group: [s for s in built_in_seats() if s.group is group] for group in Group}
    leadership = by_group[Group.LEADERSHIP]
    assert [s.rank for s in leadership] == [Rank.HEAD, Rank.DEPUTY_HEAD, *[Rank.MEMBER] * 4]
    for group in Group:
        assert by_group[group][0].rank is Rank.HEAD
        assert group_duties(group).duties_zh
    assert all(s.name_zh and s.name_en and s.duties_zh and s.duties_en for s in built_in_seats())
