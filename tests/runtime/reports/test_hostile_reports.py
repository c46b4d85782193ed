"""Reports of somebody who means harm: they stop no other report, and wake nobody all night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from django.contrib.auth.models import Group as Role

from shangdun.kernel.clock import Clock, FixedClock
from shangdun.kernel.errors import StoreError
from shangdun.records import report_spool
from shangdun.records.actor import System
from shangdun.records.models import Incident, Message, User
from shangdun.records.report_spool import Kept, keep, new_uid, unreadable, waiting
from shangdun.runtime.response import reports
from shangdun.runtime.response.reports import take_in_reports

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
GOOD = Kept(
    uid="", via="link", received_at=NOON, title="Shop is slow", type="system_failure", severity=3
)


def handed_in(home: Path, **changes: object) -> None:
    keep(home, msgspec.structs.replace(GOOD, uid=new_uid(), **changes))


@pytest.fixture
def leader() -> User:
    user = User.objects.create(username="zhao", email="zhao@shop.example")
    user.groups.set(Role.objects.filter(name="leadership"))
    return user


@pytest.mark.parametrize(
    "harm",
    [
        {"occurred_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        {"title": "\u202e\x00\x1b[31m" * 100},
        {"type": "../../etc", "severity": -(10**9)},
        {"title": " \n", "description": "{reporter.password} {{7*7}} =cmd|' /C calc'!A0"},
    ],
    ids=["before time", "control characters", "no type", "templates"],
)
def test_one_that_nobody_foresaw_holds_up_no_other(home: Path, leader: User, harm: dict) -> None:
    handed_in(home, **harm)
    handed_in(home, title="After it")
    take_in_reports(FixedClock(NOON))
    assert not waiting(home)
    assert Incident.objects.filter(title="After it").count() == 1
    assert Incident.objects.count() == 2  # and the harmful one is not lost either


def test_what_breaks_the_taking_in_is_put_aside_and_the_next_is_taken(
    home: Path, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(home, title="poison")
    handed_in(home, title="After it")
    whole = reports.do_take_in_report

    def breaking(actor: System, kept: Kept, *, clock: Clock) -> object:
        if kept.title == "poison":
            raise OverflowError("date value out of range")
        return whole(actor, kept, clock=clock)

    monkeypatch.setattr(reports, "do_take_in_report", breaking)
    take_in_reports(FixedClock(NOON))
    assert [one.title for one in Incident.objects.all()] == ["After it"]
    assert len(unreadable(home)) == 1
    assert not waiting(home)


def test_a_flood_by_the_link_is_told_in_one_message(home: Path, leader: User) -> None:
    for _ in range(40):
        handed_in(home)
    take_in_reports(FixedClock(NOON))
    assert Incident.objects.count() == 40  # nobody's report is lost
    assert Message.objects.filter(kind="reported").count() == 10
    (told,) = Message.objects.filter(kind="reports_many")
    assert told.inbox.filter(person=leader).exists()
    later = FixedClock(NOON + timedelta(hours=1))
    handed_in(home, received_at=later.now())
    take_in_reports(later)
    assert Message.objects.filter(kind="reported").count() == 11


def test_what_strangers_leave_while_nobody_takes_it_in_is_bounded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_spool, "MOST_OF_STRANGERS", 20)
    for _ in range(19):
        handed_in(home)  # and the reserve for a full disk lies there too
    with pytest.raises(StoreError) as told:
        handed_in(home)
    assert told.value.code == "report.full"
    assert len(waiting(home)) == 19
    handed_in(home, reporter=7, via="page")  # who is signed in is still heard
