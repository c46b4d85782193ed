"""Writing Microsoft Project's XML, in the order of elements its schema asks for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from shangdun.govern.exchange import mspdi
from shangdun.govern.exchange.plan import SharedLink, SharedPlan, SharedTask

_SPACE = uuid.UUID("5b0c6a3e-5d0f-5f0a-9d42-6d7f0b6f2a11")


def write_mspdi(plan: SharedPlan, now: datetime) -> bytes:
    """The plan as Project reads it: UIDs, outline, links with lags, baseline, calendar, people."""
    root = Element("Project", xmlns=mspdi.NAMESPACE)
    _texts(
        root,
        SaveVersion="14",
        UID=f"{mspdi.MARK}{plan.own or 0}"[:16],
        Title=_clean(plan.title),
        CreationDate=f"{now:%Y-%m-%dT%H:%M:%S}",
        ScheduleFromStart="1",
        StartDate=_at(plan.starts_on or now.date(), mspdi.FORENOON[0]),
        CalendarUID="1",
        MinutesPerDay=str(mspdi.MINUTES),
        MinutesPerWeek=str(mspdi.MINUTES * (7 if plan.every_day else 5)),
        DaysPerMonth="20",
    )
    _own_column(root)
    _calendar(root, plan)
    people = sorted({task.owner for task in plan.tasks if task.owner})
    tasks = SubElement(root, "Tasks")
    waits: dict[str, list[SharedLink]] = {}
    for link in plan.links:
        waits.setdefault(link.after, []).append(link)
    levels = _levels(plan.tasks)
    holders = {task.parent for task in plan.tasks}
    for number, task in enumerate(plan.tasks, 1):
        outline = levels[task.uid]
        _task(tasks, number, task, outline, task.uid in holders, waits.get(task.uid, ()))
    _people(root, plan.tasks, people)
    body: bytes = tostring(root, "utf-8")
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + body


def _own_column(root: Element) -> None:
    attributes = SubElement(root, "ExtendedAttributes")
    one = SubElement(attributes, "ExtendedAttribute")
    _texts(one, FieldID=mspdi.TEXT30, FieldName="Text30", Alias="ShangDun")


def _calendar(root: Element, plan: SharedPlan) -> None:
    calendar = SubElement(SubElement(root, "Calendars"), "Calendar")
    _texts(calendar, UID="1", Name="ShangDun", IsBaseCalendar="1", BaseCalendarUID="-1")
    week = SubElement(calendar, "WeekDays")
    for number in range(1, 8):  # 1 is Sunday
        worked = plan.every_day or 2 <= number <= 6
        day = SubElement(week, "WeekDay")
        _texts(day, DayType=str(number), DayWorking=str(int(worked)))
        if worked:
            _hours(day)
    if not plan.days:
        return
    exceptions = SubElement(calendar, "Exceptions")
    for one in plan.days:
        exception = SubElement(exceptions, "Exception")
        _texts(exception, EnteredByOccurrences="0")
        period = SubElement(exception, "TimePeriod")
        _texts(period, FromDate=_at(one.day, "00:00:00"), ToDate=_at(one.day, "23:59:00"))
        name = _clean(one.name) or ("make-up day" if one.worked else "holiday")
        _texts(exception, Occurrences="1", Name=name, Type="1", DayWorking=str(int(one.worked)))
        if one.worked:
            _hours(exception)


def _hours(parent: Element) -> None:
    hours = SubElement(parent, "WorkingTimes")
    for since, until in (mspdi.FORENOON, mspdi.AFTERNOON):
        _texts(SubElement(hours, "WorkingTime"), FromTime=since, ToTime=until)


def _levels(tasks: Sequence[SharedTask]) -> dict[str, tuple[int, ...]]:
    """The outline number of each: (3, 2) is 3.2."""
    found: dict[str, tuple[int, ...]] = {"": ()}
    count: dict[str, int] = {}
    for task in tasks:
        count[task.parent] = count.get(task.parent, 0) + 1
        found[task.uid] = (*found.get(task.parent, ()), count[task.parent])
    return found


def _task(
    parent: Element,
    number: int,
    task: SharedTask,
    outline: tuple[int, ...],
    summary: bool,  # noqa: FBT001 - private, named at its one call
    waits: Sequence[SharedLink],
) -> None:
    made = SubElement(parent, "Task")
    zero = task.days == 0 and not summary
    length = f"PT{task.days * mspdi.MINUTES // 60}H0M0S"
    _texts(
        made,
        UID=task.uid,
        GUID=str(uuid.uuid5(_SPACE, f"task:{task.own or task.uid}")).upper(),
        ID=str(number),
        Name=_clean(task.title),
        Active="1",
        Manual="0",
        Type="1",
        IsNull="0",
        WBS=_clean(task.code) or ".".join(map(str, outline)),
        OutlineNumber=".".join(map(str, outline)),
        OutlineLevel=str(len(outline)),
        Start=_begin(task.starts_on, end_of_day=zero),
        Finish=_end(task.ends_on),
        Duration=length,
        DurationFormat=str(mspdi.LAG_IN_DAYS),
        Milestone=str(int(zero)),
        Summary=str(int(summary)),
        Critical=str(int(task.critical)),
        TotalSlack=str((task.slack or 0) * mspdi.LAG),
        PercentComplete=str(100 if task.done_on else min(task.progress, 99)),
        ActualStart=_begin(task.began_on or task.done_on, end_of_day=zero),
        ActualFinish=_end(task.done_on),
        ConstraintType=str(
            mspdi.START_NO_EARLIER if task.not_before else mspdi.AS_SOON_AS_POSSIBLE
        ),
        CalendarUID="-1",
        ConstraintDate=_begin(task.not_before),
        Deadline=_end(task.due),
        Notes=_clean(task.note),
    )
    for link in waits:
        wait = SubElement(made, "PredecessorLink")
        _texts(
            wait,
            PredecessorUID=link.before,
            Type=str(mspdi.LINKS[link.kind]),
            CrossProject="0",
            LinkLag=str(link.lag * mspdi.LAG),
            LagFormat=str(mspdi.LAG_IN_DAYS),
        )
    if task.own is not None:
        column = SubElement(made, "ExtendedAttribute")
        _texts(column, FieldID=mspdi.TEXT30, Value=f"{mspdi.MARK}{task.own}")
    if task.baseline_start and task.baseline_end:
        baseline = SubElement(made, "Baseline")
        start, finish = _begin(task.baseline_start, end_of_day=zero), _end(task.baseline_end)
        _texts(baseline, Number="0", Start=start, Finish=finish)


def _people(root: Element, tasks: Sequence[SharedTask], people: Sequence[str]) -> None:
    uids = {name: uid for uid, name in enumerate(people, 1)}
    resources = SubElement(root, "Resources")
    for name, uid in uids.items():
        one = SubElement(resources, "Resource")
        _texts(one, UID=str(uid), ID=str(uid), Name=_clean(name), Type="1", IsNull="0")
    assignments = SubElement(root, "Assignments")
    for uid, task in enumerate((task for task in tasks if task.owner), 1):
        one = SubElement(assignments, "Assignment")
        _texts(one, UID=str(uid), TaskUID=task.uid, ResourceUID=str(uids[task.owner]), Units="1")


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        if text:
            SubElement(parent, name).text = text


def _begin(day: date | None, *, end_of_day: bool = False) -> str:
    hour = mspdi.AFTERNOON[1] if end_of_day else mspdi.FORENOON[0]
    return _at(day, hour) if day else ""


def _end(day: date | None) -> str:
    return _at(day, mspdi.AFTERNOON[1]) if day else ""


def _at(day: date, time: str) -> str:
    return f"{day.isoformat()}T{time}"


def _clean(text: str) -> str:
    # Control characters, lone surrogates and the two non-characters have no place in XML 1.0.
    kept = (c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return "".join(c for c in kept if c not in "\ufffe\uffff").strip()
