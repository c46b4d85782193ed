"""What the jobs process does all the time beside its schedule: probes, figures of this machine."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.collect.spool import Spool
from shangdun.lake.places import spool_folder
from shangdun.observe.event import PROBES, SYSTEM, event
from shangdun.observe.host import to_fields
from shangdun.observe.probe import Probe
from shangdun.observe.settings import MonitorConfig
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.beat import Beat
from shangdun.runtime.monitor.checks import Checker
from shangdun.runtime.monitor.emit import Emitter
from shangdun.runtime.monitor.figures import Figures
from shangdun.runtime.monitor.prober import Prober

log = logging.getLogger(__name__)

TURN_SECONDS = 0.1
LIST_SECONDS = 3.0
"""How soon a probe added on the page is asked."""
JUMP_SECONDS = 5.0
"""A clock that moves by more than this against the monotonic one has jumped."""


class Monitor:
    """One thread; whatever fails in a round is said and tried again in the next."""

    def __init__(
        self,
        home: Path,
        settings: MonitorConfig,
        *,
        list_probes: Callable[[], Sequence[Probe]],
        beat: Beat,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._settings = settings
        self._list = list_probes
        self._beat = beat
        spool = Spool(spool_folder(home))
        self._system = Emitter(spool, SYSTEM)
        checker = Checker(AddressGuard(metadata=settings.metadata_addresses), self._clock)
        self._prober = Prober(home, checker.check, Emitter(spool, PROBES).emit, self._clock)
        self._figures = Figures()
        self._list_at = 0.0
        self._figures_at = time.monotonic() + min(5.0, settings.host_seconds)
        self._offset = self._wall() - time.monotonic()
        self._listed = True

    def run(self, stop: threading.Event) -> None:
        """Go round until ``stop`` is set."""
        while not stop.wait(TURN_SECONDS):
            try:
                self.turn()
            except Exception:
                log.exception("monitoring failed and goes on")
                stop.wait(1.0)
        self._prober.close()

    def turn(self) -> None:
        """One round."""
        self._beat.beat()
        now = time.monotonic()
        self._look_at_clock(now)
        if now >= self._list_at:
            self._list_at = now + LIST_SECONDS
            self._configure()
        self._prober.turn()
        if now >= self._figures_at:
            self._figures_at = now + self._settings.host_seconds
            self._tell_figures()

    def _configure(self) -> None:
        try:
            probes = self._list()
        except ShangdunError as error:
            if self._listed:
                log.warning("the list of probes stays as it is: %s", error)
            self._listed = False
            return
        self._listed = True
        self._prober.configure(probes)

    def _tell_figures(self) -> None:
        at = to_millis(self._clock.now())
        sample = self._figures.sample(at)
        fields = {name.replace(".", "__"): value for name, value in to_fields(sample).items()}
        said = f"{sample.host}: load {sample.load:.0f} %, memory {sample.memory:.0f} %"
        self._system.emit(event("host", at, said, device__hostname=sample.host, **fields))

    def _look_at_clock(self, now: float) -> None:
        """A clock that jumps breaks every window of the rules: that is to be known."""
        offset = self._wall() - now
        jump = offset - self._offset
        self._offset = offset
        if abs(jump) < JUMP_SECONDS:
            return
        said = f"the clock of this machine jumped by {jump:+.0f} s"
        self._system.emit(
            event(
                "level",
                to_millis(self._clock.now()),
                said,
                device__hostname=socket.gethostname(),
                level__name="clock_jump",
                level__value=abs(round(jump, 1)),
            )
        )

    def _wall(self) -> float:
        return self._clock.now().timestamp()
