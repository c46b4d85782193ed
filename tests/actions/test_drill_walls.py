"""What somebody tries so that a drill touches something real, or what is real goes for a drill."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.drills.plan import DrillPlan, do_plan_drill
from shangdun.actions.drills.play import do_begin_drill
from shangdun.actions.merge_incidents import do_merge_incidents
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.supplies.inventory import NewSupply, do_add_supply
from shangdun.actions.supplies.requests import do_allocate, do_return
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.protect.decision import Author, AuthorKind, Measure
from shangdun.protect.target import target
from shangdun.records.actor import SETUP
from shangdun.records.models import Decision, Incident, User
from shangdun.records.roles import Role
from shangdun.respond.report import Report
from shangdun.respond.supplies import SupplyKind

from .conftest import NOON

pytestmark = pytest.mark.django_db
ATTACKER = target("address", "203.0.113.9")


@pytest.fixture
def boss(somebody, home) -> User:
    del home
    return somebody(Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, name="boss")


@pytest.fixture
def rehearsed(boss: User, clock: FixedClock) -> Incident:
    plan = DrillPlan(title="Q3", scenario="data_breach", planned_at=NOON)
    planned = do_plan_drill(boss, plan, clock=clock)
    return do_begin_drill(boss, number=planned.number, clock=clock).incidents.get()


@pytest.fixture
def real(boss: User, clock: FixedClock) -> Incident:
    return do_report_incident(boss, Report(title="x", type="data_breach"), clock=clock)


def wanted(**more: object) -> NewDecision:
    given = {"reason": "scans us", "until": NOON + timedelta(hours=1), **more}
    return NewDecision(target=ATTACKER, measure=Measure.BLOCK, **given)


@pytest.mark.parametrize("way", ["drill into real", "real into drill"])
def test_a_drill_and_what_is_real_never_become_one(way, boss, rehearsed, real, clock) -> None:
    kept, gone = (real, rehearsed) if way == "drill into real" else (rehearsed, real)
    with pytest.raises(UsageError) as told:
        do_merge_incidents(boss, incident_id=kept.pk, other=gone.number, clock=clock)
    assert told.value.code == "drill.merge"
    assert not Incident.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize("named", ["by its number", "as the author"])
def test_nobody_decides_from_a_drill(named, boss, rehearsed, clock) -> None:
    number = rehearsed.number
    wish = (
        wanted(incident=number)
        if named == "by its number"
        else wanted(author=Author(AuthorKind.INCIDENT, str(number)))
    )
    with pytest.raises(UsageError) as told:
        do_decide(boss, wish, clock=clock)
    assert told.value.code == "drill.outward"
    assert not Decision.objects.filter(value=ATTACKER.value).exists()


def test_a_drill_prolongs_no_decision_that_stands(boss, rehearsed, clock) -> None:
    row = do_decide(boss, wanted(), clock=clock)
    longer = wanted(incident=rehearsed.number, until=NOON + timedelta(days=30))
    with pytest.raises(UsageError):
        do_decide(boss, longer, clock=clock)
    row.refresh_from_db()
    assert row.until == NOON + timedelta(hours=1)


def test_the_database_too_refuses_a_decision_of_a_drill(boss, rehearsed, clock) -> None:
    row = do_decide(boss, wanted(), clock=clock)
    with (
        pytest.raises(DatabaseError, match="a drill touches nothing real"),
        transaction.atomic(),
    ):
        Decision.objects.filter(pk=row.pk).update(incident=rehearsed)


def test_a_drill_takes_nothing_off_the_shelf(boss, rehearsed, real, clock) -> None:
    laptop = do_add_supply(SETUP, NewSupply(name="Laptop", kind=SupplyKind.EQUIPMENT, quantity=5))
    given = do_allocate(SETUP, incident_id=rehearsed.pk, supply_id=laptop.pk, quantity=4)
    with pytest.raises(UsageError, match="only 1"):  # in the drill itself it counts
        do_allocate(SETUP, incident_id=rehearsed.pk, supply_id=laptop.pk, quantity=2)
    do_return(SETUP, allocation_id=given.pk, returned=1, used=3)
    laptop.refresh_from_db()
    assert (laptop.quantity, laptop.away) == (5, 0)
    assert not laptop.moves.exclude(incident=None).exists()
    do_allocate(SETUP, incident_id=real.pk, supply_id=laptop.pk, quantity=5)
    laptop.refresh_from_db()
    assert laptop.on_hand == 0
