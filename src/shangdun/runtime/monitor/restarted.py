"""That a process of ours had to be started again: said where people look, and to the rules."""

from __future__ import annotations

import logging
from pathlib import Path

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.lake.collect.spool import Spool
from shangdun.lake.places import spool_folder
from shangdun.observe.event import SYSTEM, event
from shangdun.observe.state import Restart, Restarts, load, restarts_path, save
from shangdun.runtime.monitor.emit import Emitter

log = logging.getLogger(__name__)

KEPT = 20


class Restarted:
    """Notes restarts for one home directory."""

    def __init__(self, home: Path, *, clock: Clock | None = None) -> None:
        self._path = restarts_path(home)
        self._emitter = Emitter(Spool(spool_folder(home)), SYSTEM)
        self._clock = clock or SystemClock()

    def note(self, process: str, reason: str) -> None:
        """A process was started again; never raises."""
        at = to_millis(self._clock.now())
        state = load(self._path, Restarts)
        state.restarts = [Restart(at=at, process=process, reason=reason), *state.restarts][:KEPT]
        try:
            save(self._path, state)
        except OSError as error:
            log.warning("cannot note a restart: %s", error)
        hung = reason.startswith("it gave no sign")
        self._emitter.emit(
            event(
                "process",
                at,
                f"process {process} was restarted because {reason}",
                process__name=process,
                process__change="restarted",
                process__reason="hung" if hung else "ended",
                status_detail=reason,
            )
        )
