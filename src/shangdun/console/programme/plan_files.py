"""What a plan's file says and would do, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.exchange.plan import Flaw, Problem
from shangdun.records.plan_exchange import Change

COLUMNS: dict[str, str | Promise] = {
    "id": "ID",
    "code": _("No."),
    "title": _("Task"),
    "kind": _("Kind"),
    "days": pgettext_lazy("length", "Working days"),
    "not_before": _("Not before"),
    "due": _("Due"),
    "starts_on": _("Start"),
    "ends_on": _("End"),
    "links": _("Waits for"),
    "owner": _("Owner"),
    "owner_id": _("Owner"),
    "progress": _("Progress"),
    "began_on": _("Began"),
    "done_on": _("Done"),
    "note": _("Note"),
    "description": _("Note"),
}
FLAWS: dict[Flaw, tuple[str | Promise, str | Promise]] = {
    Flaw.MISSING: (_("is missing"), _("Write it.")),
    Flaw.LONG: (_("is too long"), _("Shorten it: 200 characters for a name, 5,000 for a note.")),
    Flaw.DATE: (_("is no date"), _("Write it as 2026-03-09 or format the cell as a date.")),
    Flaw.NUMBER: (_("is no number that fits"), _("Write a whole number.")),
    Flaw.FORMULA: (
        _("is a formula"),
        _("Formulas are not reckoned here: copy the column and paste it as values."),
    ),
    Flaw.MERGED: (_("is a merged cell"), _("Unmerge it and fill every row.")),
    Flaw.DUPLICATE: (_("stands in a row above already"), _("Give each task a number of its own.")),
    Flaw.PARENT: (
        _("hangs below a task that is not there"),
        _("Put the task it belongs to into a row above."),
    ),
    Flaw.DEEP: (
        _("stands deeper than a programme goes"),
        _("Six levels at most: hang it higher, or make a programme of that part."),
    ),
    Flaw.LINK: (
        _("is no link to a task of this file"),
        _("Write the other task's number: 1.2, 1.2SS, 1.2FS+3."),
    ),
    Flaw.KIND: (_("is no kind of task"), _("Write task, subtask or milestone.")),
    Flaw.ORDER: (_("lies before the day it began"), _("Mend one of the two days.")),
    Flaw.DATE_AS_TEXT: (_("is text, read as a date"), _("Look whether the day is right.")),
    Flaw.CROSS_PROJECT: (_("links into another file"), _("The link is left out.")),
    Flaw.PARTIAL_DAY: (_("is no whole number of days"), _("Rounded up to whole working days.")),
    Flaw.ELAPSED: (
        _("counts days round the clock"),
        _("Turned into working days, five a week."),
    ),
    Flaw.PERCENT_LAG: (
        _("is a lag in percent"),
        _("The link is taken in without it: write the lag in days."),
    ),
    Flaw.INACTIVE: (_("is inactive in the file"), _("It is left out.")),
    Flaw.RECURRING: (
        _("comes back by a rule in the file's calendar"),
        _("These days are not read: enter them as days off."),
    ),
    Flaw.OUT: (_("links to a task that is left out"), _("The link is left out.")),
    Flaw.CONSTRAINT: (
        _("is a constraint that is not kept here"),
        _("The task is planned as early as possible."),
    ),
}


class Row(NamedTuple):
    """One thing that is wrong: where, what, how to mend it."""

    row: int
    column: str | Promise
    value: str
    flaw: str | Promise
    fix: str | Promise
    warning: bool


def problem_rows(problems: Iterable[Problem]) -> list[Row]:
    """The problems of a file, those that stop a row first."""
    found = [
        Row(
            one.row,
            COLUMNS.get(one.column, one.column),
            one.value,
            *FLAWS[one.flaw],
            warning=one.warning,
        )
        for one in problems
    ]
    return sorted(found, key=lambda one: (one.warning, one.row))


class Changed(NamedTuple):
    """One task that changes, field by field."""

    change: Change
    fields: list[tuple[str | Promise, str, str]]


def changed_rows(changes: Iterable[Change], people: dict[int, str]) -> list[Changed]:
    """What becomes of tasks that are there."""
    return [
        Changed(
            change,
            [
                (COLUMNS.get(name, name), _plain(name, was, people), _plain(name, value, people))
                for name, (was, value) in change.fields.items()
            ],
        )
        for change in changes
    ]


def _plain(name: str, value: Any, people: dict[int, str]) -> str:  # noqa: ANN401 - a field of any type
    if value in {None, ""}:
        return "—"
    if name == "owner_id":
        return people.get(value, "—")
    if name in {"not_before", "due"}:
        return date_format(value)
    return str(value)[:200]
