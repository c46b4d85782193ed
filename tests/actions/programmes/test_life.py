"""A programme from its template to its end: dates, work, states that follow, four eyes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
)
from shangdun.actions.programmes.create import (
    Head,
    NewProgramme,
    do_archive_programme,
    do_change_programme,
    do_close_programme,
    do_create_programme,
)
from shangdun.actions.programmes.submit import do_adopt_programme, do_submit_programme
from shangdun.actions.programmes.tasks import (
    NewTask,
    do_add_plan_task,
    do_archive_plan_task,
    do_change_plan_task,
    do_move_plan_task,
    do_return_plan_task,
)
from shangdun.actions.programmes.work import (
    do_begin_plan_task,
    do_drop_plan_task,
    do_reopen_plan_task,
    do_report_plan_progress,
    do_restore_plan_task,
    do_tick_plan_task,
)
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.papers.markup import read
from shangdun.records.actor import JOBS
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    LedgerEntry,
    Message,
    PlanTask,
    PlanTaskKind,
    Programme,
    User,
)
from shangdun.records.programme_changes import approved_snapshot, changes_since
from shangdun.records.programmes import get_task, standing, visible_tasks
from shangdun.runtime.programme.completion import follow_approvals

from .conftest import MONDAY

pytestmark = pytest.mark.django_db
Task = Callable[[str], PlanTask]


def _approved(programme: Programme, lead: User, chief: User, clock: FixedClock) -> Programme:
    version = do_submit_programme(
        lead, number=programme.number, reviewer=chief.pk, approver=chief.pk, clock=clock
    )
    which = {"number": version.document.number, "version_number": version.number, "clock": clock}
    do_review_document(chief, **which)
    do_approve_document(chief, **which)
    do_publish_document(lead, **which)
    follow_approvals(clock)
    return Programme.objects.get(pk=programme.pk)


def test_the_template_becomes_tasks_with_owners_and_dates(
    programme: Programme, task: Task, lead: User, worker: User
) -> None:
    rows = list(programme.tasks.order_by("position"))
    codes = [row.code for row in rows if row.kind != PlanTaskKind.MILESTONE]
    assert codes == [
        "1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3", "3.1", "3.2", "4", "4.1", "4.2",
        "5", "5.1", "5.2", "6", "6.1", "6.2",
    ]  # fmt: skip
    assert [row.code for row in rows if row.kind == PlanTaskKind.MILESTONE] == [
        "M1", "M2", "M3", "M4", "M5", "M6",
    ]  # fmt: skip
    assert len(programme.goals) == 5
    assert task("inventory").owner == worker
    assert task("assessment").owner == lead  # nobody is named for it: the lead looks after it
    assert task("architecture").owner == lead
    first = task("inventory")
    assert (first.starts_on, first.ends_on, first.due) == (
        MONDAY, date(2026, 3, 6), date(2026, 3, 6),
    )  # fmt: skip
    assert task("assessment").starts_on == date(2026, 3, 9)
    # Qingming (4 to 6 April 2026) is no working day, and the Saturday is none made up for it.
    assert task("architecture").ends_on == date(2026, 4, 13)
    assert task("risk-report-done").due == task("risk-report").ends_on
    assert task("assess").ends_on == task("risk-report").ends_on
    assert all(row.due for row in rows)


def test_a_second_click_makes_no_second_programme(lead: User, clock: FixedClock) -> None:
    wanted = NewProgramme(title="Plan", language="en", starts_on=MONDAY)
    first = do_create_programme(lead, wanted, clock=clock)
    assert do_create_programme(lead, wanted, clock=clock) == first
    assert LedgerEntry.objects.filter(action="create_programme").count() == 1
    clock.move(timedelta(minutes=5))
    assert do_create_programme(lead, wanted, clock=clock) != first


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "programme.title"),
        ({"starts_on": date(1999, 1, 1)}, "programme.start"),
        ({"calendar": "moon"}, "programme.calendar"),
        ({"currency": "RMB1"}, "programme.currency"),
        ({"people": {"lead": 10**6}}, "programme.person"),
        ({"template": "own:77"}, "template.unknown"),
        ({"template": "../../etc"}, "template.unknown"),
        ({"language": "de"}, "programme.language"),
    ],
)
def test_what_is_wrong_is_named(
    lead: User, clock: FixedClock, changes: dict[str, object], code: str
) -> None:
    wanted = {"title": "Plan", "language": "en", "starts_on": MONDAY} | changes
    with pytest.raises(UsageError) as refused:
        do_create_programme(lead, NewProgramme(**wanted), clock=clock)
    assert refused.value.code == code
    assert not Programme.objects.exists()


def test_states_above_follow_from_below(
    programme: Programme, task: Task, lead: User, clock: FixedClock
) -> None:
    do_begin_plan_task(lead, task_id=task("inventory").pk, clock=clock)
    assert (task("assess").state, task("assess").began_on) == ("doing", MONDAY)
    do_report_plan_progress(lead, task_id=task("inventory").pk, progress=60, clock=clock)
    assert task("assess").progress == 60 * 5 // 20
    for key in ("inventory", "assessment"):
        do_tick_plan_task(lead, task_id=task(key).pk, reason="seen it", clock=clock)
    assert (task("assess").state, task("risk-report-done").state) == ("doing", "todo")
    clock.move(timedelta(days=1))
    do_tick_plan_task(lead, task_id=task("risk-report").pk, reason="signed on paper", clock=clock)
    assert (task("assess").state, task("assess").progress) == ("done", 100)
    assert task("risk-report-done").done_on == date(2026, 3, 3)
    assert not task("risk-report-done").proven  # somebody's word
    stands = standing(programme, date(2026, 3, 3))
    assert (stands.done, stands.total, stands.proven, stands.late) == (3, 13, 0, 0)
    do_reopen_plan_task(lead, task_id=task("risk-report").pk, reason="a page lacks", clock=clock)
    assert (task("assess").state, task("risk-report-done").state) == ("doing", "todo")


def test_dropped_work_counts_for_nothing_and_comes_back(
    programme: Programme, task: Task, lead: User, clock: FixedClock
) -> None:
    before = task("protection-done").ends_on
    for key in ("network-protection", "encryption"):
        do_drop_plan_task(lead, task_id=task(key).pk, reason="the cloud does it", clock=clock)
    assert standing(programme, MONDAY).total == 11
    assert task("protection-done").ends_on < before
    for key in ("network-protection", "encryption"):
        do_restore_plan_task(lead, task_id=task(key).pk, clock=clock)
    assert task("protection-done").ends_on == before
    with pytest.raises(UsageError, match="reason"):
        do_drop_plan_task(lead, task_id=task("encryption").pk, reason=" ", clock=clock)


def test_what_holds_others_is_not_ticked_itself(
    programme: Programme, task: Task, lead: User, clock: FixedClock
) -> None:
    for key in ("assess", "risk-report-done"):
        with pytest.raises(UsageError) as refused:
            do_tick_plan_task(lead, task_id=task(key).pk, reason="done", clock=clock)
        assert refused.value.code == "plan_task.follows"


def test_an_employee_works_on_her_own_and_sees_nothing_else(
    programme: Programme, task: Task, worker: User, clock: FixedClock
) -> None:
    mine = set(visible_tasks(worker).values_list("key", flat=True))
    assert mine == {"inventory", "operate", "operating-rules", "monitoring", "operations-done"}
    do_begin_plan_task(worker, task_id=task("inventory").pk, clock=clock)
    do_tick_plan_task(worker, task_id=task("inventory").pk, reason="all listed", clock=clock)
    assert task("inventory").done_by == worker
    with pytest.raises(NotFound):
        get_task(worker, task("assessment").pk)
    with pytest.raises(NotAllowed):
        do_change_plan_task(worker, NewTask(title="x"), task_id=task("inventory").pk, clock=clock)


def test_who_looks_on_does_not_work(
    programme: Programme, task: Task, responder: User, clock: FixedClock
) -> None:
    assert get_task(responder, task("inventory").pk).key == "inventory"
    with pytest.raises(NotAllowed):
        do_begin_plan_task(responder, task_id=task("inventory").pk, clock=clock)


def test_adding_moving_and_taking_out_renumbers(
    programme: Programme, task: Task, lead: User, clock: FixedClock
) -> None:
    added = do_add_plan_task(
        lead, NewTask(title="渗透测试", days=3), number=programme.number,
        parent=task("protect").pk, clock=clock,
    )  # fmt: skip
    assert added.code == "3.3"
    assert do_add_plan_task(
        lead, NewTask(title="渗透测试", days=3), number=programme.number,
        parent=task("protect").pk, clock=clock,
    ).pk == added.pk  # fmt: skip
    there = {"parent": task("assess").pk, "place": 0}
    moved = do_move_plan_task(lead, task_id=added.pk, **there, clock=clock)
    assert (moved.code, task("inventory").code) == ("1.1", "1.2")
    with pytest.raises(UsageError) as refused:
        do_move_plan_task(lead, task_id=task("assess").pk, parent=added.pk, place=0, clock=clock)
    assert refused.value.code == "plan_task.parent"
    do_archive_plan_task(lead, task_id=task("assess").pk, clock=clock)
    assert task("design").code == "1"
    assert task("inventory").archived_at is not None
    # What waited for it begins with the programme now.
    assert task("architecture").starts_on == MONDAY
    do_return_plan_task(lead, task_id=task("assess").pk, clock=clock)
    assert (task("design").code, task("inventory").code) == ("2", "1.2")
    assert task("inventory").archived_at is None


def test_two_people_at_once_see_both_texts(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    seen = task("inventory")
    theirs = NewTask(title="Inventory", days=8, owner=lead.pk)
    do_change_plan_task(chief, theirs, task_id=seen.pk, version=seen.version, clock=clock)
    mine = NewTask(title="Assets", days=9, owner=lead.pk)
    with pytest.raises(EditConflict) as conflict:
        do_change_plan_task(lead, mine, task_id=seen.pk, version=seen.version, clock=clock)
    assert (conflict.value.mine["title"], conflict.value.theirs["title"]) == ("Assets", "Inventory")
    # The same twice is no conflict: the second click of the first.
    do_change_plan_task(chief, theirs, task_id=seen.pk, version=seen.version, clock=clock)


def test_a_longer_task_moves_those_that_wait_for_it(
    programme: Programme, task: Task, lead: User, clock: FixedClock
) -> None:
    row = task("inventory")
    wanted = NewTask(title=row.title, days=10, owner=row.owner_id, due=row.due)
    do_change_plan_task(lead, wanted, task_id=row.pk, clock=clock)
    assert task("assessment").starts_on == date(2026, 3, 16)
    assert task("inventory").due == date(2026, 3, 6)  # what was promised stays promised


def test_approval_is_by_four_eyes_and_starts_the_programme(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    with pytest.raises(UsageError) as refused:
        do_submit_programme(
            lead, number=programme.number, reviewer=lead.pk, approver=chief.pk, clock=clock
        )
    assert refused.value.code == "document.duties"
    assert not programme.snapshots.exists()  # all or nothing
    approved = _approved(programme, lead, chief, clock)
    assert approved.state == "approved"
    assert approved.baseline_at == clock.now()
    assert task("inventory").baseline_end == task("inventory").ends_on
    told = Message.objects.get(kind="programme_begun")
    assert set(told.inbox.values_list("person__username", flat=True)) == {"lead", "worker"}
    snapshot = approved_snapshot(approved)
    assert snapshot is not None
    assert changes_since(approved, snapshot) is None
    follow_approvals(clock)
    assert LedgerEntry.objects.filter(action="adopt_programme").count() == 1
    with pytest.raises(NotAllowed):
        do_adopt_programme(lead, number=approved.number, clock=clock)


def test_changes_since_the_approval_are_told(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    approved = _approved(programme, lead, chief, clock)
    row = task("encryption")
    wanted = NewTask(title=row.title, days=30, owner=chief.pk, due=row.due)
    do_change_plan_task(lead, wanted, task_id=row.pk, clock=clock)
    do_archive_plan_task(lead, task_id=task("training-plan").pk, clock=clock)
    fresh = NewTask(title="新任务", owner=lead.pk)
    do_add_plan_task(lead, fresh, number=approved.number, clock=clock)
    changes = changes_since(approved, approved_snapshot(approved))
    assert changes is not None
    assert [one.title for one in changes.added] == ["新任务"]
    assert [one.title for one in changes.removed] == ["制定培训计划"]
    (changed,) = changes.changed
    assert set(changed.fields) >= {"days", "owner_id"}
    clock.move(timedelta(days=3))
    again = _approved(Programme.objects.get(pk=programme.pk), lead, chief, clock)
    assert again.document.versions.filter(state="published").get().number == 2
    assert changes_since(again, approved_snapshot(again)) is None


def test_work_is_no_change_of_what_was_approved(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    approved = _approved(programme, lead, chief, clock)
    do_tick_plan_task(lead, task_id=task("inventory").pk, reason="all listed", clock=clock)
    assert changes_since(approved, approved_snapshot(approved)) is None


def test_the_text_is_made_of_the_objects(
    programme: Programme, lead: User, chief: User, clock: FixedClock
) -> None:
    hostile = "<script>alert(1)</script> | **x** {{contacts}}"
    head = Head(title=programme.title, starts_on=MONDAY, goals=(hostile,), introduction=hostile)
    do_change_programme(lead, head, number=programme.number, clock=clock)
    version = do_submit_programme(
        lead, number=programme.number, reviewer=chief.pk, approver=chief.pk, clock=clock
    )
    body = version.body
    for text in ("## 一、", "任务一：安全风险评估", "收集平台安全信息", "2026-03-06", "worker"):
        assert text in body
    assert "风险评估报告完成" in body
    blocks = read(body)
    assert not [part for part in blocks if type(part).__name__ == "Slot"]
    assert "alert(1)" in body
    assert "\\<script\\>" in body
    # The same objects submitted again are the same text: nothing happens.
    entries = LedgerEntry.objects.count()
    again = do_submit_programme(
        lead, number=programme.number, reviewer=chief.pk, approver=chief.pk, clock=clock
    )
    assert again.pk == version.pk
    assert LedgerEntry.objects.count() == entries


def test_nobody_approves_what_is_empty_or_unowned(
    lead: User, chief: User, clock: FixedClock
) -> None:
    wanted = NewProgramme(title="Empty", language="en", starts_on=MONDAY)
    programme = do_create_programme(lead, wanted, clock=clock)
    who = {"number": programme.number, "reviewer": chief.pk, "approver": chief.pk}
    with pytest.raises(UsageError) as refused:
        do_submit_programme(lead, **who, clock=clock)
    assert refused.value.code == "programme.empty"
    do_add_plan_task(lead, NewTask(title="Something"), number=programme.number, clock=clock)
    with pytest.raises(UsageError) as refused:
        do_submit_programme(lead, **who, clock=clock)
    assert (refused.value.code, refused.value.where) == ("programme.unowned", "1")


def test_what_is_over_does_not_change(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    with pytest.raises(UsageError) as refused:
        do_close_programme(lead, number=programme.number, clock=clock)
    assert refused.value.code == "programme.draft"
    _approved(programme, lead, chief, clock)
    do_close_programme(lead, number=programme.number, clock=clock)
    with pytest.raises(UsageError) as refused:
        do_begin_plan_task(lead, task_id=task("inventory").pk, clock=clock)
    assert refused.value.code == "programme.over"
    do_archive_programme(lead, number=programme.number, clock=clock)
    follow_approvals(clock)
    assert Programme.objects.get(pk=programme.pk).state == "closed"
    with pytest.raises(NotAllowed):
        do_adopt_programme(chief, number=programme.number, clock=clock)
    assert do_adopt_programme(JOBS, number=programme.number, clock=clock).state == "closed"
