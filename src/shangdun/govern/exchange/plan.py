"""A plan as it goes from one program to another, and what may be wrong with one that comes in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from shangdun.govern.schedule.activity import LinkKind

MOST = 10_000
"""Tasks of one plan: twice what is promised to stay quick."""
LARGEST = 20 << 20
"""Bytes of a file."""
LONGEST_TITLE = 200
LONGEST_TEXT = 5_000
MOST_DAYS = 2_500
FARTHEST = 1_000
"""Working days of a lag."""
MOST_LINKS = 40_000
DEEPEST = 6
"""Levels of a programme: what hangs deeper is not taken in, as nobody may hang it there by hand."""


class Flaw(StrEnum):
    """What is wrong with a cell or an element, for the page to say it with its fix."""

    MISSING = "missing"
    LONG = "long"
    DATE = "date"
    """No date can be read there."""
    NUMBER = "number"
    FORMULA = "formula"
    """A formula: its result is not known here."""
    MERGED = "merged"
    """A merged cell: only its first row holds the value."""
    DUPLICATE = "duplicate"
    """The same code or id stands in a row above."""
    PARENT = "parent"
    """What it hangs below is not in the plan."""
    DEEP = "deep"
    """It stands deeper than a programme goes."""
    LINK = "link"
    """No link can be read there, or it leads nowhere."""
    KIND = "kind"
    ORDER = "order"
    """Its end lies before its beginning."""
    DATE_AS_TEXT = "date_as_text"
    """A warning: a date kept as text was read as a date."""
    CROSS_PROJECT = "cross_project"
    """A warning: a link into another file is left out."""
    PARTIAL_DAY = "partial_day"
    """A warning: hours were rounded up to whole days."""
    ELAPSED = "elapsed"
    """A warning: days round the clock were turned into working days."""
    PERCENT_LAG = "percent_lag"
    """A warning: a lag in percent of a task is not kept; the link is."""
    INACTIVE = "inactive"
    """A warning: the file keeps it, and does not plan it."""
    RECURRING = "recurring"
    """A warning: days of a calendar that come back by a rule are not read."""
    OUT = "out"
    """A warning: a link to something that is not taken in is left out."""
    CONSTRAINT = "constraint"
    """A warning: a constraint that is not kept, as late as possible for one."""


WARNINGS = frozenset(
    {Flaw.DATE_AS_TEXT, Flaw.CROSS_PROJECT, Flaw.PARTIAL_DAY, Flaw.CONSTRAINT, Flaw.ELAPSED,
     Flaw.PERCENT_LAG, Flaw.INACTIVE, Flaw.RECURRING, Flaw.OUT}
)  # fmt: skip


class Problem(msgspec.Struct, frozen=True):
    """What is wrong where: the row of the sheet (or the task's place in the file), the column."""

    row: int
    column: str
    flaw: Flaw
    value: str = ""

    @property
    def warning(self) -> bool:
        """Whether the row can be taken in all the same."""
        return self.flaw in WARNINGS


class SharedTask(msgspec.Struct, frozen=True, kw_only=True):
    """One task in a file; ``uid`` is what the file calls it, ``own`` our id if it came from us."""

    row: int
    uid: str
    own: int | None = None
    code: str = ""
    parent: str = ""
    """The uid of what it hangs below."""
    title: str
    kind: str = "subtask"
    """``task``, ``subtask``, ``milestone`` as in the records."""
    days: int = 1
    not_before: date | None = None
    due: date | None = None
    began_on: date | None = None
    done_on: date | None = None
    progress: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    baseline_start: date | None = None
    baseline_end: date | None = None
    slack: int | None = None
    critical: bool = False
    owner: str = ""
    note: str = ""


class SharedLink(msgspec.Struct, frozen=True):
    """``after`` waits for ``before``, both uids."""

    before: str
    after: str
    kind: LinkKind = LinkKind.FS
    lag: int = 0


class SharedDay(msgspec.Struct, frozen=True):
    """A day otherwise than in a plain week."""

    day: date
    worked: bool
    name: str = ""


class SharedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A whole plan, tasks in their order, parents before what they hold."""

    title: str
    starts_on: date | None = None
    own: int | None = None
    """The number of the programme it was written from."""
    tasks: list[SharedTask]
    links: list[SharedLink] = []
    days: list[SharedDay] = []
    """Holidays and make-up days of its calendar."""
    every_day: bool = False
    """Its calendar works at weekends."""
    problems: list[Problem] = []
    given: list[str] = []
    """Of a sheet: the fields that it has columns for; of others it changes nothing. Empty: all."""
    sheet: str = ""
    """Of a workbook with several sheets: the one that was read."""
    columns_out: list[str] = []
    """Headings of columns of which nothing is taken in."""

    @property
    def wrong_rows(self) -> frozenset[int]:
        """Rows that cannot be taken in; a problem of row 0 is the whole file's."""
        return frozenset(problem.row for problem in self.problems if not problem.warning)


def takeable(plan: SharedPlan) -> SharedPlan:
    """The plan without the rows that are wrong, what hangs below them, and links to either."""
    wrong = plan.wrong_rows
    kept: dict[str, SharedTask] = {}
    for task in plan.tasks:
        if task.row not in wrong and (not task.parent or task.parent in kept):
            kept[task.uid] = task
    links = [link for link in plan.links if link.before in kept and link.after in kept]
    return msgspec.structs.replace(plan, tasks=list(kept.values()), links=links)


def checked(plan: SharedPlan) -> SharedPlan:
    """The plan with what is wrong between its rows added: doubles, parents, links, order."""
    found = [*plan.problems, *_doubles(plan.tasks), *_parents(plan.tasks), *_orders(plan.tasks)]
    return msgspec.structs.replace(plan, problems=sorted(set(found), key=_by_row))


def _by_row(problem: Problem) -> tuple[int, str, str]:
    return (problem.row, problem.column, problem.flaw)


def _doubles(tasks: Iterable[SharedTask]) -> Iterable[Problem]:
    uids: set[str] = set()
    codes: set[str] = set()
    for task in tasks:
        if task.uid in uids:
            yield Problem(task.row, "id", Flaw.DUPLICATE, task.uid)
        if task.code and task.code in codes:
            yield Problem(task.row, "code", Flaw.DUPLICATE, task.code)
        uids.add(task.uid)
        codes.add(task.code)


def _parents(tasks: Iterable[SharedTask]) -> Iterable[Problem]:
    levels: dict[str, int] = {"": 0}
    for task in tasks:
        if task.parent not in levels:
            yield Problem(task.row, "code", Flaw.PARENT, task.parent)
        level = levels.get(task.parent, 0) + 1
        if level > DEEPEST:
            yield Problem(task.row, "code", Flaw.DEEP, task.code)
        levels[task.uid] = level


def _orders(tasks: Iterable[SharedTask]) -> Iterable[Problem]:
    for task in tasks:
        if task.began_on and task.done_on and task.done_on < task.began_on:
            yield Problem(task.row, "done_on", Flaw.ORDER, task.done_on.isoformat())
