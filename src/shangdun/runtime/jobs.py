"""``shangdun jobs``: what is done by the clock. A new job is a line in ``schedule``."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from huey import SqliteHuey, crontab

from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import Config
from shangdun.kernel.errors import Conflict, ShangdunError
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.observe.settings import monitor_config
from shangdun.records import boot
from shangdun.runtime.decide import DecideRunner
from shangdun.runtime.hunt import HuntRunner
from shangdun.runtime.lock import only_one
from shangdun.runtime.monitor.beat import Beat, Notifier, beat_path
from shangdun.runtime.monitor.monitor import Monitor
from shangdun.runtime.programme.controls import CheckRunner
from shangdun.runtime.prove import ProofRunner
from shangdun.runtime.records import checkpoint_ledger, enabled_probes
from shangdun.runtime.response.affected import AffectedReader
from shangdun.runtime.response.courier import Courier
from shangdun.runtime.response.evidence import EvidenceKeeper
from shangdun.runtime.response.letters import LetterSender
from shangdun.runtime.response.steps_runner import StepRunner
from shangdun.runtime.response.tick import Ticker

log = logging.getLogger(__name__)

MANY_FILES = 256
"""So many files of a few seconds each slow a search down: they are joined before the hour."""


class Jobs:
    """The jobs of one home directory, each safe to run again at any time."""

    def __init__(self, home: Path, config: Config) -> None:
        self._home = home
        self._days = config.lake.retention_days
        self._lake = Lake(lake_folder(home, config))

    def compact(self) -> None:
        """Join small files, then delete what no reader can need any more."""
        done = self._lake.compact()
        deleted = self._lake.vacuum()
        log.info(
            "compaction: %d files became %d, %d rows, %d bytes became %d; %d old files deleted",
            done.files_before,
            done.files_after,
            done.rows,
            done.bytes_before,
            done.bytes_after,
            deleted,
        )

    def compact_if_many(self) -> None:
        """The same when many small files have come together within the hour."""
        if len(self._lake.files()) >= MANY_FILES + self._large_files():
            self.compact()

    def retain(self) -> None:
        """Remove what is older than the configuration says."""
        removed = self._lake.retain(self._days, SystemClock().now())
        log.info("retention: %d rows older than %d days removed", removed, self._days)

    def checkpoint(self) -> None:
        """Sign the ledger as it is."""
        checkpoint_ledger(self._home)

    def _large_files(self) -> int:
        return sum(file.rows >= 1 << 16 for file in self._lake.files())


def run_jobs(home: Path, config: Config) -> None:
    """Run the schedule until SIGTERM or SIGINT; raises ``Conflict`` if that is done already."""
    with only_one(home, "jobs"):
        boot.start()
        boot.migrate(home)
        huey = SqliteHuey("shangdun", filename=str(home / "run" / "jobs.sqlite3"), results=False)
        schedule(huey, Jobs(home, config))
        deciding = partial(DecideRunner, home, config)
        proving = partial(ProofRunner, config)
        stepping = partial(StepRunner, home, config)
        reading = partial(AffectedReader, home, config)
        writing = partial(LetterSender, home)
        checking = partial(CheckRunner, home, config)
        response = (stepping, Ticker, Courier, reading, writing, EvidenceKeeper, checking)
        beside = _beside(HuntRunner, deciding, proving, *response)
        with _monitoring(home, config), beside:
            huey.create_consumer(workers=1, periodic=True, graceful_signal="TERM").run()


@contextmanager
def _monitoring(home: Path, config: Config) -> Iterator[None]:
    """Probes and figures in a thread of their own: a long job must not delay them."""
    beat = Beat(beat_path(home, "jobs"), Notifier.of(os.environ))
    settings = monitor_config(config)
    monitor = Monitor(home, settings, list_probes=enabled_probes, beat=beat)
    stop = threading.Event()
    thread = threading.Thread(target=monitor.run, args=(stop,), name="monitor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5.0)


@contextmanager
def _beside(*runners: Callable[[threading.Event], threading.Thread]) -> Iterator[None]:
    """Threads beside the schedule: a hunt may take an hour, an attack waits for no compaction."""
    stop = threading.Event()
    running = [make(stop) for make in runners]
    for runner in running:
        runner.start()
    try:
        yield
    finally:
        stop.set()
        for runner in running:
            runner.join(10.0)


def schedule(huey: SqliteHuey, jobs: Jobs) -> None:
    """When what is done; UTC."""
    for job, when in (
        (jobs.compact, crontab(minute="7")),
        (jobs.compact_if_many, crontab(minute="*/5")),
        (jobs.retain, crontab(minute="23", hour="19")),
        (jobs.checkpoint, crontab(minute="*/10")),
    ):
        huey.periodic_task(when, name=job.__name__)(_said(job))


def _said(job: Callable[[], None]) -> Callable[[], None]:
    """A job whose failure is said and does not stop the others."""

    def run() -> None:
        try:
            job()
        except Conflict as error:
            log.info("%s: %s", job.__name__, error)
        except ShangdunError:
            log.exception("%s failed and is tried again at its next time", job.__name__)

    return run
