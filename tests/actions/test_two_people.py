"""Where the company asks for two people: who answers for something does not close it alone."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings
from tests.actions.conftest import NOON

from shangdun import actions
from shangdun.actions.action import ACTIONS
from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.baseline import MOVES_PLANS, MOVES_TASKS, do_set_baseline
from shangdun.actions.schedule.place import do_place_task
from shangdun.actions.vulnerabilities.decide import (
    Assigned,
    NewVulnerability,
    do_accept_vulnerability,
    do_add_vulnerability,
    do_assign_vulnerability,
    do_call_false_positive,
    do_close_vulnerability,
)
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.models import Message, PlanTask, User, Vulnerability
from shangdun.records.roles import Role
from shangdun.records.schedule_changes import Placement

pytestmark = pytest.mark.django_db
CLOCK = FixedClock(NOON)
Somebody = Callable[..., User]


@pytest.fixture
def _two() -> Iterator[None]:
    settings.CONFIG.respond.two_people = True
    yield
    settings.CONFIG.respond.two_people = False


def written_by(person: User) -> Vulnerability:
    wanted = NewVulnerability(title="Backups are public", severity=Grade.CRITICAL)
    return do_add_vulnerability(person, wanted, clock=CLOCK)


def owned_by(owner: User, actor: User, row: Vulnerability) -> None:
    do_assign_vulnerability(actor, Assigned(owner_id=owner.pk), number=row.number, clock=CLOCK)


@pytest.mark.usefixtures("_two")
@pytest.mark.parametrize("do", [do_call_false_positive, do_close_vulnerability])
def test_owner_and_author_do_not_close_it_where_another_could(somebody: Somebody, do):
    author = somebody(Role.TECHNICAL_SUPPORT, name="chen")
    row = written_by(author)
    how = {"number": row.number, "reason": "another bucket", "clock": CLOCK}
    owner = somebody(Role.TECHNICAL_SUPPORT, name="li")
    other = somebody(Role.TECHNICAL_SUPPORT, name="he")
    for actor in (author, owner, other):  # without an owner nobody: no second person knows of it
        with pytest.raises(UsageError) as error:
            do(actor, **how)
        assert error.value.code == "vulnerability.two_people"
    owned_by(owner, other, row)
    for actor in (author, owner):
        with pytest.raises(UsageError, match="does not decide alone"):
            do(actor, **how)
    do(other, **how)
    row.refresh_from_db()
    assert row.state != "open"
    assert [m.data["who"] for m in Message.objects.filter(kind="vulnerability_decided")] == ["he"]


@pytest.mark.usefixtures("_two")
def test_handing_it_over_for_a_moment_makes_nobody_another(somebody: Somebody):
    writer = somebody(Role.TECHNICAL_SUPPORT, name="chen")
    row = written_by(writer)
    owner, other = somebody(Role.LEADERSHIP, name="zhao"), somebody(Role.LEADERSHIP, name="qian")
    owned_by(owner, writer, row)
    owned_by(other, owner, row)
    how = {"number": row.number, "reason": "no", "clock": CLOCK}
    with pytest.raises(UsageError, match="does not decide alone"):
        do_close_vulnerability(owner, **how)
    with pytest.raises(UsageError) as error:  # acceptance asks for it without being told to
        do_accept_vulnerability(owner, expires_on=date(2026, 6, 1), **how)
    assert error.value.code == "vulnerability.own"
    later = {**how, "clock": FixedClock(NOON + timedelta(days=31))}
    do_close_vulnerability(owner, **later)


@pytest.mark.usefixtures("_two")
def test_a_lead_who_is_alone_is_not_locked_out(somebody: Somebody):
    alone = somebody(Role.LEADERSHIP, name="wang")
    somebody(Role.AUDITOR, name="audit")
    left = somebody(Role.TECHNICAL_SUPPORT, name="left")
    User.objects.filter(pk=left.pk).update(is_active=False)
    row = written_by(alone)
    do_call_false_positive(alone, number=row.number, reason="another bucket", clock=CLOCK)
    do_close_vulnerability(alone, number=row.number, reason="asked: 403", clock=CLOCK)


def test_nobody_asks_for_two_unless_the_company_does(somebody: Somebody):
    owner = somebody(Role.TECHNICAL_SUPPORT, name="chen")
    somebody(Role.TECHNICAL_SUPPORT, name="li")
    row = written_by(owner)
    do_call_false_positive(owner, number=row.number, reason="another bucket", clock=CLOCK)
    do_close_vulnerability(owner, number=row.number, reason="asked: 403", clock=CLOCK)
    assert not Message.objects.filter(kind="vulnerability_decided").exists()


@pytest.mark.usefixtures("_two")
def test_who_moved_dates_does_not_set_the_baseline_they_are_measured_by(somebody: Somebody):
    lead = somebody(Role.LEADERSHIP, name="wang")
    wanted = NewProgramme(title="Plan", language="en", starts_on=date(2026, 5, 4), calendar="week")
    plan = do_create_programme(lead, wanted, clock=CLOCK)
    task = PlanTask.objects.create(
        programme=plan, position=1, code="1", title="Judge", kind="subtask", days=3
    )
    do_set_baseline(lead, number=plan.number, clock=CLOCK)
    later, latest = (FixedClock(NOON + timedelta(hours=hours)) for hours in (1, 2))
    do_place_task(lead, Placement(not_before=None, days=9), task_id=task.pk, clock=later)
    assert do_set_baseline(lead, number=plan.number, clock=latest).number == 2  # alone
    another = somebody(Role.LEADERSHIP, name="qian")
    later, latest = (FixedClock(NOON + timedelta(hours=hours)) for hours in (3, 4))
    do_place_task(lead, Placement(not_before=None, days=12), task_id=task.pk, clock=later)
    with pytest.raises(UsageError) as error:
        do_set_baseline(lead, number=plan.number, clock=latest)
    assert error.value.code == "schedule.two_people"
    assert do_set_baseline(another, number=plan.number, clock=latest).number == 3
    latest = FixedClock(NOON + timedelta(hours=5))
    assert do_set_baseline(lead, number=plan.number, clock=latest).number == 3  # nothing new


def test_the_actions_that_move_dates_are_named_as_they_are():
    for module in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}."):
        importlib.import_module(module.name)
    assert {*MOVES_TASKS, *MOVES_PLANS} <= ACTIONS.keys()
