"""People, materials and money of a programme: re-allocation as shown, books that add up."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from django.db import connection

from shangdun.actions.resources.assign import do_assign, do_assign_owners, person_of
from shangdun.actions.resources.keep import (
    NewResource,
    do_add_resource,
    do_archive_resource,
    do_change_resource,
)
from shangdun.actions.resources.money import (
    NewEntry,
    NewLine,
    do_add_budget_line,
    do_add_money_entry,
    do_archive_budget_line,
    do_cancel_money_entry,
    do_change_budget_line,
    do_move_budget,
)
from shangdun.actions.resources.rebalance import (
    do_hand_over_work,
    do_level_programme,
    fingerprint,
    handed_over,
)
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.money.budget import Kind, Position
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import Conflict, NotAllowed, UsageError
from shangdun.records.actor import SETUP
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Assignment,
    LedgerEntry,
    MoneyEntry,
    PersonAbsence,
    PlanTask,
    Programme,
    Resource,
)
from shangdun.records.money import money_of
from shangdun.records.resources import levelled, material_uses, person_loads
from shangdun.records.roles import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
CLOCK = FixedClock(NOW)
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))


@pytest.fixture
def programme(db: None) -> Programme:
    made = Programme.objects.create(
        number=1, title="Plan", language="en", starts_on=MONDAY, created_at=NOW, calendar="week"
    )
    for place, (importance, days) in enumerate(((5, 5), (2, 5), (3, 2)), start=1):
        PlanTask.objects.create(
            programme=made, position=place, code=f"1.{place}", title=f"Task {place}", days=days,
            importance=importance, urgency=3,
        )  # fmt: skip
    reschedule(made, NOW)
    return made


def task(code: str) -> PlanTask:
    return PlanTask.objects.get(code=code)


def expert(name: str = "Wu", **more: object) -> Resource:
    wanted = NewResource(kind="person", name=name, external=True, **more)
    return do_add_resource(SETUP, wanted, clock=CLOCK)


def give(code: str, to: Resource, amount: int) -> None:
    do_assign(SETUP, task_id=task(code).pk, number=to.number, amount=amount)


def test_load_knows_absences_and_other_programmes(programme, responder):
    person = person_of(responder, NOW)
    give("1.1", person, 60)
    other = Programme.objects.create(
        number=2, title="Other", language="en", starts_on=MONDAY, created_at=NOW, calendar="week"
    )
    more = PlanTask.objects.create(programme=other, position=1, code="9.1", title="x", days=5)
    reschedule(other, NOW)
    do_assign(SETUP, task_id=more.pk, number=person.number, amount=30)
    [one] = person_loads(SETUP, programme, MONDAY, 2)
    assert [(week.load, week.capacity) for week in one.weeks] == [(450, 500), (0, 500)]
    PersonAbsence.objects.create(
        person=responder, since=NOW + timedelta(days=1), until=NOW + timedelta(days=3)
    )
    [one] = person_loads(SETUP, programme, MONDAY, 1)
    assert one.weeks[0].capacity == 300
    assert one.overloaded[0].tasks == {task("1.1").pk: 300, more.pk: 150}


def test_levelling_does_what_was_shown(programme):
    wu = expert()
    give("1.1", wu, 100)
    give("1.2", wu, 100)
    found = levelled(programme, MONDAY)
    assert task("1.2").starts_on == MONDAY  # nothing is done yet
    seen = fingerprint(found)
    assert do_level_programme(SETUP, number=1, seen=seen, clock=CLOCK) == 1
    moved = task("1.2")
    assert (moved.not_before, moved.starts_on) == (date(2026, 3, 9), date(2026, 3, 9))
    assert task("1.1").starts_on == MONDAY
    assert do_level_programme(SETUP, number=1, seen=seen, clock=CLOCK) == 0  # the second click
    assert LedgerEntry.objects.filter(action="level_programme").count() == 1


def test_a_plan_that_changed_meanwhile_is_shown_again(programme):
    wu = expert()
    give("1.1", wu, 100)
    give("1.2", wu, 100)
    seen = fingerprint(levelled(programme, MONDAY))
    PlanTask.objects.filter(code="1.1").update(days=9)
    with pytest.raises(Conflict) as caught:
        do_level_programme(SETUP, number=1, seen=seen, clock=CLOCK)
    assert caught.value.code == "resource.moved"
    assert task("1.2").not_before is None


def test_handing_over_spares_the_waiting(programme):
    wu, ma = expert(), expert("Ma")
    give("1.1", wu, 100)
    give("1.2", wu, 100)
    heavy = task("1.2")
    found = handed_over(SETUP, heavy, wu.number, ma.number, MONDAY)
    assert found.moves == ()
    how = {"task_id": heavy.pk, "giver": wu.number, "taker": ma.number, "clock": CLOCK}
    do_hand_over_work(SETUP, seen=fingerprint(found), **how)
    assert list(heavy.assignments.values_list("resource__name", "amount")) == [("Ma", 100)]
    assert do_hand_over_work(SETUP, seen="", **how) == 0  # the second click
    with pytest.raises(UsageError):
        handed_over(SETUP, task("1.1"), ma.number, wu.number, MONDAY)


def test_owners_work_on_what_nobody_works_on(programme, responder):
    PlanTask.objects.filter(code__in=("1.1", "1.2")).update(owner=responder)
    give("1.2", expert(), 20)
    assert do_assign_owners(SETUP, number=1, share=40) == 1
    assert do_assign_owners(SETUP, number=1, share=40) == 0
    assert Assignment.objects.get(task__code="1.1").resource.user == responder


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "resource.name"),
        ({"kind": "robot"}, "resource.kind"),
        ({"capacity": 0}, "resource.capacity"),
        ({"since": MONDAY, "until": MONDAY - timedelta(1)}, "resource.days"),
        ({"day_rate": Decimal("1.005")}, "money.places"),
        ({"day_rate": Decimal("NaN")}, "money.amount"),
        ({"currency": "DOGE"}, "money.currency"),
        ({"user_id": 999}, "resource.account"),
    ],
)
def test_what_is_wrong_is_said(change, code):
    wanted = NewResource(kind="person", name="Wu")
    with pytest.raises(UsageError) as caught:
        do_add_resource(SETUP, msgspec.structs.replace(wanted, **change))
    assert caught.value.code == code
    assert not Resource.objects.exists()


def test_who_still_has_work_is_not_archived(programme):
    wu = expert()
    give("1.1", wu, 100)
    with pytest.raises(UsageError) as caught:
        do_archive_resource(SETUP, number=wu.number)
    assert caught.value.code == "resource.assigned"
    give("1.1", wu, 0)
    do_archive_resource(SETUP, number=wu.number)
    with pytest.raises(UsageError):
        give("1.1", wu, 10)
    again = expert()  # who comes back is another line
    changed = NewResource(kind="person", name="Wu", external=True, capacity=20)
    with pytest.raises(EditConflict):
        do_change_resource(SETUP, changed, number=again.number, version=7)


def test_materials_are_short_when_two_want_the_only_one(programme):
    wanted = NewResource(kind="material", name="Scanner", source="purchase", since=date(2026, 3, 4))
    scanner = do_add_resource(SETUP, wanted)
    give("1.1", scanner, 1)
    give("1.3", scanner, 1)
    [use] = material_uses(SETUP, programme)
    days = [(gap.since.day, gap.until.day, gap.missing) for gap in use.short]
    assert days == [(2, 3, 2)]


def line(title: str = "Firewall", planned: str = "1000", **more: object) -> dict[str, int]:
    wanted = NewLine(title=title, planned=Decimal(planned), **more)
    made = do_add_budget_line(SETUP, wanted, number=1, clock=CLOCK)
    return {"number": 1, "line_number": made.number}


def book(where: dict[str, int], kind: str, amount: str, **more: object) -> MoneyEntry:
    wanted = NewEntry(kind=Kind(kind), amount=Decimal(amount), day=MONDAY, what="x", **{
        key: value for key, value in more.items() if key == "settles_id"
    })  # fmt: skip
    version = {"version": more["version"]} if "version" in more else {}
    return do_add_money_entry(SETUP, wanted, clock=CLOCK, **where, **version)


def test_the_books_add_up(programme):
    first = line()
    order = book(first, "committed", "600")
    book(first, "spent", "250.50", settles_id=order.pk)
    line("Training", "99.99", source="subsidy")
    line("Abroad", "50", currency="EUR")
    money = money_of(SETUP, programme)
    assert money.totals == {
        "CNY": Position(Decimal("1099.99"), Decimal("349.50"), Decimal("250.50")),
        "EUR": Position(Decimal(50), Decimal(0), Decimal(0)),
    }
    assert money.sources["subsidy"]["CNY"].planned == Decimal("99.99")
    book(first, "spent", "5000")
    assert [one.line.title for one in money_of(SETUP, programme).overdrawn] == ["Firewall"]


def test_entries_are_cancelled_never_changed(programme):
    where = line()
    order = book(where, "committed", "600")
    paid = book(where, "spent", "100", settles_id=order.pk)
    how = {"number": 1, "reason": "wrong line", "clock": CLOCK}
    with pytest.raises(UsageError) as caught:
        do_cancel_money_entry(SETUP, entry_id=order.pk, **how)
    assert caught.value.code == "money.paid"
    do_cancel_money_entry(SETUP, entry_id=paid.pk, **how)
    do_cancel_money_entry(SETUP, entry_id=paid.pk, **how)
    do_cancel_money_entry(SETUP, entry_id=order.pk, **how)
    [one] = money_of(SETUP, programme).lines
    assert one.position == Position(Decimal(1000), Decimal(0), Decimal(0))
    assert len(one.entries) == 2
    assert LedgerEntry.objects.filter(action="cancel_money_entry").count() == 2


def test_two_clicks_book_once(programme, responder):
    where = line()
    first = book(where, "committed", "600", version=1)
    assert book(where, "committed", "600", version=1) == first
    assert MoneyEntry.objects.count() == 1
    with pytest.raises(EditConflict):
        book(where, "committed", "601", version=1)


def test_money_moves_only_where_it_is_free(programme):
    giver, taker = line("A", "100"), line("B", "0")
    book(giver, "committed", "70")
    how = {"number": 1, "giver": giver["line_number"], "taker": taker["line_number"]}
    with pytest.raises(UsageError) as caught:
        do_move_budget(SETUP, amount=Decimal("30.01"), reason="dearer", **how)
    assert caught.value.code == "money.move"
    do_move_budget(SETUP, amount=Decimal(30), reason="dearer", version=2, **how)
    do_move_budget(SETUP, amount=Decimal(30), reason="dearer", version=2, **how)
    planned = {one.line.title: one.line.planned for one in money_of(SETUP, programme).lines}
    assert planned == {"A": Decimal(70), "B": Decimal(30)}
    assert money_of(SETUP, programme).lines[0].line.first_planned == Decimal(100)
    abroad = line("C", "10", currency="EUR")
    with pytest.raises(UsageError) as caught:
        do_move_budget(
            SETUP, number=1, giver=giver["line_number"], taker=abroad["line_number"],
            amount=Decimal(1), reason="x",
        )  # fmt: skip
    assert caught.value.code == "money.between"


def test_a_line_with_money_on_it_stays(programme):
    where = line()
    entry = book(where, "spent", "1")
    with pytest.raises(UsageError):
        do_archive_budget_line(SETUP, **where)
    changed = NewLine(title="Firewall", planned=Decimal(5), currency="EUR")
    with pytest.raises(UsageError) as caught:
        do_change_budget_line(SETUP, changed, **where)
    assert caught.value.code == "money.fixed"
    do_cancel_money_entry(SETUP, number=1, entry_id=entry.pk, reason="never happened")
    do_archive_budget_line(SETUP, **where)
    assert money_of(SETUP, programme).lines == []


def test_money_is_not_everybodys(programme, responder, somebody):
    with pytest.raises(NotAllowed):
        money_of(responder, programme)
    with pytest.raises(NotAllowed):
        do_add_budget_line(
            somebody(Role.LOGISTICS), NewLine(title="x", planned=Decimal(1)), number=1
        )


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_move_the_same_money():
    made = Programme.objects.create(
        number=1, title="Plan", language="en", starts_on=MONDAY, created_at=NOW
    )
    giver, taker = line("A", "100"), line("B", "0")
    how = {"number": 1, "giver": giver["line_number"], "taker": taker["line_number"]}
    refused: list[str] = []

    def move(reason: str) -> None:
        try:
            do_move_budget(SETUP, amount=Decimal(80), reason=reason, **how)
        except UsageError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=(f"r{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["money.move"] * 2
    assert {one.line.planned for one in money_of(SETUP, made).lines} == {Decimal(20), Decimal(80)}
