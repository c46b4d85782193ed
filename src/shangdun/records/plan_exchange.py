"""A programme as a plan that goes out, and what a plan that comes in would change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shangdun.govern.exchange.plan import (
    SharedDay,
    SharedLink,
    SharedPlan,
    SharedTask,
    takeable,
)
from shangdun.govern.schedule.activity import LinkKind
from shangdun.govern.schedule.calendar import CalendarKey, DayKind
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    PlanImport,
    PlanLink,
    PlanTask,
    PlanTaskKind,
    Programme,
    User,
)
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of

FIELDS = ("title", "days", "not_before", "due", "description", "owner")
"""What an import changes of a task that is there. Its state is not a file's to say."""
_AROUND = timedelta(days=366)


def shared_plan(programme: Programme) -> SharedPlan:
    """The programme as it is written into files; the caller fetched it with permission."""
    rows = PlanTask.objects.filter(programme=programme, archived_at=None)
    tasks = list(rows.select_related("owner").order_by("position", "pk"))
    there = {task.pk for task in tasks}
    holders = {task.parent_id for task in tasks}
    links = PlanLink.objects.filter(programme=programme, before__in=there, after__in=there)
    return SharedPlan(
        title=programme.title,
        starts_on=programme.starts_on,
        own=programme.number,
        tasks=[_shared(task, there, task.pk in holders) for task in tasks],
        links=[
            SharedLink(str(before), str(after), LinkKind(kind), lag)
            for before, after, kind, lag in links.order_by("pk").values_list(
                "before_id", "after_id", "kind", "lag"
            )
        ],
        days=_days(programme, tasks),
        every_day=programme.calendar == CalendarKey.ALL,
    )


def _shared(task: PlanTask, there: set[int], holds: bool) -> SharedTask:  # noqa: FBT001 - private
    return SharedTask(
        row=task.position,
        uid=str(task.pk),
        own=task.pk,
        code=task.code,
        parent=str(task.parent_id) if task.parent_id in there else "",
        title=task.title,
        kind="task" if holds else task.kind,
        days=task.days,
        not_before=task.not_before,
        due=task.due,
        began_on=task.began_on,
        done_on=task.done_on,
        progress=task.progress,
        starts_on=task.starts_on,
        ends_on=task.ends_on,
        baseline_start=task.baseline_start,
        baseline_end=task.baseline_end,
        slack=task.slack,
        critical=task.slack is not None and task.slack <= 0,
        owner=_name(task.owner) if task.owner else "",
        note=task.description,
    )


def _days(programme: Programme, tasks: list[PlanTask]) -> list[SharedDay]:
    if programme.calendar == CalendarKey.ALL:
        return []
    ends = [task.ends_on for task in tasks if task.ends_on] or [programme.starts_on]
    starts = [task.starts_on for task in tasks if task.starts_on] or [programme.starts_on]
    first, last = min(starts), max(ends) + _AROUND
    found = calendar_of(programme).holidays(first, last)
    return [SharedDay(day, kind is DayKind.MAKE_UP) for day, kind in found]


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


@dataclass(frozen=True)
class Change:
    """What one row of a file does: a task more, or fields of one that is there."""

    task: SharedTask
    key: str
    """What a new task is remembered by."""
    owner: int | None
    there: PlanTask | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Field → (as it is, as it would be); only of a task that is there."""


@dataclass(frozen=True)
class Proposal:
    """What taking a plan in would do; only links between tasks of the file are ever removed."""

    changes: list[Change]
    """One for each row that can be taken in, in their order."""
    links: list[SharedLink]
    """By uid of the file: those to be there between its tasks."""
    unknown: tuple[str, ...]
    """Names of owners nobody here has."""
    linked: bool = True
    """Whether the file says what waits for what: a sheet without the column leaves links alone."""

    @property
    def new(self) -> list[Change]:
        return [change for change in self.changes if change.there is None]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.there is not None and change.fields]


def proposal(programme: Programme, plan: SharedPlan) -> Proposal:
    """How the rows that can be taken in meet the tasks that are there."""
    plan = takeable(plan)
    rows = PlanTask.objects.filter(programme=programme, archived_at=None).select_related("owner")
    by_id = {task.pk: task for task in rows}
    by_key = {task.key: task for task in by_id.values() if task.key.startswith("import:")}
    by_code = {(task.code, task.title): task for task in by_id.values()}
    people = _people()
    own_file = plan.own in {None, programme.number}
    changes: list[Change] = []
    unknown: dict[str, None] = {}
    for one in plan.tasks:
        there = by_id.get(one.own) if one.own and own_file else None
        there = there or by_key.get(import_key(plan, one)) or by_code.get((one.code, one.title))
        owner = people.get(one.owner.casefold())
        if one.owner and owner is None:
            unknown[one.owner] = None
        fields = _differences(there, one, owner, plan.given) if there else {}
        changes.append(Change(one, import_key(plan, one), owner, there, fields))
    linked = not plan.given or "links" in plan.given
    return Proposal(changes, plan.links, tuple(unknown), linked)


def import_key(plan: SharedPlan, task: SharedTask) -> str:
    """What a task from another's file is remembered by, so that the file again changes nothing.

    Project's UIDs hold within one project; a row of a sheet is told by its number and name.
    """
    of_sheet = task.uid.startswith("row")
    told = f"{task.code}\0{task.title}" if of_sheet else f"{plan.title}\0{task.uid}"
    return f"import:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:24]}"


_COLUMN = {"description": "note", "owner_id": "owner"}
"""What a file calls fields of ours."""


def _people() -> dict[str, int]:
    """Active people by full name and by account, where the name is one person's alone."""
    found: dict[str, int | None] = {}
    for user in User.objects.filter(is_active=True).order_by("pk"):
        for name in {user.get_full_name().casefold(), user.get_username().casefold()} - {""}:
            found[name] = None if name in found else user.pk
    return {name: pk for name, pk in found.items() if pk is not None}


def _differences(
    there: PlanTask, one: SharedTask, owner: int | None, given: Sequence[str]
) -> dict[str, tuple[Any, Any]]:
    """Field → what it is, what it would be; a column that the file lacks says nothing of it."""
    wanted: dict[str, Any] = {
        "title": one.title,
        "not_before": one.not_before,
        "due": one.due,
        "description": one.note,
    }
    if there.kind != PlanTaskKind.MILESTONE and one.kind == "subtask":
        wanted["days"] = one.days
    if owner is not None:
        wanted["owner_id"] = owner
    return {
        name: (getattr(there, name), value)
        for name, value in wanted.items()
        if getattr(there, name) != value and (not given or _COLUMN.get(name, name) in given)
    }


def get_import(actor: Actor, programme: Programme, import_id: int) -> PlanImport:
    """One file somebody brought. Raises ``NotFound``."""
    require(actor, Capability.MANAGE_PROGRAMMES)
    found = PlanImport.objects.filter(programme=programme, pk=import_id).first()
    if found is None:
        raise NotFound(f"there is no import {import_id}", fix="bring the file again")
    return found
