"""A plan of 5,000 tasks and 8,000 links: opening it, its data, scheduling it anew. CPU time."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
from django.db import transaction
from django.test import Client
from django.test.utils import setup_test_environment
from tests.bench.row import Row

from shangdun.actions.create_user import do_create_user
from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.schedule.activity import LinkKind
from shangdun.records.actor import SETUP
from shangdun.records.models import PlanLink, PlanTask, Programme, User
from shangdun.records.roles import Role
from shangdun.records.schedule import calendar_of, network_of, reckoned

TASKS, LINKS = 5_000, 8_000
OPENS_MS, RESCHEDULES_MS = 300.0, 1_000.0
TRIES = 7
START = date(2026, 1, 5)
NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


def main() -> None:
    user = do_create_user(SETUP, username="lead", roles=list(Role)).user
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user = User.objects.get(pk=user.pk)
    wanted = NewProgramme(title="Plan", language="en", starts_on=START)
    programme = do_create_programme(user, wanted)
    fill(programme)
    first = _cpu(lambda: _reschedule(programme), once=True)
    setup_test_environment()  # the test client has a host name of its own
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    room = f"/programmes/{programme.number}/schedule/"
    size = len(client.get(f"{room}data/").content) / 1024
    leaf = PlanTask.objects.filter(programme=programme, parent__isnull=False).order_by("position")[
        0
    ]
    drag = {"task": leaf.pk, "starts": str((date(2026, 2, 2) - date(1970, 1, 1)).days)}
    network = network_of(programme)
    calendar_of(programme)
    rows = [
        _row("schedule: the page", _cpu(lambda: client.get(room)), OPENS_MS),
        _row(
            "schedule: the page and its chart's data",
            _cpu(lambda: (client.get(room), client.get(f"{room}data/"))),
            OPENS_MS,
            f"{size:,.0f} KiB of JSON",
        ),
        _row(
            "schedule: the first 200 rows as a table",
            _cpu(lambda: client.get(f"{room}table/")),
            OPENS_MS,
        ),
        _row("schedule: reckoned in memory", _cpu(lambda: reckoned(programme, START, network))),
        _row(
            "rescheduled, every row new",
            first,
            RESCHEDULES_MS,
            "read, reckoned, 5,000 rows written",
        ),
        _row(
            "rescheduled, all of it moved by a day",
            _cpu(lambda: _moved(programme)),
            RESCHEDULES_MS,
            "read, reckoned, written",
        ),
        _row(
            "a drag tried, nothing kept",
            _cpu(lambda: client.post(f"{room}try/", drag)),
            RESCHEDULES_MS,
            "reckoned before and after",
        ),
    ]
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def fill(programme: Programme) -> None:
    """Summaries of twenty rows; links forwards among the next two hundred, of all kinds."""
    pick = random.Random(6)
    tasks: list[PlanTask] = []
    for n in range(TASKS):
        parent = tasks[n - n % 20] if n % 20 else None
        kind = "subtask" if parent else "task"
        tasks.append(
            PlanTask(
                programme=programme, position=n + 1, code=str(n + 1), title=f"Task {n + 1}",
                kind=kind, parent=parent, days=pick.randint(1, 8),
                due=date(2027, 6, 1) if n % 3 == 0 else None,
            )
        )  # fmt: skip
        if not parent:
            tasks[-1].save()
    PlanTask.objects.bulk_create([task for task in tasks if task.pk is None], batch_size=500)
    ids = list(
        PlanTask.objects.filter(programme=programme, parent__isnull=False)
        .order_by("position")
        .values_list("pk", flat=True)
    )
    ends: set[tuple[int, int]] = set()
    while len(ends) < LINKS:
        one = pick.randrange(len(ids) - 1)
        ends.add((one, min(one + pick.randint(1, 200), len(ids) - 1)))
    kinds = [*["FS"] * 5, "SS", "FF", "SF"]
    links = [
        PlanLink(
            programme=programme, before_id=ids[one], after_id=ids[two],
            kind=LinkKind(pick.choice(kinds)).value, lag=pick.randint(-2, 4),
        )
        for one, two in sorted(ends) if one != two
    ]  # fmt: skip
    PlanLink.objects.bulk_create(links, batch_size=500)


def _reschedule(programme: Programme) -> None:
    with transaction.atomic():
        reschedule(programme, NOW)


def _moved(programme: Programme) -> None:
    day = 5 if programme.starts_on.day == 6 else 6
    programme.starts_on = programme.starts_on.replace(day=day)
    _reschedule(programme)


def _cpu(do: Callable[[], object], *, once: bool = False) -> float:
    """Milliseconds of CPU, the median of some tries."""
    spent = []
    for _try in range(1 if once else TRIES):
        started = time.process_time()
        do()
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)


def _row(what: str, value: float, bar: float | None = None, note: str = "") -> Row:
    told = f"{TASKS:,} tasks, {LINKS:,} links" + (f"; {note}" if note else "")
    return Row(what, value, "ms CPU", bar, at_least=False, note=told)
