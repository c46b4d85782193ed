"""Logistics: numbers that never go wrong, whoever clicks how often at once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.supplies.inventory import (
    NewSupply,
    do_add_supply,
    do_archive_supply,
    do_change_supply,
    do_check_supply,
    do_import_supplies,
)
from shangdun.actions.supplies.requests import (
    Wish,
    do_allocate,
    do_close_request,
    do_refuse_supplies,
    do_request_supplies,
    do_return,
)
from shangdun.actions.supplies.warn import warn_supplies
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import SETUP
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Incident,
    Message,
    RequestState,
    Supply,
    SupplyAllocation,
    SupplyMove,
    SupplyRequest,
)
from shangdun.records.roles import Role
from shangdun.records.supplies import supplies_times, supplies_with, visible_supplies
from shangdun.respond.report import Report
from shangdun.respond.supplies import Concern, SupplyKind

pytestmark = pytest.mark.django_db
LAPTOP = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=5, minimum=4)
MEALS = NewSupply(name="Meals", kind=SupplyKind.MATERIAL, quantity=40, consumable=True)


@pytest.fixture
def incident(home) -> Incident:
    return do_report_incident(SETUP, Report(title="Shop is slow", type="system_failure"))


def give(incident: Incident, supply: Supply, quantity: int, **more: object) -> SupplyAllocation:
    return do_allocate(
        SETUP, incident_id=incident.pk, supply_id=supply.pk, quantity=quantity, **more
    )


def test_never_more_than_is_there(incident):
    laptop = do_add_supply(SETUP, LAPTOP)
    give(incident, laptop, 3)
    with pytest.raises(UsageError, match="only 2"):
        give(incident, laptop, 3)
    laptop.refresh_from_db()
    assert (laptop.quantity, laptop.away, laptop.on_hand) == (5, 3, 2)


@pytest.mark.django_db(transaction=True)
def test_two_people_of_logistics_at_once_give_away_what_is_there_once(home):
    incident = do_report_incident(SETUP, Report(title="x", type="system_failure"))
    laptop = do_add_supply(SETUP, LAPTOP)
    start = threading.Barrier(4)
    told: list[str] = []

    def person() -> None:
        start.wait()
        try:
            give(incident, laptop, 2)
        except UsageError as error:
            told.append(error.code)
        finally:
            connection.close()

    people = [threading.Thread(target=person) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    laptop.refresh_from_db()
    assert (laptop.away, told) == (4, ["supply.short", "supply.short"])


def test_what_comes_back_and_what_is_used_up(incident):
    meals = do_add_supply(SETUP, MEALS)
    given = give(incident, meals, 20)
    do_return(SETUP, allocation_id=given.pk, returned=5, used=12)
    meals.refresh_from_db()
    assert (meals.quantity, meals.away, meals.on_hand) == (28, 3, 25)
    with pytest.raises(UsageError, match="only 3"):
        do_return(SETUP, allocation_id=given.pk, returned=4)
    with pytest.raises(UsageError):
        do_return(SETUP, allocation_id=given.pk, returned=-1, used=1)
    ended = do_return(SETUP, allocation_id=given.pk, returned=3)
    assert ended.ended_at is not None
    assert sum(SupplyMove.objects.exclude(kind="added").values_list("quantity", flat=True)) == -24


def test_a_second_click_takes_nothing_back_twice(incident):
    given = give(incident, do_add_supply(SETUP, LAPTOP), 4)
    do_return(SETUP, allocation_id=given.pk, returned=2, version=1)
    with pytest.raises(EditConflict) as caught:
        do_return(SETUP, allocation_id=given.pk, returned=2, version=1)
    assert caught.value.theirs["returned"] == 2
    assert SupplyAllocation.objects.get().outstanding == 2


def test_a_request_is_met_in_parts_and_times_are_known(incident):
    clock = FixedClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
    laptop = do_add_supply(SETUP, LAPTOP)
    assert supplies_times(incident) == (None, None)
    wish = Wish(what="laptops", quantity=4)
    asked = do_request_supplies(SETUP, wish, incident_id=incident.pk, clock=clock)
    assert do_request_supplies(SETUP, wish, incident_id=incident.pk, clock=clock) == asked
    clock.move(timedelta(minutes=20))
    give(incident, laptop, 1, request_id=asked.pk, version=1, clock=clock)
    asked.refresh_from_db()
    assert (asked.state, supplies_times(incident)[1]) == (RequestState.PARTLY, None)
    clock.move(timedelta(minutes=5))
    give(incident, laptop, 3, request_id=asked.pk, clock=clock)
    start = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert supplies_times(incident) == (start, start + timedelta(minutes=25))
    with pytest.raises(UsageError, match="answered already"):
        give(incident, laptop, 1, request_id=asked.pk)


def test_two_who_answer_a_request_see_each_other(incident):
    laptop = do_add_supply(SETUP, LAPTOP)
    asked = do_request_supplies(SETUP, Wish(what="laptops"), incident_id=incident.pk)
    do_refuse_supplies(SETUP, request_id=asked.pk, reason="sold out", version=1)
    with pytest.raises(EditConflict):
        give(incident, laptop, 1, request_id=asked.pk, version=1)
    laptop.refresh_from_db()
    assert laptop.away == 0


def test_only_who_asked_or_logistics_closes_a_request(incident, somebody):
    asker = somebody(Role.LEGAL, name="sun")
    other = somebody(Role.CUSTOMER_SERVICE, name="liu")
    asked = do_request_supplies(asker, Wish(what="room"), incident_id=incident.pk)
    with pytest.raises(NotAllowed):
        do_close_request(other, request_id=asked.pk)
    do_close_request(somebody(Role.LOGISTICS, name="wu"), request_id=asked.pk)
    assert SupplyRequest.objects.get().state == RequestState.WITHDRAWN


def test_logistics_is_told_of_a_request_at_once(incident, somebody):
    somebody(Role.LOGISTICS, name="wu")
    do_request_supplies(SETUP, Wish(what="room", urgent=True), incident_id=incident.pk)
    message = Message.objects.get(kind="supplies_requested")
    assert (message.urgency, message.groups) == ("urgent", ["logistics"])


def test_counting_corrects_what_is_there_and_leaves_what_is_away(incident):
    laptop = do_add_supply(SETUP, LAPTOP)
    give(incident, laptop, 2)
    do_check_supply(SETUP, supply_id=laptop.pk, counted=1)
    laptop.refresh_from_db()
    assert (laptop.quantity, laptop.away, laptop.on_hand) == (3, 2, 1)


def test_nothing_with_an_incident_leaves_the_inventory(incident):
    laptop = do_add_supply(SETUP, LAPTOP)
    given = give(incident, laptop, 2)
    with pytest.raises(UsageError):
        do_archive_supply(SETUP, supply_id=laptop.pk)
    smaller = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=1)
    with pytest.raises(UsageError):
        do_change_supply(SETUP, smaller, supply_id=laptop.pk)
    do_return(SETUP, allocation_id=given.pk, returned=2)
    do_archive_supply(SETUP, supply_id=laptop.pk)
    assert not visible_supplies(SETUP).exists()


def test_two_who_change_a_line_see_both_versions(home):
    laptop = do_add_supply(SETUP, LAPTOP)
    mine = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=5, place="A")
    theirs = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=5, place="B")
    do_change_supply(SETUP, theirs, supply_id=laptop.pk, version=1)
    with pytest.raises(EditConflict) as caught:
        do_change_supply(SETUP, mine, supply_id=laptop.pk, version=1)
    assert (caught.value.mine["place"], caught.value.theirs["place"]) == ("A", "B")


def test_a_list_is_taken_in_whole_or_not_at_all(home):
    do_add_supply(SETUP, LAPTOP)
    changed = NewSupply(name="Clean laptop", kind=SupplyKind.EQUIPMENT, quantity=9)
    assert do_import_supplies(SETUP, [changed, MEALS], origin="a.csv") == (1, 1)
    wrong = NewSupply(name="", kind=SupplyKind.PLACE)
    new = NewSupply(name="Room", kind=SupplyKind.PLACE)
    with pytest.raises(UsageError):
        do_import_supplies(SETUP, [new, wrong], origin="b.csv")
    assert visible_supplies(SETUP).count() == 2
    assert do_import_supplies(SETUP, [changed, MEALS], origin="a.csv") == (0, 0)


def test_warnings_are_told_once_and_again_when_something_new_is_wrong(home, somebody):
    somebody(Role.LOGISTICS, name="wu")
    now = datetime.now(UTC)
    assert warn_supplies(now) == 0
    do_add_supply(SETUP, NewSupply(name="Kits", kind=SupplyKind.MATERIAL, quantity=1, minimum=2))
    assert (warn_supplies(now), warn_supplies(now)) == (1, 1)
    assert Message.objects.filter(kind="supplies_short").count() == 1
    old = NewSupply(name="EDR", kind=SupplyKind.LICENCE, expires_on=date(2020, 1, 1))
    do_add_supply(SETUP, old)
    assert warn_supplies(now) == 2
    assert Message.objects.filter(kind="supplies_short").count() == 2


def test_the_list_is_filtered_by_what_is_wrong(home):
    clock = FixedClock(datetime.now(UTC) - timedelta(days=40))
    for name, more in {
        "short": {"quantity": 1, "minimum": 2},
        "expired": {"expires_on": date(2020, 1, 1)},
        "expiring": {"expires_on": (datetime.now(UTC) + timedelta(days=9)).date()},
        "unchecked": {"check_days": 30},
        "fine": {"check_days": 90, "quantity": 3, "minimum": 3},
    }.items():
        wanted = NewSupply(name=name, kind=SupplyKind.MATERIAL, **more)
        do_add_supply(SETUP, wanted, clock=clock)
    for concern in Concern:
        rows = supplies_with(concern, visible_supplies(SETUP), datetime.now(UTC))
        assert [row.name for row in rows] == [concern.value]
