"""A plan goes out and comes back the same: Project XML, Excel; iCalendar as whole days."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec.structs import replace

from shangdun.govern.exchange import mspdi
from shangdun.govern.exchange.ics import write_ics
from shangdun.govern.exchange.mspdi_read import read_mspdi
from shangdun.govern.exchange.mspdi_write import write_mspdi
from shangdun.govern.exchange.plan import SharedDay, SharedLink, SharedPlan, SharedTask
from shangdun.govern.exchange.sheet_read import read_sheet
from shangdun.govern.exchange.sheet_write import write_sheet
from shangdun.govern.schedule.activity import LinkKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2029, 12, 31))
NOTES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=30
).map(lambda text: text.strip().lstrip("=").strip())


@st.composite
def shared_plans(draw: st.DrawFn) -> SharedPlan:
    count = draw(st.integers(1, 8))
    tasks: list[SharedTask] = []
    codes: dict[str, str] = {"": ""}
    numbers: dict[str, int] = {}
    above = [""]  # what the next may hang below: an outline goes on where it stands
    for n in range(1, count + 1):
        parent = draw(st.sampled_from(above))
        numbers[parent] = numbers.get(parent, 0) + 1
        codes[str(n)] = f"{codes[parent]}.{numbers[parent]}".lstrip(".")
        above = [*above[: above.index(parent) + 1], str(n)]
        began = draw(DAYS)
        done = began + timedelta(days=9) if began and draw(st.booleans()) else None
        baseline = draw(DAYS)
        tasks.append(
            SharedTask(
                row=n, uid=str(n), own=n, code=codes[str(n)], parent=parent,
                title=draw(NOTES.filter(bool)),
                days=draw(st.integers(1, 200)), not_before=draw(DAYS), due=draw(DAYS),
                began_on=began, done_on=done,
                progress=100 if done else (draw(st.integers(0, 99)) if began else 0),
                starts_on=began, ends_on=done, baseline_start=baseline, baseline_end=baseline,
                owner=draw(st.sampled_from(["", "王丽", "Li <x>"])), note=draw(NOTES),
            )
        )  # fmt: skip
    holders = {task.parent for task in tasks}
    tasks = [replace(task, kind="task" if task.uid in holders else "subtask") for task in tasks]
    pairs = draw(st.sets(st.tuples(st.integers(1, count), st.integers(1, count)), max_size=8))
    links = [
        SharedLink(str(one), str(two), draw(st.sampled_from(LinkKind)), draw(st.integers(-30, 30)))
        for one, two in sorted(pairs)
        if one != two
    ]
    days = [SharedDay(date(2026, 2, 14), worked=True), SharedDay(date(2026, 2, 16), worked=False)]
    return SharedPlan(
        title="计划 & <one>", starts_on=date(2026, 1, 5), own=7, tasks=tasks, links=links, days=days
    )


@settings(max_examples=60, deadline=None)
@given(shared_plans())
def test_project_xml(plan: SharedPlan) -> None:
    back = read_mspdi(write_mspdi(plan, NOW))
    assert (back.title, back.own, back.starts_on) == (plan.title, 7, plan.starts_on)
    assert back.tasks == plan.tasks
    assert sorted(back.links, key=str) == sorted(plan.links, key=str)
    assert [(one.day, one.worked) for one in back.days] == [
        (one.day, one.worked) for one in plan.days
    ]
    assert not back.problems


@settings(max_examples=40, deadline=None)
@given(shared_plans(), st.booleans())
def test_excel(plan: SharedPlan, chinese: bool) -> None:
    back = read_sheet(write_sheet(plan, chinese=chinese))
    blank = {
        "row": 0,
        "starts_on": None,
        "ends_on": None,
        "baseline_start": None,
        "baseline_end": None,
    }
    assert [replace(task, **blank) for task in back.tasks] == [
        replace(task, **blank) for task in plan.tasks
    ]
    assert sorted(back.links, key=str) == sorted(plan.links, key=str)
    assert not back.problems


def plan_of(*tasks: SharedTask, links: tuple[SharedLink, ...] = ()) -> SharedPlan:
    return SharedPlan(
        title="P", starts_on=date(2026, 1, 5), own=1, tasks=list(tasks), links=list(links)
    )


def task(n: int, **more: object) -> SharedTask:
    return SharedTask(row=n, uid=str(n), own=n, code=str(n), title=f"T{n}", **more)  # type: ignore[arg-type]  # fields


def test_what_project_needs_stands_where_its_schema_wants_it() -> None:
    plan = plan_of(
        task(1, days=5, starts_on=date(2026, 1, 5), ends_on=date(2026, 1, 9)),
        task(2, days=0, kind="milestone", starts_on=date(2026, 1, 9), ends_on=date(2026, 1, 9)),
        links=(SharedLink("1", "2", LinkKind.FS, -2),),
    )
    root = fromstring(write_mspdi(plan, NOW))
    names = {"p": mspdi.NAMESPACE}
    first, second = root.findall("p:Tasks/p:Task", names)
    assert first.findtext("p:Duration", namespaces=names) == "PT40H0M0S"
    assert first.findtext("p:Finish", namespaces=names) == "2026-01-09T17:00:00"
    assert second.findtext("p:Milestone", namespaces=names) == "1"
    link = second.find("p:PredecessorLink", names)
    assert link is not None
    assert link.findtext("p:Type", namespaces=names) == "1"
    assert link.findtext("p:LinkLag", namespaces=names) == "-9600"  # two days in tenths of minutes
    order = [child.tag.partition("}")[2] for child in second]
    wanted = [
        "UID", "GUID", "ID", "Name", "WBS", "OutlineLevel", "Start", "Duration", "Milestone",
        "PercentComplete", "ConstraintType", "PredecessorLink", "ExtendedAttribute",
    ]  # fmt: skip
    assert [name for name in order if name in wanted] == wanted


def test_a_sheet_is_no_program() -> None:
    evil = plan_of(task(1, note='=HYPERLINK("http://x")', owner="@SUM(A1)"), task(2, note="+1\x00"))
    sheet = openpyxl.load_workbook(io.BytesIO(write_sheet(evil, chinese=False))).worksheets[0]
    assert {
        cell.data_type
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if isinstance(cell.value, str)
    } <= {"s"}


def test_icalendar_has_whole_days_and_uids_that_stay() -> None:
    plan = plan_of(
        task(1, kind="task"),
        task(2, starts_on=date(2026, 2, 13), ends_on=date(2026, 2, 24), owner="王丽"),
        task(3, kind="milestone", days=0, starts_on=date(2026, 2, 24), ends_on=date(2026, 2, 24)),
    )
    events = Calendar.from_ical(write_ics(plan, NOW, "shop.example")).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == [
        "plan-task-2@shop.example",
        "plan-task-3@shop.example",
    ]
    assert events[0].decoded("DTSTART") == date(2026, 2, 13)
    assert events[0].decoded("DTEND") == date(2026, 2, 25)
    assert write_ics(plan, NOW, "shop.example") == write_ics(plan, NOW, "shop.example")
