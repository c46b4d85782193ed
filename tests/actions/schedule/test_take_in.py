"""Plans from files: looked through, taken in once, in part only on request, and out again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shangdun.actions.exchange.bring import do_bring_plan, do_drop_import, plan_of
from shangdun.actions.exchange.take_in import do_take_plan_in
from shangdun.govern.exchange.mspdi_write import write_mspdi
from shangdun.govern.exchange.sheet_write import write_sheet
from shangdun.govern.schedule.network import CycleError
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.models import (
    LedgerEntry,
    PlanImport,
    PlanImportState,
    PlanTask,
    Programme,
    User,
)
from shangdun.records.plan_exchange import proposal, shared_plan

from .conftest import task_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)
NEW = """\
编号,任务名称,类型,工期,前置任务,责任人,截止日期,实际开始,实际完成
8,防护实施,任务,,,,,,
8.1,部署防火墙,,4,1.2,wang,2026-02-06,,
8.2,加密,,2,8.1SS+1,没有这个人,,2026-01-05,2026-01-06
"""


def brought(plan: Programme, lead: User, content: bytes, name: str = "plan.csv") -> PlanImport:
    return do_bring_plan(lead, number=plan.number, name=name, content=content)


def state_of(plan: Programme) -> list[tuple[object, ...]]:
    fields = (
        "code",
        "title",
        "kind",
        "days",
        "starts_on",
        "ends_on",
        "due",
        "owner_id",
        "parent_id",
    )
    return list(PlanTask.objects.filter(programme=plan).order_by("position").values_list(*fields))


@pytest.mark.parametrize("form", ["xlsx", "xml"])
def test_what_goes_out_comes_back_and_changes_nothing(
    plan: Programme, lead: User, form: str
) -> None:
    shared = shared_plan(plan)
    content = write_sheet(shared, chinese=True) if form == "xlsx" else write_mspdi(shared, NOW)
    file = brought(plan, lead, content)
    found = proposal(plan, plan_of(file))
    assert (found.new, found.changed) == ([], [])
    before = state_of(plan)
    do_take_plan_in(lead, number=plan.number, import_id=file.pk)
    assert state_of(plan) == before


def test_an_edited_sheet_changes_what_was_edited(plan: Programme, lead: User) -> None:
    shared = shared_plan(plan)
    text = write_sheet(shared, chinese=False)
    file = brought(plan, lead, text)
    content = dict(file.content)
    content["tasks"] = [
        {**task, "days": 8} if task["code"] == "1.1" else task for task in content["tasks"]
    ]
    content["links"] = content["links"][:1]
    file.content = content
    file.save()
    taken = do_take_plan_in(lead, number=plan.number, import_id=file.pk)
    assert (taken.new, taken.changed, taken.links) == (0, 1, 1)
    assert task_of(plan, "1.1").days == 8
    assert task_of(plan, "M1").starts_on == date(2026, 1, 5)  # the link to it is gone
    assert task_of(plan, "1.2").starts_on == date(2026, 1, 15)


def test_new_tasks_come_with_links_owner_and_what_is_done(
    plan: Programme, lead: User, at: FixedClock
) -> None:
    full = NEW.replace("1.2,wang", ",wang").encode()
    file = brought(plan, lead, full)
    found = proposal(plan, plan_of(file))
    assert [change.task.title for change in found.new] == ["防护实施", "部署防火墙", "加密"]
    assert found.unknown == ("没有这个人",)
    entries = LedgerEntry.objects.count()
    for _click in range(2):
        do_take_plan_in(lead, number=plan.number, import_id=file.pk, clock=at)
    assert LedgerEntry.objects.count() == entries + 1
    first, done = task_of(plan, "3.1"), task_of(plan, "3.2")
    assert (first.owner, first.due, first.parent.title) == (lead, date(2026, 2, 6), "防护实施")
    assert (done.state, done.proven, done.done_on) == ("done", False, date(2026, 1, 6))
    assert "plan.csv" in done.done_reason
    again = do_take_plan_in(
        lead, number=plan.number, import_id=brought(plan, lead, full).pk, clock=at
    )
    assert (again.new, again.changed, again.links) == (0, 0, 0)
    assert plan.tasks.count() == 8


def test_in_part_only_on_request(plan: Programme, lead: User) -> None:
    file = brought(plan, lead, NEW.encode())  # 1.2 is no task of this file
    with pytest.raises(UsageError) as found:
        do_take_plan_in(lead, number=plan.number, import_id=file.pk)
    assert (found.value.code, found.value.where) == ("exchange.wrong", "3")
    assert plan.tasks.count() == 5
    taken = do_take_plan_in(lead, number=plan.number, import_id=file.pk, partly=True)
    assert (taken.new, taken.left_out) == (2, 1)


def test_a_circle_in_a_file_is_named_and_nothing_taken_in(plan: Programme, lead: User) -> None:
    file = brought(plan, lead, "编号,任务名称,前置任务\n7,甲,8\n8,乙,7\n".encode())
    with pytest.raises(CycleError) as found:
        do_take_plan_in(lead, number=plan.number, import_id=file.pk)
    assert "甲" in found.value.where
    assert plan.tasks.count() == 5
    file.refresh_from_db()
    assert file.state == PlanImportState.LOOKED


def test_files_are_looked_through_one_at_a_time(plan: Programme, lead: User) -> None:
    first = brought(plan, lead, NEW.encode())
    assert brought(plan, lead, NEW.encode()).pk == first.pk  # a second click
    second = brought(plan, lead, NEW.replace("加密", "备份").encode())
    first.refresh_from_db()
    assert first.state == PlanImportState.DROPPED
    for _click in range(2):
        do_drop_import(lead, number=plan.number, import_id=second.pk)
    with pytest.raises(UsageError):
        do_take_plan_in(lead, number=plan.number, import_id=second.pk)
    with pytest.raises(NotFound):
        do_take_plan_in(lead, number=plan.number, import_id=999)


def test_columns_that_a_sheet_lacks_change_nothing(plan: Programme, lead: User) -> None:
    first = brought(plan, lead, NEW.replace("1.2,wang", ",wang").encode())
    do_take_plan_in(lead, number=plan.number, import_id=first.pk)
    made = PlanTask.objects.get(programme=plan, title="加密")
    before = (made.due, made.days, made.owner_id, list(made.links_in.values_list("before")))
    bare = "编号,任务名称\n8,防护实施\n8.1,部署防火墙\n8.2,加密\n".encode()
    again = brought(plan, lead, bare)
    assert not proposal(plan, plan_of(again)).changed
    do_take_plan_in(lead, number=plan.number, import_id=again.pk)
    made.refresh_from_db()
    after = (made.due, made.days, made.owner_id, list(made.links_in.values_list("before")))
    assert after == before
