"""What a programme needs: people, materials, money."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shangdun.actions.resources.assign import do_assign
from shangdun.actions.resources.keep import NewResource, do_add_resource
from shangdun.actions.resources.money import (
    NewEntry,
    NewLine,
    do_add_budget_line,
    do_add_money_entry,
)
from shangdun.actions.resources.rebalance import fingerprint, handed_over
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.money.budget import Kind
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import PlanTask, Programme, Resource
from shangdun.records.resources import levelled
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
CLOCK = FixedClock(NOW)
LINE = NewLine(title="Firewall", planned=Decimal(1000))
BOUND = NewEntry(kind=Kind.COMMITTED, amount=Decimal(100), day=date(2026, 3, 2), what="offer")


def _person(name: str = "Expert") -> Resource:
    return do_add_resource(SETUP, NewResource(kind="person", name=name, external=True))


def _programme(owner: Any = None) -> Programme:
    programme = Programme.objects.create(
        number=701, title="Plan", language="en", starts_on=date(2026, 3, 2), created_at=NOW,
        calendar="week",
    )  # fmt: skip
    for place in (1, 2):
        PlanTask.objects.create(
            programme=programme, position=place, code=str(place), title=f"Task {place}", days=5,
            importance=place, owner=owner,
        )  # fmt: skip
    reschedule(programme, NOW)
    return programme


def _full() -> tuple[Programme, Resource]:
    """One person has all of two tasks in the same week."""
    programme, person = _programme(), _person()
    for task in programme.tasks.all():
        do_assign(SETUP, task_id=task.pk, number=person.number, amount=100)
    return programme, person


def _level(world: Any) -> Case:
    programme, _who = _full()
    seen = fingerprint(levelled(programme, NOW.date()))
    return (), {"number": programme.number, "seen": seen, "clock": CLOCK}


def _hand(world: Any) -> Case:
    programme, giver = _full()
    taker = _person("Other")
    task = programme.tasks.earliest("position")
    found = handed_over(SETUP, task, giver.number, taker.number, NOW.date())
    return (), {"task_id": task.pk, "giver": giver.number, "taker": taker.number,
                "seen": fingerprint(found), "clock": CLOCK}  # fmt: skip


def _assign(world: Any) -> Case:
    task = _programme().tasks.earliest("position")
    return (), {"task_id": task.pk, "number": _person().number, "amount": 50}


def _line(title: str = "Firewall", programme: Programme | None = None) -> dict[str, Any]:
    programme = programme or _programme()
    wanted = NewLine(title=title, planned=Decimal(1000))
    line = do_add_budget_line(SETUP, wanted, number=programme.number)
    return {"number": programme.number, "line_number": line.number}


def _cancel(world: Any) -> Case:
    where = _line()
    entry = do_add_money_entry(SETUP, BOUND, **where)
    return (), {"number": where["number"], "entry_id": entry.pk, "reason": "a mistake"}


def _move(world: Any) -> Case:
    programme = _programme()
    giver, taker = _line("A", programme), _line("B", programme)
    numbers = {"giver": giver["line_number"], "taker": taker["line_number"]}
    return (), {"number": programme.number, "amount": Decimal(10), "reason": "dearer", **numbers}


CASES = {
    "add_resource": lambda world: ((NewResource(kind="material", name="Scanner"),), {}),
    "change_resource": lambda world: (
        (NewResource(kind="person", name="Better", external=True),),
        {"number": _person().number},
    ),
    "archive_resource": lambda world: ((), {"number": _person().number}),
    "assign": _assign,
    "assign_owners": lambda world: ((), {"number": _programme(world.boss).number, "share": 40}),
    "level_programme": _level,
    "hand_over_work": _hand,
    "add_budget_line": lambda world: ((LINE,), {"number": _programme().number}),
    "change_budget_line": lambda world: ((NewLine(title="Edge", planned=Decimal(2)),), _line()),
    "archive_budget_line": lambda world: ((), _line()),
    "add_money_entry": lambda world: ((BOUND,), _line()),
    "cancel_money_entry": _cancel,
    "move_budget": _move,
}
BOSS = {Role.LEADERSHIP}
MAY = dict.fromkeys(CASES, BOSS)
ACTORS = dict.fromkeys(CASES, SETUP)
