"""A plan of five tasks: two in a row below a task, a milestone after them, one alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.link import do_link_tasks
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import PlanTask, Programme, User
from shangdun.records.roles import Role

JANUARY = datetime(2026, 1, 5, 2, tzinfo=UTC)


@pytest.fixture
def at() -> FixedClock:
    return FixedClock(JANUARY)


@pytest.fixture
def lead(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="wang")


@pytest.fixture
def plan(lead: User, at: FixedClock) -> Programme:
    wanted = NewProgramme(title="Plan", language="en", starts_on=date(2026, 1, 5), calendar="week")
    made = do_create_programme(lead, wanted, clock=at)
    rows = [
        ("1", "Assess", "task", 1),
        ("1.1", "Collect", "subtask", 5),
        ("1.2", "Judge", "subtask", 3),
        ("M1", "Judged", "milestone", 0),
        ("2", "Train", "subtask", 2),
    ]
    above = None
    for position, (code, title, kind, days) in enumerate(rows, 1):
        task = PlanTask.objects.create(
            programme=made, position=position, code=code, title=title, kind=kind, days=days,
            parent=above if code.startswith("1.") else None,
        )  # fmt: skip
        above = above or task
    for before, after in (("1.1", "1.2"), ("1.2", "M1")):
        do_link_tasks(
            lead, before_id=task_of(made, before).pk, after_id=task_of(made, after).pk, clock=at
        )
    return made


def task_of(programme: Programme, code: str) -> PlanTask:
    return PlanTask.objects.get(programme=programme, code=code, archived_at=None)
