"""A programme of 5,000 tasks: its page, the list, a round of checks of what proves them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
from django.test import Client
from django.test.utils import setup_test_environment
from tests.bench.row import Row

from shangdun.actions.create_user import do_create_user
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import PlanCriterion, PlanTask, Programme, User
from shangdun.records.roles import Role
from shangdun.runtime.programme.completion import check_criteria

BAR_MS = 300.0
TASKS, BELOW = 20, 249
NOW = datetime(2026, 3, 16, 2, tzinfo=UTC)


def main() -> None:
    user = do_create_user(SETUP, username="bench", roles=list(Role)).user
    user.must_change_password = False
    user.save()
    setup_test_environment()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    fill(user)
    clock = FixedClock(NOW)
    rows = [
        Row(f"5,000 tasks: {name}", _cpu(work), "ms CPU", BAR_MS, at_least=False)
        for name, work in (
            ("the programme's page", lambda: _ask(client, "/programmes/1/")),
            ("what is late", lambda: _ask(client, "/programmes/1/?show=late")),
            ("the list of programmes", lambda: _ask(client, "/programmes/")),
        )
    ]
    check_criteria(clock)  # the first round writes what it found
    rows.append(Row("1,000 criteria looked at", _cpu(lambda: check_criteria(clock)), "ms CPU"))
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def fill(user: User) -> None:
    """Twenty tasks with 249 subtasks each; every fifth asks for evidence."""
    programme = Programme.objects.create(
        number=1, title="Long", language="en", starts_on=date(2026, 3, 2), created_at=NOW
    )
    tops = PlanTask.objects.bulk_create(
        PlanTask(
            programme=programme, kind="task", position=250 * n + 1, code=str(n + 1),
            title=f"Task {n + 1}", owner=user, due=date(2026, 12, 1),
        )
        for n in range(TASKS)
    )  # fmt: skip
    rows = PlanTask.objects.bulk_create(
        PlanTask(
            programme=programme, parent=top, position=top.position + m, code=f"{top.code}.{m}",
            title=f"Subtask {m}", description="What is done. " * 20, owner=user, days=3,
            due=date(2026, 3 + m % 9, 1 + m % 28),
        )
        for top in tops
        for m in range(1, BELOW + 1)
    )  # fmt: skip
    PlanCriterion.objects.bulk_create(
        PlanCriterion(task=row, kind="drill_held", params={"least": 1}) for row in rows[::5]
    )


def _ask(client: Client, path: str) -> None:
    if client.get(path).status_code != 200:
        raise AssertionError(path)


def _cpu(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(4):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return round(1000 * min(taken), 1)
