"""A security lead with colleagues, and the plan of the product in their hands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import PlanTask, Programme, User
from shangdun.records.roles import Role

MONDAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""Nine in the morning in Beijing."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def lead(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="lead")


@pytest.fixture
def chief(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="chief")


@pytest.fixture
def worker(somebody: Callable[..., User]) -> User:
    return somebody(Role.EMPLOYEE, name="worker")


@pytest.fixture
def programme(lead: User, worker: User, clock: FixedClock) -> Programme:
    wanted = NewProgramme(
        title="安全体系建设计划",
        language="zh-hans",
        starts_on=MONDAY,
        template="built-in:ecommerce",
        people={"lead": lead.pk, "operations": worker.pk},
    )
    return do_create_programme(lead, wanted, clock=clock)


@pytest.fixture
def task(programme: Programme) -> Callable[[str], PlanTask]:
    """One of its tasks by the template's key, as it stands now."""
    return lambda key: PlanTask.objects.select_related("programme").get(
        programme=programme, key=key
    )
