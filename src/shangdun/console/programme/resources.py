"""A programme's people, materials and money for their pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.load.levelling import Levelled
from shangdun.govern.load.weeks import Week
from shangdun.govern.schedule.calendar import WorkCalendar
from shangdun.govern.schedule.compare import Effect, effect
from shangdun.records.actor import Actor
from shangdun.records.models import PlanTask, Programme, Resource
from shangdun.records.money import LineStanding
from shangdun.records.resources import PersonLoad
from shangdun.records.roles import Capability
from shangdun.records.schedule import network_of

WEEKS = 12
_PLAN = Capability.VIEW_PROGRAMMES
TABS = (
    ("people", "resources", pgettext_lazy("resource", "People"), "user-group", _PLAN),
    ("materials", "resources_materials", _("Materials"), "cube", _PLAN),
    ("money", "resources_money", _("Money"), "banknotes", Capability.VIEW_MONEY),
)


def tabs(actor: Actor) -> list[tuple[Any, ...]]:
    """The places below a programme's resources that this person may see."""
    return [tab for tab in TABS if actor.can(tab[4])]


@dataclass(frozen=True)
class Cell:
    """A person's week in the table."""

    week: Week
    text: str
    look: str
    """``bad`` above the capacity, ``warn`` from 80 per cent, ``soft`` where nothing is asked."""
    says: list[tuple[PlanTask | None, int]]
    """Tasks with their share of the week in per cent of what there is; None: not readable here."""


def cells_of(one: PersonLoad) -> list[Cell]:
    """The weeks of a person."""
    return [_cell(week, one) for week in one.weeks]


def _cell(week: Week, one: PersonLoad) -> Cell:
    percent = week.percent
    text = "!" if percent is None else f"{percent}%"
    look = "bad" if week.overloaded else "warn" if percent and percent >= 80 else ""
    if not week.load:
        text, look = ("–" if not week.capacity else ""), "soft"
    says = [
        (one.tasks.get(int(str(key))), round(100 * load / week.capacity) if week.capacity else load)
        for key, load in week.tasks.items()
    ]
    return Cell(week, text, look, says)


@dataclass(frozen=True)
class MovedTask:
    """A task whose dates change."""

    task: PlanTask
    starts_on: date
    ends_on: date
    waits: bool
    """It is moved itself; the others follow."""
    person: Resource | None
    favours: list[PlanTask]
    breaks: bool
    """Its due date held before and does not any more."""
    keeps: bool


@dataclass(frozen=True)
class Proposal:
    """What a re-allocation would do to the dates."""

    moved: list[MovedTask]
    effect: Effect
    ends_before: date
    ends_after: date
    left: list[tuple[Resource, Week]]
    complete: bool


def proposal_of(programme: Programme, found: Levelled, calendar: WorkCalendar) -> Proposal:
    """A levelled plan beside the dates as they are stored now."""
    changes = effect(found.before, found.after, network_of(programme).activities, calendar)
    tasks = {one.pk: one for one in programme.tasks.filter(archived_at=None)}
    numbers = {int(str(move.person)) for move in found.moves}
    numbers |= {int(str(week.person)) for week in found.left}
    people = {one.pk: one for one in Resource.objects.filter(pk__in=numbers)}
    waits = {move.task: move for move in found.moves}
    moved = []
    for key, span in changes.moved.items():
        task = tasks.get(int(str(key)))
        if task is None or task.kind == "task":
            continue
        move = waits.get(key)
        moved.append(
            MovedTask(
                task, span.starts_on, span.ends_on, move is not None,
                people.get(int(str(move.person))) if move else None,
                _tasks(move.favours, tasks) if move else [],
                key in changes.broken, key in changes.kept,
            )
        )  # fmt: skip
    moved.sort(key=lambda one: (not one.waits, one.starts_on, one.task.position))
    left = [(people[int(str(week.person))], week) for week in found.left]
    return Proposal(moved, changes, found.before.ends_on, found.after.ends_on, left, found.complete)


def _tasks(keys: Iterable[object], tasks: dict[int, PlanTask]) -> list[PlanTask]:
    return [tasks[int(str(key))] for key in keys if int(str(key)) in tasks]


@dataclass(frozen=True)
class Bar:
    """A line's parts in per cent of the widest of planned and used."""

    spent: int
    committed: int


def bar_of(one: LineStanding) -> Bar:
    """For the bar beside a line."""
    position = one.position
    whole = max(position.planned, position.spent + position.committed)
    if not whole:
        return Bar(0, 0)
    return Bar(int(100 * position.spent / whole), int(100 * position.committed / whole))
