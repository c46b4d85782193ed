"""A playbook's automatic steps in a process of their own that dies where it is told.

``prepare URL`` makes a home with an incident, a lake and a run, and prints nothing. ``run POINT``
does steps until nothing is left to do by itself (or a minute has passed), then prints what is there
as JSON; at ``POINT`` it kills itself with SIGKILL, once in the life of a home: ``acted:KIND`` after
the step acted and before that is written down, ``decided`` between a decision and the rest of its
step. ``hand`` finishes by hand what waits for a person, and prints the same.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.config import load_config
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.records import boot

home = boot.start()
if sys.argv[1] == "prepare":
    boot.migrate(home)

from django.contrib.auth.models import Group as Roles  # noqa: E402  needs boot.start
from django.db import transaction  # noqa: E402
from tests.playbook_runs import Book, an_incident  # noqa: E402

from shangdun.actions.tasks import steps as step_actions  # noqa: E402
from shangdun.actions.tasks.begin import begin_run  # noqa: E402
from shangdun.actions.tasks.finish import Ended, do_finish_task  # noqa: E402
from shangdun.protect.customers import Customers  # noqa: E402
from shangdun.records.customers_file import customers_path  # noqa: E402
from shangdun.records.ledger_rows import entries  # noqa: E402
from shangdun.records.models import (  # noqa: E402
    Decision,
    Evidence,
    IncidentEntity,
    LedgerEntry,
    Message,
    PlaybookRun,
    StepAttempt,
    Task,
    User,
)
from shangdun.records.tasks import acting_tasks  # noqa: E402
from shangdun.runtime.response.steps import block  # noqa: E402
from shangdun.runtime.response.steps_runner import StepRunner  # noqa: E402

ADDRESS = "203.0.113.9"


def prepare(url: str) -> None:
    now = SystemClock().now()
    stamp = f"{now - timedelta(minutes=10):%d/%b/%Y:%H:%M:%S +0000}"
    line = f'{ADDRESS} - - [{stamp}] "GET /account?id=1 HTTP/1.1" 200 512 "-" "curl/8"'
    parsed = get_parser("combined").parse(Block(f"{line}\n".encode() * 5))
    frame = conform(parsed, source="shop", observed=to_millis(now), file_id="shop")
    Lake(lake_folder(home, load_config(home))).append(frame, app_id="test", version=1)
    shopper = {"customer": "li", "address": "198.51.100.20"}
    Customers.of([shopper], taken=to_millis(now)).save(customers_path(home))
    boss = User.objects.create(username="boss")
    boss.groups.set(Roles.objects.filter(name="leadership"))
    incident = an_incident()
    IncidentEntity.objects.create(
        incident=incident, kind="address", value=ADDRESS, first_time=now, last_time=now
    )
    book = Book("deadly").task(
        "block", automatic={"kind": "block", "entity": "address", "what": ADDRESS, "minutes": 90}
    )
    book.task("collect", automatic={"kind": "collect", "query": "entities", "hours": 24})
    book.http("put", f"PUT {url}/put").http("safe", f"POST {url}/safe", idempotent=True)
    book.task("notify", automatic={"kind": "notify", "groups": ["leadership"]})
    book.http("unsafe", f"POST {url}/unsafe").task("look")
    book.chain("start", "block", "collect", "put", "safe", "notify", "unsafe", "look", "end")
    with transaction.atomic():
        begin_run(incident, book.stored(), now)


def die_at(point: str) -> None:
    """Kill this process there, if it was not killed there before."""
    mark = home / f"died-{point.replace(':', '-')}"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(point: str) -> None:
    where, _, kind = point.partition(":")
    record, decide = step_actions.do_record_step, block.do_decide

    def of(task_id: int) -> bool:
        return Task.objects.get(pk=task_id).automatic == kind

    def recording(*args: Any, **given: Any) -> Any:
        attempt = StepAttempt.objects.get(pk=given["attempt_id"])
        if where == "acted" and of(attempt.task_id):
            die_at(point)
        return record(*args, **given)

    def deciding(*args: Any, **given: Any) -> Any:
        found = decide(*args, **given)
        if where == "decided":
            die_at(point)
        return found

    patched: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (step_actions, "do_record_step", recording),
        (block, "do_decide", deciding),
    )
    for module, name, function in patched:
        setattr(module, name, function)


def run(point: str) -> None:
    deadly(point)
    stop = threading.Event()
    runner = StepRunner(home, load_config(home), stop)
    runner.start()
    ends = time.monotonic() + 60
    while acting_tasks() and time.monotonic() < ends:
        time.sleep(0.1)
    stop.set()
    runner.join()
    check()


def hand() -> None:
    boss = User.objects.get(username="boss")
    for title in ("unsafe", "look"):
        task = Task.objects.get(title_en=title)
        assert task.held or task.state == "open", (title, task.state)
        do_finish_task(boss, task_id=task.pk, ended=Ended(result="looked: it had arrived"))
    check()


def check() -> None:
    list(entries())
    standing = Decision.objects.filter(value=ADDRESS)
    print(
        json.dumps(
            {
                "run": PlaybookRun.objects.get().state,
                "tasks": dict(Task.objects.values_list("title_en", "state")),
                "held": list(Task.objects.filter(held=True).values_list("title_en", flat=True)),
                "attempts": [
                    list(one)
                    for one in StepAttempt.objects.order_by("pk").values_list(
                        "task__title_en", "state", "key"
                    )
                ],
                "decisions": [list(one) for one in standing.values_list("state", "author")],
                "decided": LedgerEntry.objects.filter(action="decide").count(),
                "lasts": [
                    round((one.until - one.created) / timedelta(minutes=1)) for one in standing
                ],
                "evidence": [list(one) for one in Evidence.objects.values_list("number", "kind")],
                "told": Message.objects.filter(key__startswith="step:").count(),
            }
        )
    )


verb, *rest = sys.argv[1:]
{"prepare": prepare, "run": run, "hand": hand}[verb](*rest)
