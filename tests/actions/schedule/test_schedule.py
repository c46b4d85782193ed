"""Scheduling what is kept: moving, linking, baselines, reasons, days off, closed plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from shangdun.actions.schedule.baseline import do_set_baseline
from shangdun.actions.schedule.explain import do_explain_delay
from shangdun.actions.schedule.link import do_link_tasks, do_unlink_tasks
from shangdun.actions.schedule.place import do_place_task
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.actions.schedule.workdays import OwnDay, do_set_workdays
from shangdun.govern.schedule.activity import LinkKind
from shangdun.govern.schedule.network import CycleError
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    DelayNote,
    LedgerEntry,
    PlanBaseline,
    PlanLink,
    Programme,
    ProgrammeState,
    User,
)
from shangdun.records.roles import Role
from shangdun.records.schedule import office_calendar
from shangdun.records.schedule_changes import Placement, baselines_of, try_link, try_placement
from shangdun.runtime.programme.schedule import follow_schedules

from .conftest import JANUARY, task_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 5)


def spans(programme: Programme) -> dict[str, tuple[str, str, int | None]]:
    rows = programme.tasks.order_by("position")
    return {row.code: (f"{row.starts_on:%d}", f"{row.ends_on:%d}", row.slack) for row in rows}


def test_dates_and_slack_are_kept(plan: Programme) -> None:
    assert spans(plan) == {
        "1": ("05", "14", 0),
        "1.1": ("05", "09", 0),
        "1.2": ("12", "14", 0),
        "M1": ("14", "14", 0),
        "2": ("05", "06", 6),
    }


def test_placing_moves_what_waits_and_was_told_before(
    plan: Programme, lead: User, at: FixedClock
) -> None:
    task = task_of(plan, "1.1")
    wanted = Placement(not_before=date(2026, 1, 7), days=6)
    tried = try_placement(plan, task, wanted, TODAY).effect
    assert (tried.tasks, tried.end) == (3, 3)
    assert spans(plan)["1.1"][0] == "05"  # nothing was kept yet
    entries = LedgerEntry.objects.count()
    for _click in range(2):
        do_place_task(lead, wanted, task_id=task.pk, version=task.version, clock=at)
    assert LedgerEntry.objects.count() == entries + 1
    now = {key: (str(s.starts_on), str(s.ends_on)) for key, s in tried.moved.items()}
    kept = {
        row.pk: (str(row.starts_on), str(row.ends_on)) for row in plan.tasks.all() if row.pk in now
    }
    assert kept == now
    assert spans(plan)["M1"] == ("19", "19", 0)


def test_somebody_else_was_faster(plan: Programme, lead: User, at: FixedClock) -> None:
    task = task_of(plan, "2")
    do_place_task(lead, Placement(not_before=None, days=4), task_id=task.pk, version=1, clock=at)
    with pytest.raises(EditConflict) as found:
        do_place_task(
            lead, Placement(not_before=None, days=3), task_id=task.pk, version=1, clock=at
        )
    assert found.value.mine["days"] == 3
    assert found.value.theirs["days"] == 4


def test_what_cannot_be_placed(plan: Programme, lead: User, at: FixedClock) -> None:
    begun = task_of(plan, "2")
    begun.began_on = TODAY
    begun.save()
    wrong = [
        ("1", Placement(not_before=None, days=3), "schedule.summary"),
        ("M1", Placement(not_before=None, days=3), "schedule.days"),
        ("1.1", Placement(not_before=None, days=0), "schedule.days"),
        ("1.1", Placement(not_before=date(2099, 12, 30), days=5), "schedule.day"),
        ("2", Placement(not_before=date(2026, 2, 2), days=2), "schedule.begun"),
    ]
    before = spans(plan)
    for code, wanted, problem in wrong:
        with pytest.raises(UsageError) as found:
            do_place_task(lead, wanted, task_id=task_of(plan, code).pk, clock=at)
        assert found.value.code == problem
    assert spans(plan) == before
    do_place_task(lead, Placement(not_before=None, days=4), task_id=begun.pk, clock=at)
    assert spans(plan)["2"][1] == "08"


def test_links_come_change_and_go_and_circles_are_named(
    plan: Programme, lead: User, at: FixedClock
) -> None:
    one, two = task_of(plan, "M1"), task_of(plan, "2")
    for _click in range(2):
        do_link_tasks(lead, before_id=one.pk, after_id=two.pk, clock=at)
    assert spans(plan)["2"] == ("15", "16", 0)
    do_link_tasks(lead, before_id=one.pk, after_id=two.pk, lag=2, clock=at)
    assert PlanLink.objects.filter(before=one).count() == 1
    assert spans(plan)["2"][0] == "19"
    first = task_of(plan, "1.1")
    for attempt in (
        lambda: do_link_tasks(lead, before_id=two.pk, after_id=first.pk, clock=at),
        lambda: try_link(plan, two.pk, first.pk, LinkKind.FS, 0, TODAY),
    ):
        with pytest.raises(CycleError) as found:
            attempt()
        assert found.value.where == "1.1 Collect → 1.2 Judge → M1 Judged → 2 Train → 1.1 Collect"
    assert not PlanLink.objects.filter(before=two).exists()
    for gone in (True, False):
        ends = {"before_id": one.pk, "after_id": two.pk}
        assert do_unlink_tasks(lead, number=plan.number, **ends, clock=at) is gone
    assert spans(plan)["2"][0] == "05"


def test_a_baseline_measures_what_comes_after(plan: Programme, lead: User, at: FixedClock) -> None:
    for _click in range(2):
        do_set_baseline(lead, number=plan.number, reason="approved", clock=at)
    assert PlanBaseline.objects.count() == 1
    assert task_of(plan, "1.2").baseline_end == date(2026, 1, 14)
    assert baselines_of(plan)[task_of(plan, "1.1").pk].days == 5
    task = task_of(plan, "1.2")
    with pytest.raises(UsageError, match="not late"):
        do_explain_delay(lead, task_id=task.pk, text="why", clock=at)
    do_place_task(lead, Placement(not_before=None, days=7), task_id=task.pk, clock=at)
    for _click in range(2):
        note = do_explain_delay(lead, task_id=task.pk, text="more to judge", clock=at)
    assert (note.moved, DelayNote.objects.count()) == (4, 1)
    assert task_of(plan, "1.2").delay_reason == "more to judge"
    do_set_baseline(lead, number=plan.number, clock=at)
    assert list(PlanBaseline.objects.values_list("number", flat=True)) == [1, 2]


def test_only_its_owner_or_who_leads_says_why(
    plan: Programme, lead: User, somebody: Callable[..., User], at: FixedClock
) -> None:
    owner, other = somebody(Role.EMPLOYEE, name="li"), somebody(Role.TECHNICAL_SUPPORT, name="he")
    do_set_baseline(lead, number=plan.number, clock=at)
    task = task_of(plan, "2")
    do_place_task(lead, Placement(not_before=None, days=9), task_id=task.pk, clock=at)
    task.refresh_from_db()
    task.owner = owner
    task.save()
    assert do_explain_delay(owner, task_id=task.pk, text="ill", clock=at).by == owner
    with pytest.raises(NotAllowed):
        do_explain_delay(other, task_id=task.pk, text="lazy", clock=at)


def test_days_off_move_every_plan_that_runs(plan: Programme, lead: User, at: FixedClock) -> None:
    day = OwnDay(day=date(2026, 1, 7), worked=False, name="Move")
    entries = LedgerEntry.objects.count()
    for _click in range(2):
        do_set_workdays(lead, [day, OwnDay(day=date(2026, 1, 10), worked=True)], clock=at)
    assert LedgerEntry.objects.count() == entries + 1
    assert spans(plan)["1.1"] == ("05", "10", 0)
    do_set_workdays(lead, [OwnDay(day=date(2026, 1, 10), worked=None)], clock=at)
    assert spans(plan)["1.1"] == ("05", "12", 0)
    year = office_calendar().known_until.year + 1
    wanted = OwnDay(day=date(year, 2, 10), worked=False, announced=True)
    do_set_workdays(lead, [wanted], clock=at)
    assert office_calendar().known_until == date(year, 12, 31)


def test_a_running_plan_slips_by_itself_day_by_day(
    plan: Programme, lead: User, at: FixedClock
) -> None:
    del at
    plan.state = ProgrammeState.APPROVED
    plan.save()
    clock = FixedClock(datetime(2026, 1, 8, 2, tzinfo=UTC))
    assert follow_schedules(clock) == 1
    assert spans(plan)["1.1"] == ("08", "14", 0)
    assert follow_schedules(clock) == 0  # nothing new that day
    assert follow_schedules(FixedClock(clock.now() + timedelta(days=1))) == 1
    assert spans(plan)["1.1"] == ("09", "15", 0)
    plan.state = ProgrammeState.CLOSED
    plan.save()
    with pytest.raises(UsageError) as found:
        do_set_baseline(lead, number=plan.number, clock=clock)
    assert found.value.code == "schedule.closed"
    assert follow_schedules(FixedClock(JANUARY + timedelta(days=30))) == 0


def test_archived_tasks_hold_nothing_back(plan: Programme) -> None:
    gone = task_of(plan, "1.1")
    gone.archived_at = JANUARY
    gone.save()
    found = reschedule(plan, JANUARY)
    assert gone.pk not in found.planned
    assert task_of(plan, "1.2").starts_on == TODAY
