"""Files that are wrong, in part or on purpose: each row says what is the matter."""

from __future__ import annotations

import contextlib
import io
import resource
import time
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.govern.exchange.mspdi_read import read_mspdi
from shangdun.govern.exchange.plan import DEEPEST, Flaw, SharedLink, takeable
from shangdun.govern.exchange.sheet_read import read_sheet
from shangdun.govern.schedule.activity import LinkKind
from shangdun.kernel.errors import UsageError

HEAD = ["编号", "任务名称", "工期", "前置任务", "责任人", "截止日期", "类型"]


def book(*rows: list[object], merge: str = "") -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_everything_that_people_do_to_sheets() -> None:
    content = book(
        ["安全建设计划", None, None],
        HEAD,
        ["1", "风险评估", 1, None, "王丽", None, "任务"],
        ["1.1", "收集信息", "=1+2", None, "王丽", date(2026, 3, 9), "子任务"],
        ["1.2", "评估", 5, "1.1SS+2; 9.9", "王丽", "2026年3月20日", None],
        ["1.2", "又一个", "五天", None, None, "下周", "史诗"],
        ["7.1", "没有上级", 2, None, None, 46100, None],
        [None, None, 3, None, None, None, None],
        [None, None, None, None, None, None, None],
        ["2", "架构设计", 3, "1.2", None, None, "里程碑"],
        merge="E3:E4",
    )
    plan = read_sheet(content)
    found = {(one.row, one.column, one.flaw) for one in plan.problems}
    assert found == {
        (4, "days", Flaw.FORMULA),
        (4, "owner", Flaw.MERGED),
        (5, "links", Flaw.LINK),
        (5, "due", Flaw.DATE_AS_TEXT),
        (6, "code", Flaw.DUPLICATE),
        (6, "days", Flaw.NUMBER),
        (6, "due", Flaw.DATE),
        (6, "kind", Flaw.KIND),
        (7, "code", Flaw.PARENT),
        (8, "title", Flaw.MISSING),
        (10, "days", Flaw.NUMBER),
    }
    assert plan.wrong_rows == {4, 5, 6, 7, 8, 10}
    assert plan.tasks[2].due == date(2026, 3, 20)
    assert plan.tasks[4].due == date(2026, 3, 19)  # a serial whose format was lost
    assert SharedLink("row4", "row5", LinkKind.SS, 2) in plan.links
    assert [task.title for task in takeable(plan).tasks] == ["风险评估"]
    assert not takeable(plan).links


def test_columns_that_are_wrong_are_named() -> None:
    with pytest.raises(UsageError) as found:
        read_sheet(book(["Foo", "Bar"], [1, 2]))
    assert found.value.code == "exchange.columns"
    assert found.value.where == "Foo, Bar"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_china(encoding: str) -> None:
    plan = read_sheet("编号,任务名称,工期,前置任务\n1,甲,2天,\n2,乙,3,1FF-1\n".encode(encoding))
    assert [task.days for task in plan.tasks] == [2, 3]
    assert plan.links == [SharedLink("row2", "row3", LinkKind.FF, -1)]


def test_bombs_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst>" + "<si/>" * 600_000 + "</sst>")
    with pytest.raises(UsageError) as found:
        read_sheet(file.getvalue())
    assert found.value.code == "exchange.file"
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Project>&b;</Project>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Project>&a;</Project>'
    for text in (laughs, outside, "<Project/>", "<a" * 50_000, ""):
        with pytest.raises(UsageError) as wrong:
            read_mspdi(text.encode())
        assert wrong.value.code == "exchange.file"


@pytest.mark.parametrize(
    "part",
    [
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b"<mergeCells count='1'><mergeCell ref='A1:XFD&#49;048576'/></mergeCells>",
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    ],
)
def test_a_reference_to_every_cell_of_a_sheet_is_not_followed(part: bytes) -> None:
    file, began = io.BytesIO(), time.process_time()
    whole = zipfile.ZipFile(io.BytesIO(book(HEAD, ["1", "任务", 1])))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b"</sheetData>" + part)
            archive.writestr(name, content)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, limits[1]))  # no machine dies of a failed test
    try:
        with contextlib.suppress(UsageError):
            assert [task.title for task in read_sheet(file.getvalue()).tasks] == ["任务"]
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
    assert time.process_time() - began < 4


def project(tasks: str, more: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project">'
        f"<MinutesPerDay>480</MinutesPerDay>{more}<Tasks>{tasks}</Tasks></Project>"
    ).encode()


