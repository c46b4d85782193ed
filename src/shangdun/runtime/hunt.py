"""Hunts in the jobs process: one at a time, beside the other jobs, each in a process of its own.

A hunt may take an hour of a core. It runs with the lowest priority, apart from compaction and
retention, and ends with the jobs process.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from shangdun.detect.history import History, Range, run_history
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.config import Config, load_config
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.records import boot
from shangdun.runtime.hunted_rules import rules_of
from shangdun.runtime.lifeline import tie_to

log = logging.getLogger(__name__)

KEPT = 200
LOOK_SECONDS = 1.0
TELL_SECONDS = 0.5


class HuntRunner(threading.Thread):
    """Looks for hunts that wait and runs them one after the other."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="hunts", daemon=True)
        self._stop_event = stop

    def run(self) -> None:
        """Until ``stop`` is set."""
        while not self._stop_event.wait(LOOK_SECONDS):
            try:
                if _waiting():
                    self._run_one()
            except Exception:
                log.exception("hunts cannot be looked for; tried again")

    def _run_one(self) -> None:
        command = [sys.executable, "-m", "shangdun.runtime.hunt", str(os.getpid())]
        process = subprocess.Popen(command)  # noqa: S603  our own module
        while process.poll() is None:
            if self._stop_event.wait(0.1):
                process.terminate()
                process.wait()


def _waiting() -> bool:
    """Whether a hunt waits, or one is to be called failed as nobody runs it any more."""
    from shangdun.actions.hunt_progress import lost_hunts  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.models import HuntRun  # noqa: PLC0415  as above
    from shangdun.records.models.hunts import HuntState  # noqa: PLC0415  as above

    waits = HuntRun.objects.filter(state=HuntState.QUEUED).exists()
    return waits or lost_hunts(SystemClock().now()).exists()


def hunt_once(home: Path, config: Config, clock: Clock | None = None) -> bool:
    """Run the next hunt that waits to its end; False when none does."""
    from shangdun.actions.hunt_progress import claim_hunt, tell_hunt  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.models.hunts import HuntState  # noqa: PLC0415  as above

    clock = clock or SystemClock()
    row = claim_hunt(clock.now())
    if row is None:
        return False
    told = 0.0

    def progress(history: History) -> bool:
        nonlocal told
        if time.monotonic() - told < TELL_SECONDS:
            return True
        told = time.monotonic()
        return tell_hunt(row.pk, clock.now(), **_figures(history))

    try:
        history = run_history(
            Lake(lake_folder(home, config)),
            rules_of(config, row.rule_uid, row.rule_text),
            Range(row.since, row.until, zone=ZoneInfo(config.web.time_zone)),
            progress=progress,
            keep=KEPT,
        )
    except Exception as error:
        if not isinstance(error, ShangdunError):
            log.exception("hunt %d failed", row.pk)
        ends = {"state": HuntState.FAILED, "finished": clock.now(), "error": str(error)[:1000]}
        tell_hunt(row.pk, clock.now(), **ends)
        return True
    state = HuntState.CANCELLED if history.cancelled else HuntState.DONE
    tell_hunt(row.pk, clock.now(), state=state, finished=clock.now(), **_figures(history))
    return True


def _figures(history: History) -> dict[str, object]:
    return {
        "progress": history.done,
        "events": history.events,
        "found": history.found,
        "matched": history.matched,
        "findings": msgspec.to_builtins(history.findings),
    }


def main() -> None:
    """The process of one hunt; its argument is the process that it must not outlive."""
    tie_to(int(sys.argv[1]), signal.SIGTERM)
    os.nice(10)
    home = boot.start()
    hunt_once(home, load_config(home))


if __name__ == "__main__":
    main()
