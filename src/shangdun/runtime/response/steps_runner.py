"""Automatic steps of playbooks, done in the jobs process: claimed, acted, written down.

A thread looks for steps that are free to act and gives each to one of a few workers. A step that
hangs is bounded by its own time; the others do not wait for it. Who dies here leaves claims behind,
which the next process resolves (``actions.tasks.steps``).
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ShangdunError
from shangdun.runtime.response.steps import StepKind, step_kinds
from shangdun.runtime.response.work import Work

if TYPE_CHECKING:
    from shangdun.actions.tasks.steps import Acted
    from shangdun.records.models import StepAttempt, Task

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
AT_ONCE = 4
STEP_SECONDS = 60.0


class Steps:
    """The steps of one home directory, for one process."""

    def __init__(self, home: Path, config: Config, clock: Clock | None = None) -> None:
        self._home, self._config = home, config
        self._clock = clock or SystemClock()
        self._process = f"{os.getpid()}-{secrets.token_hex(8)}"
        """Unlike any other, also after a restart with the same number."""
        self._busy: set[int] = set()

    def free(self) -> list[int]:
        """Rows of tasks whose step may act and that this process does not do already."""
        from shangdun.records.tasks import acting_tasks  # noqa: PLC0415  needs records.boot.start

        return [pk for pk in acting_tasks() if pk not in self._busy]

    def do_free(self) -> int:
        """Do every step that is free, one after the other; gives how many."""
        todo = self.free()
        for task_id in todo:
            self.do(task_id)
        return len(todo)

    def begin(self, task_id: int) -> None:
        """Remember that it is being done."""
        self._busy.add(task_id)

    def do(self, task_id: int) -> None:
        """Claim one step, act, and write down how it went."""
        self._busy.add(task_id)
        try:
            self._do(task_id)
        except ShangdunError as error:
            log.warning("step of task %d: %s", task_id, error)
        except Exception:
            log.exception("step of task %d failed and is looked at again", task_id)
        finally:
            self._busy.discard(task_id)

    def _do(self, task_id: int) -> None:
        from shangdun.actions.tasks.steps import do_claim_step, do_record_step  # noqa: PLC0415  needs records.boot.start
        from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
        from shangdun.records.tasks import get_task  # noqa: PLC0415  as above

        task = get_task(JOBS, task_id)
        kind = step_kinds().get(task.automatic)
        repeats = kind is not None and kind.repeats(task.parameters)
        attempt = do_claim_step(
            JOBS, task_id=task_id, process=self._process, repeats=repeats, clock=self._clock
        )
        if attempt is None:
            return
        acted = self._act(kind, get_task(JOBS, task_id), attempt)
        do_record_step(JOBS, attempt_id=attempt.pk, acted=acted, clock=self._clock)

    def _act(self, kind: StepKind | None, task: Task, attempt: StepAttempt) -> Acted:
        from shangdun.actions.tasks.steps import Acted  # noqa: PLC0415  needs records.boot.start
        from shangdun.records.tasks import first_claim  # noqa: PLC0415  as above

        if kind is None:
            return Acted(ok=False, problem=f"there is no automatic step {task.automatic!r}")
        work = Work(
            home=self._home,
            config=self._config,
            clock=self._clock,
            task=task,
            key=attempt.key,
            began=first_claim(attempt),
            seconds=STEP_SECONDS,
        )
        try:
            return kind.act(work)
        except ShangdunError as error:
            return Acted(ok=False, problem=str(error))
        except Exception as error:
            log.exception("step of task %d (%s) broke", task.pk, kind.name)
            problem = f"{type(error).__name__}: {error}"
            return Acted(ok=False, problem=problem, unsure=not kind.repeats(task.parameters))


class StepRunner(threading.Thread):
    """Looks for steps that may act, a few at once."""

    def __init__(self, home: Path, config: Config, stop: threading.Event) -> None:
        super().__init__(name="steps", daemon=True)
        self._steps = Steps(home, config)
        self._halt = stop

    def run(self) -> None:
        """Until ``stop`` is set."""
        failed = False
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="step") as workers:
            running: set[Future[None]] = set()
            while not self._halt.wait(LOOK_SECONDS):
                running = {one for one in running if not one.done()}
                try:
                    self._hand_out(workers, running)
                    failed = False
                except Exception:
                    if not failed:
                        log.exception("steps cannot be looked for; tried again")
                    failed = True
                    connection.close()
                    time.sleep(LOOK_SECONDS)
        connection.close()

    def _hand_out(self, workers: ThreadPoolExecutor, running: set[Future[None]]) -> None:
        for task_id in self._steps.free()[: AT_ONCE - len(running)]:
            self._steps.begin(task_id)
            running.add(workers.submit(self._one, task_id))

    def _one(self, task_id: int) -> None:
        try:
            self._steps.do(task_id)
        finally:
            connection.close()