def test_a_level_that_nobody_has_is_the_next_one() -> None:
    plan = read_mspdi(
        project(
            "<Task><UID>1</UID><ID>1</ID><Name>A</Name><OutlineLevel>1</OutlineLevel></Task>"
            "<Task><UID>2</UID><ID>2</ID><Name>B</Name><OutlineLevel>9999999999</OutlineLevel></Task>"
            "<Task><UID>3</UID><ID>3</ID><Name>C</Name><OutlineLevel>2</OutlineLevel></Task>"
        )
    )
    assert [task.parent for task in plan.tasks] == ["", "1", "1"]


def test_what_hangs_too_deep_is_said_and_left_out() -> None:
    plan = read_mspdi(
        project(
            "".join(
                f"<Task><UID>{n}</UID><ID>{n}</ID><Name>T{n}</Name>"
                f"<OutlineLevel>{n}</OutlineLevel></Task>"
                for n in range(1, 1500)
            )
        )
    )
    deep = {one.row for one in plan.problems if one.flaw is Flaw.DEEP}
    assert deep == set(range(DEEPEST + 1, 1500))
    assert len(takeable(plan).tasks) == DEEPEST


def test_a_file_of_project_with_what_is_not_kept_here() -> None:
    content = project(
        "<Task><UID>0</UID><ID>0</ID><Name>All</Name></Task>"
        "<Task><UID>3</UID><ID>1</ID><Name>Sum</Name><OutlineLevel>1</OutlineLevel>"
        "<Summary>1</Summary><Duration>PT16H0M0S</Duration></Task>"
        "<Task><UID>5</UID><ID>2</ID><Name>Odd</Name><OutlineLevel>2</OutlineLevel>"
        "<Duration>PT12H0M0S</Duration><ConstraintType>1</ConstraintType></Task>"
        "<Task><UID>6</UID><ID>3</ID><Name></Name><OutlineLevel>2</OutlineLevel>"
        "<Duration>tomorrow</Duration><Deadline>soon</Deadline>"
        "<PredecessorLink><PredecessorUID>5</PredecessorUID><LinkLag>50</LinkLag>"
        "<LagFormat>19</LagFormat></PredecessorLink>"
        "<PredecessorLink><PredecessorUID>1</PredecessorUID><CrossProject>1</CrossProject>"
        "</PredecessorLink>"
        "<PredecessorLink><PredecessorUID>77</PredecessorUID></PredecessorLink></Task>",
        "<Calendars><Calendar><UID>1</UID><WeekDays><WeekDay><DayType>0</DayType>"
        "<DayWorking>0</DayWorking><TimePeriod><FromDate>2026-02-16T00:00:00</FromDate>"
        "<ToDate>2026-02-17T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays></Calendar>"
        "</Calendars>",
    )
    plan = read_mspdi(content)
    assert [(task.uid, task.parent, task.kind, task.days) for task in plan.tasks] == [
        ("3", "", "task", 2), ("5", "3", "subtask", 2), ("6", "3", "subtask", 1),
    ]  # fmt: skip
    assert {(one.row, one.column, one.flaw) for one in plan.problems} == {
        (2, "days", Flaw.PARTIAL_DAY),
        (2, "not_before", Flaw.CONSTRAINT),
        (3, "title", Flaw.MISSING),
        (3, "days", Flaw.NUMBER),
        (3, "Deadline", Flaw.DATE),
        (3, "links", Flaw.LINK),
        (3, "links", Flaw.CROSS_PROJECT),
        (3, "links", Flaw.PERCENT_LAG),
    }
    assert plan.wrong_rows == {3}
    assert [one.day for one in plan.days] == [date(2026, 2, 16), date(2026, 2, 17)]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(content: bytes) -> None:
    for read in (read_mspdi, read_sheet):
        try:
            read(content)
        except UsageError as error:
            assert error.code.startswith("exchange.")  # noqa: PT017 - what may be raised


CELLS = st.none() | st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.dates()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=6))
def test_no_cells_break_the_reader(rows: list[list[object]]) -> None:
    clean = [
        [c if not isinstance(c, str) else c.encode("ascii", "ignore").decode() for c in row]
        for row in rows
    ]
    clean = [
        ["".join(x for x in c if x >= " ") if isinstance(c, str) else c for c in row]
        for row in clean
    ]
    plan = read_sheet(book(HEAD, *clean))
    assert {task.row for task in takeable(plan).tasks} <= {
        task.row for task in plan.tasks
    } - plan.wrong_rows
