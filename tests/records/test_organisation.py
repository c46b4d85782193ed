"""Who is called for a group: by the rota, in a gap by rank, without seats by role."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Group as Role

from shangdun.actions.organisation.posts import do_seat_people
from shangdun.actions.organisation.reaching import do_add_absence, do_keep_contacts
from shangdun.actions.organisation.rotas import do_add_cover, do_set_rota
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import Post, User
from shangdun.records.models.organisation import ContactKind
from shangdun.records.organisation import Contact, chain, contacts, members, on_call
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import Rota

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOCK = FixedClock(NOON)
TECHNICAL = Group.TECHNICAL_SUPPORT


def person(name: str, *groups: Group) -> User:
    user = User.objects.create(username=name, email=f"{name}@shop.example")
    user.groups.set(Role.objects.filter(name__in=groups))
    return user


def seat(key: str, primary: User, *deputies: User) -> None:
    do_seat_people(
        SETUP,
        post_id=Post.objects.get(key=key).pk,
        primary=primary.pk,
        deputies=[one.pk for one in deputies],
        clock=CLOCK,
    )


def away(who: User, hours: int = 8) -> None:
    span = {"since": NOON - timedelta(hours=1), "until": NOON + timedelta(hours=hours)}
    do_add_absence(SETUP, person_id=who.pk, clock=CLOCK, **span)


def test_from_the_rota_by_way_of_swaps_to_the_head_and_the_role() -> None:
    chen, li, wang = (person(name, TECHNICAL) for name in ("chen", "li", "wang"))
    assert on_call(TECHNICAL, NOON) == [chen, li, wang]  # nothing but the role
    seat("it-manager", wang, li)
    assert on_call(TECHNICAL, NOON) == [wang]
    rota = Rota(people=(chen.pk, li.pk), starts=date(2026, 5, 4), hand_over=time(9), zone="UTC")
    do_set_rota(SETUP, rota, group=TECHNICAL, clock=CLOCK)
    assert on_call(TECHNICAL, NOON) == [chen]
    assert on_call(TECHNICAL, NOON + timedelta(days=7)) == [li]
    span = {"since": NOON, "until": NOON + timedelta(hours=2)}
    do_add_cover(SETUP, group=TECHNICAL, person_id=li.pk, clock=CLOCK, **span)
    assert on_call(TECHNICAL, NOON) == [li]
    away(li)
    assert on_call(TECHNICAL, NOON) == [chen]  # the swap is worth nothing, the turn holds
    away(chen)
    assert on_call(TECHNICAL, NOON) == [wang]  # a gap: by rank
    away(wang)
    assert on_call(TECHNICAL, NOON) == [wang, li, chen]  # all away: all are called


def test_a_switched_off_account_is_a_gap() -> None:
    chen, wang = person("chen", TECHNICAL), person("wang", TECHNICAL)
    seat("it-manager", wang)
    rota = Rota(people=(chen.pk,), starts=date(2026, 5, 4), hand_over=time(9), zone="UTC")
    do_set_rota(SETUP, rota, group=TECHNICAL, clock=CLOCK)
    chen.is_active = False
    chen.save()
    assert on_call(TECHNICAL, NOON) == [wang]
    assert chen not in members(TECHNICAL)


def test_only_who_may_order_is_asked() -> None:
    boss, clerk = person("boss", Group.LEADERSHIP), person("clerk", Group.LEGAL)
    seat("cio", clerk, boss)
    assert chain(NOON) == [boss]
    assert members(Group.LEADERSHIP) == [clerk, boss]


def test_contacts_open_again_and_fall_back_to_the_accounts_address() -> None:
    chen = person("chen", TECHNICAL)
    assert contacts(chen) == [Contact(ContactKind.EMAIL, "chen@shop.example")]
    kept = [Contact(ContactKind.MOBILE, "+86 138"), Contact(ContactKind.WECOM, "陈")]
    do_keep_contacts(SETUP, person_id=chen.pk, contacts=kept, clock=CLOCK)
    assert contacts(chen) == kept


def test_one_question_costs_as_much_with_many_people(django_assert_max_num_queries) -> None:
    for number in range(30):
        person(f"p{number}", TECHNICAL, Group.LEADERSHIP)
    with django_assert_max_num_queries(9):
        assert len(on_call(TECHNICAL, NOON)) == 30
    with django_assert_max_num_queries(9):
        assert len(chain(NOON)) == 30
