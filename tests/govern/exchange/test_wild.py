"""Plans with the habits of other programs and of people; what they plan is invented."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from shangdun.govern.exchange.mspdi_read import read_mspdi
from shangdun.govern.exchange.plan import Flaw, SharedPlan
from shangdun.govern.exchange.sheet_read import read_sheet
from shangdun.govern.schedule.activity import LinkKind


def workbook(*rows: list[Any], cover: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    if cover:
        sheet.title = "封面"
        sheet.append(["信息安全工作计划"])
        sheet = book.create_sheet("计划表")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def flaws(plan: SharedPlan) -> set[tuple[int, str, Flaw]]:
    return {(one.row, one.column, one.flaw) for one in plan.problems}


PEOPLES = (
    ["年度信息安全工作计划"],
    ["编制：某某", "日期：2026年1月5日"],
    ["序号", "工作\n内容", "责任人", "计划开始时间", "计划完成时间", "前置任务", "完成率", "状态",
     "备注", "密级"],
    [1, "制度建设"],
    [1.1, "修订应急预案", "李四", "2026年7月1日", "2026年7月10日", None, 0.5, "进行中", "", "内部"],
    [1.2, "评审", "王五", 46213, 46216, "1.1FS+2 个工作日", 1, "已完成"],
    [2, "上线", None, date(2026, 8, 3), "2026/8/31", "1.2", None, "已完成"],
    ["说明：以上计划如有调整另行通知"],
)  # fmt: skip


def test_a_sheet_as_people_keep_it() -> None:
    plan = read_sheet(workbook(*PEOPLES, cover=True))
    assert (plan.sheet, plan.columns_out) == ("计划表", ["密级"])
    told = {one.code: one for one in plan.tasks}
    assert [one.kind for one in plan.tasks] == ["task", "subtask", "subtask", "subtask"]
    # Who writes only from when to when means it: working days between, not before, due.
    assert (told["1.1"].not_before, told["1.1"].due) == (date(2026, 7, 1), date(2026, 7, 10))
    assert [told[code].days for code in ("1.1", "1.2", "2")] == [8, 2, 21]
    assert told["1.2"].not_before == date(2026, 7, 10)  # a serial number
    assert [told[code].progress for code in ("1.1", "1.2", "2")] == [50, 100, 100]
    assert [(link.kind, link.lag) for link in plan.links] == [(LinkKind.FS, 2), (LinkKind.FS, 0)]
    assert plan.wrong_rows == frozenset()
    assert {flaw for _row, _column, flaw in flaws(plan)} == {Flaw.DATE_AS_TEXT}
    assert set(plan.given) == {
        "code", "title", "owner", "not_before", "due", "days", "links", "progress", "state", "note",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_with_a_title_above(encoding: str, sign: str) -> None:
    rows = [["计划"], ["序号", "任务名称（必填）", "工期（天）"], ["1", "演练\n（第二行）", "5 天"]]
    text = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    plan = read_sheet(text.encode(encoding))
    assert [(one.row, one.title, one.days) for one in plan.tasks] == [(3, "演练\n（第二行）", 5)]


@pytest.mark.parametrize(
    ("text", "days", "flaw"),
    [
        ("5 个工作日?", 5, None), ("2 wks", 10, None), ("1周", 5, None), ("1.5 mons", 30, None),
        ("4 hrs", 1, Flaw.PARTIAL_DAY), ("2.5", 3, Flaw.PARTIAL_DAY), ("16小时", 2, None),
        ("soon", 1, Flaw.NUMBER), ("-3", 1, Flaw.NUMBER), ("9999 weeks", 1, Flaw.NUMBER),
        ("5 elephants", 1, Flaw.NUMBER),
    ],
)  # fmt: skip
def test_lengths_as_project_writes_them(text: str, days: int, flaw: Flaw | None) -> None:
    plan = read_sheet(workbook(["Name", "Duration"], ["A", text]))
    assert plan.tasks[0].days == days
    assert flaws(plan) == ({(2, "days", flaw)} if flaw else set())


def test_an_end_before_its_beginning_is_said() -> None:
    plan = read_sheet(workbook(["任务", "开始", "结束"], ["A", "2026-07-09", "2026-07-01"]))
    assert (2, "ends_on", Flaw.ORDER) in flaws(plan)


def project(tasks: str, more: str = "", namespace: str = "http://schemas.microsoft.com/project"):
    return f'<Project xmlns="{namespace}">{more}<Tasks>{tasks}</Tasks></Project>'.encode()


def task(uid: int, more: str = "", length: str = "PT8H0M0S") -> str:
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>T{uid}</Name><Duration>{length}</Duration>"
        f"{more}</Task>"
    )


def wait(uid: int, lag: int, form: int) -> str:
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>1</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat></PredecessorLink>"
    )


def test_days_round_the_clock_are_no_working_days() -> None:
    plan = read_mspdi(project(
        task(1, "<DurationFormat>8</DurationFormat>", "PT168H0M0S")  # seven elapsed days
        + task(2, wait(1, 28_800, 8))  # two elapsed days
        + task(3, wait(2, 9_600, 7))
        + task(4, wait(3, 250, 19)),
    ))  # fmt: skip
    assert plan.tasks[0].days == 5
    assert [link.lag for link in plan.links] == [2, 2, 0]
    assert flaws(plan) == {
        (1, "days", Flaw.ELAPSED), (2, "links", Flaw.ELAPSED), (4, "links", Flaw.PERCENT_LAG),
    }  # fmt: skip
    assert plan.wrong_rows == frozenset()


def test_what_a_file_keeps_without_planning_it() -> None:
    plan = read_mspdi(project(
        "<Task><UID>0</UID><ID>0</ID><OutlineLevel>0</OutlineLevel><Name>All</Name></Task>"
        "<Task><UID>7</UID><ID>7</ID><IsNull>true</IsNull></Task>"
        + task(8, "<Active>0</Active>")
        + task(9, wait(8, 0, 7) + "<OutlineNumber>1</OutlineNumber>")
        + task(10, "<OutlineNumber>1.1</OutlineNumber><Milestone>true</Milestone>", "PT0H0M0S")
        + task(11, "<OutlineLevel>-3</OutlineLevel>"),
    ))  # fmt: skip
    assert [(one.uid, one.parent, one.kind) for one in plan.tasks] == [
        ("9", "", "task"), ("10", "9", "milestone"), ("11", "", "subtask"),
    ]  # fmt: skip
    assert flaws(plan) == {(8, "title", Flaw.INACTIVE), (9, "links", Flaw.OUT)}
    assert plan.wrong_rows == frozenset()


def test_what_people_put_on_its_day_and_until_when_it_must_end() -> None:
    finish = "<ConstraintType>7</ConstraintType><ConstraintDate>2026-09-30T17:00:00+08:00"
    plan = read_mspdi(project(
        task(1, "<Manual>1</Manual><Start>2026-09-01T08:00:00</Start>", "PT4.5H0M0S")
        + task(2, f"{finish}</ConstraintDate>"),
        namespace="http://schemas.microsoft.com/project/2007",
    ))  # fmt: skip
    assert plan.tasks[0].not_before == date(2026, 9, 1)
    assert plan.tasks[1].due == date(2026, 9, 30)


def test_days_off_that_come_back() -> None:
    def off(name: str, kind: int, first: str, last: str, more: str = "") -> str:
        return (
            f"<Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod><FromDate>{first}"
            f"T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod><Name>{name}</Name>"
            f"<Type>{kind}</Type><DayWorking>0</DayWorking>{more}</Exception>"
        )

    calendars = (
        "<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Exceptions>"
        + off("days", 1, "2026-10-01", "2026-10-02")
        + off("each year", 2, "2026-05-01", "2028-05-01")
        + off("each Friday", 6, "2026-01-02", "2026-12-25", "<DaysOfWeek>32</DaysOfWeek>")
        + "</Exceptions></Calendar></Calendars>"
    )
    plan = read_mspdi(project(task(1), calendars))
    assert [one.day.isoformat() for one in plan.days] == [
        "2026-05-01", "2026-10-01", "2026-10-02", "2027-05-01", "2028-05-01",
    ]  # fmt: skip
    assert [(one.row, one.flaw, one.value) for one in plan.problems] == [
        (0, Flaw.RECURRING, "each Friday"),
    ]
