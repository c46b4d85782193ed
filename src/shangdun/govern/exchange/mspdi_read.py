"""Reading Microsoft Project's XML; whatever it cannot keep is said, task by task.

Entities and DTDs are refused (defusedxml); the file's size bounds what is built up in memory.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec.structs import replace

from shangdun.govern.exchange import mspdi
from shangdun.govern.exchange.plan import (
    FARTHEST,
    LARGEST,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST,
    MOST_DAYS,
    MOST_LINKS,
    Flaw,
    Problem,
    SharedDay,
    SharedLink,
    SharedPlan,
    SharedTask,
    checked,
)
from shangdun.kernel.errors import UsageError

_N = f"{{{mspdi.NAMESPACE}}}"
_NAMESPACES = (_N[:-1], _N[:-1].replace("http:", "https:"))
"""Versions put something behind it."""
_LENGTH = re.compile(
    r"P(?:(\d{1,6})D)?T?(?:(\d{1,7}(?:\.\d{1,9})?)H)?(?:(\d{1,7})(?:\.\d+)?M)?(?:(\d{1,7})(?:\.\d+)?S)?\Z"
)
_KINDS = {number: kind for kind, number in mspdi.LINKS.items()}
_HANDLED = {0, 2, 4}
"""As soon as possible, must start on, start no earlier than."""
_UNTIL = {3, 7}
"""Must finish on, finish no later than: kept as the day it is due."""
_YES = {"1", "true"}
_DAILY, _YEARLY = "1", "2"
"""How an exception of a calendar comes back: day by day, or on one day of each year."""
MOST_EXCEPTIONS = 2_000


def read_mspdi(content: bytes) -> SharedPlan:
    """The plan of an MSPDI file.

    Raises ``UsageError``: ``exchange.file`` (no XML of Project), ``exchange.large``,
    ``exchange.many``. What is wrong with a task stands in ``problems`` under its place (``ID``).
    """
    if len(content) > LARGEST:
        raise UsageError("the file is too large", code="exchange.large", fix="at most 20 MB")
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as e:
        raise _unreadable() from e
    namespace, _sign, name = root.tag.rpartition("}")
    if name != "Project" or not namespace.startswith(_NAMESPACES):
        raise _unreadable()
    if root.tag != f"{_N}Project":
        for element in root.iter():
            element.tag = _N + element.tag.rpartition("}")[2]
    return checked(_Reader(root).plan())


def _unreadable() -> UsageError:
    return UsageError(
        "this is no Microsoft Project XML", code="exchange.file", fix="save the project as XML"
    )


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.minutes = max(1, self._int(root, "MinutesPerDay") or mspdi.MINUTES)
        self.owner = self._owners()
        self.out: set[str] = set()

    def plan(self) -> SharedPlan:
        found = [e for e in self.root.iterfind(f"{_N}Tasks/{_N}Task") if self._counts(e)]
        self.out = {_text(e, "UID") for e in self.root.iterfind(f"{_N}Tasks/{_N}Task")}
        self.out -= {_text(e, "UID") for e in found}
        if len(found) > MOST:
            raise UsageError("too many tasks", code="exchange.many", fix=f"at most {MOST}")
        tasks: list[SharedTask] = []
        links: list[SharedLink] = []
        above: list[str] = []
        for place, element in enumerate(found, 1):
            row = self._int(element, "ID") or place
            # At most one level at a time: a file's word alone must not make a list of that length.
            level = min(max(1, self._level(element)), len(above) + 1)
            del above[level - 1 :]
            task = self._task(element, row, above[-1] if above else "")
            above.append(task.uid)
            tasks.append(task)
            links.extend(self._links(element, row, task.uid))
        if len(links) > MOST_LINKS:
            raise UsageError("too many links", code="exchange.many", fix=f"at most {MOST_LINKS}")
        days, every_day = self._calendar()
        return SharedPlan(
            title=(_text(self.root, "Title") or _text(self.root, "Name"))[:LONGEST_TITLE],
            starts_on=_day(_text(self.root, "StartDate")),
            own=_own(_text(self.root, "UID")),
            tasks=_kinds(tasks),
            links=self._known(links, {task.uid for task in tasks}, tasks),
            days=days,
            every_day=every_day,
            problems=self.problems,
        )

    def _counts(self, element: Element) -> bool:
        """Neither the summary of the whole file nor empty rows nor what is inactive are tasks."""
        if _text(element, "IsNull") in _YES:
            return False
        if _text(element, "UID") == "0" or _text(element, "OutlineLevel") == "0":
            return False
        if _text(element, "Active") in {"0", "false"}:
            row = self._int(element, "ID") or 0
            self._wrong(row, "title", Flaw.INACTIVE, _text(element, "Name"))
            return False
        return True

    def _level(self, element: Element) -> int:
        """How deep it stands, by its level, else by the points of its number."""
        level = self._int(element, "OutlineLevel")
        if level is not None:
            return level
        return len([part for part in _text(element, "OutlineNumber").split(".") if part])

    def _task(self, element: Element, row: int, parent: str) -> SharedTask:
        title = _text(element, "Name")
        if not title:
            self._wrong(row, "title", Flaw.MISSING)
        if len(title) > LONGEST_TITLE:
            self._wrong(row, "title", Flaw.LONG, title)
        uid = _text(element, "UID")
        if not uid.isdecimal() or len(uid) > 10:
            self._wrong(row, "id", Flaw.NUMBER, uid)
            uid = f"row{row}"
        percent = min(max(self._int(element, "PercentComplete") or 0, 0), 100)
        done = self._date(element, row, "ActualFinish") if percent == 100 else None
        baseline = self._baseline(element)
        return SharedTask(
            row=row,
            uid=uid,
            own=self._own_id(element),
            code=_text(element, "WBS")[:20],
            parent=parent,
            title=title[:LONGEST_TITLE],
            kind="milestone" if _text(element, "Milestone") in _YES else "subtask",
            days=self._days(element, row),
            not_before=self._not_before(element, row),
            due=self._date(element, row, "Deadline") or self._until(element, row),
            began_on=self._date(element, row, "ActualStart"),
            done_on=done,
            progress=percent,
            starts_on=self._date(element, row, "Start"),
            ends_on=self._date(element, row, "Finish"),
            baseline_start=baseline[0],
            baseline_end=baseline[1],
            owner=self.owner.get(_text(element, "UID"), ""),
            note=_text(element, "Notes")[:LONGEST_TEXT],
        )

    def _own_id(self, element: Element) -> int | None:
        for column in element.iterfind(f"{_N}ExtendedAttribute"):
            if _text(column, "FieldID") == mspdi.TEXT30:
                return _own(_text(column, "Value"))
        return None

    def _days(self, element: Element, row: int) -> int:
        text = _text(element, "Duration")
        match = _LENGTH.match(text) if text else None
        if not match:
            if text:
                self._wrong(row, "days", Flaw.NUMBER, text)
            return 0 if _text(element, "Milestone") == "1" else 1
        days, hours, minutes = (Decimal(part or 0) for part in match.groups()[:3])
        length = days * 24 * 60 + hours * 60 + minutes
        summary = _text(element, "Summary") in _YES
        if self._int(element, "DurationFormat") in mspdi.ELAPSED and not summary:
            length = self._worked(length)
            self._wrong(row, "days", Flaw.ELAPSED, text)
        elif length % self.minutes and not summary:
            self._wrong(row, "days", Flaw.PARTIAL_DAY, text)
        whole = math.ceil(length / self.minutes)
        if whole > MOST_DAYS:
            self._wrong(row, "days", Flaw.NUMBER, text)
        return min(whole, MOST_DAYS)

    def _worked(self, minutes: Decimal) -> Decimal:
        """Minutes round the clock as working ones: five days of a week."""
        return Decimal(math.ceil(minutes * 5 / mspdi.MINUTES_OF_A_WEEK) * self.minutes)

    def _not_before(self, element: Element, row: int) -> date | None:
        constraint = self._int(element, "ConstraintType") or 0
        if constraint not in _HANDLED:
            self._wrong(row, "not_before", Flaw.CONSTRAINT, str(constraint))
            return None
        if constraint:
            return self._date(element, row, "ConstraintDate")
        # What a person put on its day stands there, whatever it waits for.
        by_hand = _text(element, "Manual") in _YES and _text(element, "Summary") not in _YES
        if by_hand and element.find(f"{_N}PredecessorLink") is None:
            return _day(_text(element, "ManualStart")) or _day(_text(element, "Start"))
        return None

    def _until(self, element: Element, row: int) -> date | None:
        until = self._int(element, "ConstraintType") in _UNTIL
        return self._date(element, row, "ConstraintDate") if until else None

    def _baseline(self, element: Element) -> tuple[date | None, date | None]:
        for baseline in element.iterfind(f"{_N}Baseline"):
            if _text(baseline, "Number") in {"", "0"}:
                return _day(_text(baseline, "Start")), _day(_text(baseline, "Finish"))
        return None, None

    def _links(self, element: Element, row: int, after: str) -> Iterator[SharedLink]:
        for wait in element.iterfind(f"{_N}PredecessorLink"):
            before = _text(wait, "PredecessorUID")
            if _text(wait, "CrossProject") == "1":
                self._wrong(row, "links", Flaw.CROSS_PROJECT, before)
                continue
            number = self._int(wait, "Type")
            kind = _KINDS.get(1 if number is None else number)
            whole = self._lag(wait, row, before)
            if kind is None or abs(whole) > FARTHEST:
                self._wrong(row, "links", Flaw.LINK, before)
                continue
            if before in self.out:
                self._wrong(row, "links", Flaw.OUT, before)
                continue
            yield SharedLink(before, after, kind, whole)

    def _lag(self, wait: Element, row: int, before: str) -> int:
        """Working days, away from none; a lag is told in tenths of a minute."""
        lag = Decimal(self._int(wait, "LinkLag") or 0) / 10
        form = self._int(wait, "LagFormat")
        if form in mspdi.LAG_IN_PERCENT and lag:
            self._wrong(row, "links", Flaw.PERCENT_LAG, before)
            return 0
        if form in mspdi.ELAPSED and lag:
            lag = self._worked(abs(lag)).copy_sign(lag)
            self._wrong(row, "links", Flaw.ELAPSED, before)
        elif lag % self.minutes:
            self._wrong(row, "links", Flaw.PARTIAL_DAY, before)
        return math.ceil(abs(lag) / self.minutes) * (1 if lag >= 0 else -1)

    def _known(
        self, links: list[SharedLink], uids: set[str], tasks: list[SharedTask]
    ) -> list[SharedLink]:
        rows = {task.uid: task.row for task in tasks}
        found: dict[tuple[str, str], SharedLink] = {}
        for link in links:
            if link.before not in uids or (link.before, link.after) in found:
                self._wrong(rows[link.after], "links", Flaw.LINK, link.before)
            else:
                found[link.before, link.after] = link
        return list(found.values())

    def _owners(self) -> dict[str, str]:
        """Of each task the first of its people."""
        names = {
            _text(one, "UID"): _text(one, "Name")
            for one in self.root.iterfind(f"{_N}Resources/{_N}Resource")
        }
        found: dict[str, str] = {}
        for one in self.root.iterfind(f"{_N}Assignments/{_N}Assignment"):
            name = names.get(_text(one, "ResourceUID"), "")
            if name:
                found.setdefault(_text(one, "TaskUID"), name[:200])
        return found

    def _calendar(self) -> tuple[list[SharedDay], bool]:
        wanted = _text(self.root, "CalendarUID") or "1"
        for calendar in self.root.iterfind(f"{_N}Calendars/{_N}Calendar"):
            if _text(calendar, "UID") == wanted:
                week = list(calendar.iterfind(f"{_N}WeekDays/{_N}WeekDay"))
                worked = {_text(day, "DayType") for day in week if _text(day, "DayWorking") in _YES}
                days, rules = _exceptions(calendar)
                for name in rules[:20]:
                    self._wrong(0, "days", Flaw.RECURRING, name)
                return days, {"1", "7"} <= worked
        return [], False

    def _date(self, element: Element, row: int, name: str) -> date | None:
        text = _text(element, name)
        day = _day(text)
        if text and day is None and text != "NA":
            self._wrong(row, name, Flaw.DATE, text)
        return day

    def _int(self, element: Element, name: str) -> int | None:
        text = _text(element, name)
        bare = text.removeprefix("-")
        return int(text) if bare.isdecimal() and bare.isascii() and len(bare) < 12 else None

    def _wrong(self, row: int, column: str, flaw: Flaw, value: str = "") -> None:
        self.problems.append(Problem(row, column, flaw, value[:100]))


def _exceptions(calendar: Element) -> tuple[list[SharedDay], list[str]]:
    """Days of both ways to write them: Exceptions (2007 and later), days of type 0 (2003).

    Beside them the names of those that come back by a rule that is not read.
    """
    found = list(calendar.iterfind(f"{_N}Exceptions/{_N}Exception"))
    week = calendar.iterfind(f"{_N}WeekDays/{_N}WeekDay")
    found += [day for day in week if _text(day, "DayType") == "0"]
    told: dict[date, SharedDay] = {}
    rules: list[str] = []
    for one in found:
        period = one.find(f"{_N}TimePeriod")
        first = _day(_text(period, "FromDate")) if period is not None else None
        last = _day(_text(period, "ToDate")) if period is not None else None
        name = _text(one, "Name")[:100]
        if first is None or last is None:
            continue
        days = _days_of(one, first, last)
        if days is None:
            rules.append(name or first.isoformat())
        for day in days or ():
            if len(told) >= MOST_EXCEPTIONS:
                break
            told.setdefault(day, SharedDay(day, _text(one, "DayWorking") in _YES, name))
    return sorted(told.values(), key=lambda one: one.day), rules


def _days_of(one: Element, first: date, last: date) -> list[date] | None:
    """The days of one exception; None where it comes back by a rule that is not read."""
    rule = _text(one, "Type") or _DAILY
    if rule == _YEARLY and (first.month, first.day) == (last.month, last.day):
        return [
            date(year, first.month, first.day)
            for year in range(first.year, min(last.year, first.year + 50) + 1)
            if (first.month, first.day) != (2, 29) or year % 4 == 0
        ]
    if rule != _DAILY or _text(one, "Period") not in {"", "0", "1"}:
        return None
    times = _text(one, "Occurrences")
    if _text(one, "EnteredByOccurrences") in _YES and times.isdecimal():
        last = min(last, first + timedelta(days=min(int(times[:6]), 366) - 1))
    return [first + timedelta(days=n) for n in range(min((last - first).days + 1, 366))]


def _kinds(tasks: list[SharedTask]) -> list[SharedTask]:
    """What holds others is a task, whatever its length says."""
    holders = {task.parent for task in tasks}
    return [replace(task, kind="task") if task.uid in holders else task for task in tasks]


def _text(element: Element, name: str) -> str:
    return (element.findtext(f"{_N}{name}") or "").strip()


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None


def _own(text: str) -> int | None:
    number = text.removeprefix(mspdi.MARK)
    known = text.startswith(mspdi.MARK) and number.isdecimal() and number.isascii()
    return int(number) if known and len(number) < 18 else None
