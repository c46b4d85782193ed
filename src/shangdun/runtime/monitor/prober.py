"""When which probe is asked, and what becomes of the answer."""

from __future__ import annotations

import logging
import queue
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from shangdun.kernel.clock import Clock, to_millis
from shangdun.observe.alarm import Change
from shangdun.observe.event import event
from shangdun.observe.probe import Check, Probe, ProbeState
from shangdun.observe.state import ProbeStates, load, probes_path, save

log = logging.getLogger(__name__)

THREADS = 8
JITTER = 0.1
SAVE_SECONDS = 1.0
SOON_SECONDS = 3.0
"""A new probe is asked for the first time within so long, not all in one moment."""


@dataclass
class _Turn:
    probe: Probe
    due: float
    asked: bool = False


@dataclass
class Prober:
    """Asks every probe in its time; ``turn`` is called often by one thread."""

    home: Path
    check: Callable[[Probe], Check]
    emit: Callable[[bytes], None]
    clock: Clock
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.states = load(probes_path(self.home), ProbeStates)
        self._turns: dict[int, _Turn] = {}
        self._answers: queue.SimpleQueue[tuple[Probe, Check]] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="probe")
        self._dirty = False
        self._save_at = 0.0

    def configure(self, probes: Iterable[Probe]) -> None:
        """Ask exactly these from now on; one that is changed is asked soon, and anew."""
        wanted = {probe.uid: probe for probe in probes}
        for uid in [uid for uid in self._turns if uid not in wanted]:
            del self._turns[uid]
        for uid in [uid for uid in self.states.probes if uid not in wanted]:
            del self.states.probes[uid]
            self._dirty = True
        for uid, probe in wanted.items():
            turn = self._turns.get(uid)
            if turn is None or turn.probe != probe:
                due = time.monotonic() + SOON_SECONDS * self.dice.random()
                self._turns[uid] = _Turn(probe, due)

    def turn(self) -> None:
        """Ask what is due and take in what was answered."""
        now = time.monotonic()
        for turn in self._turns.values():
            if now >= turn.due and not turn.asked:
                turn.asked = True
                self._pool.submit(self._ask, turn.probe)
        while not self._answers.empty():
            self._take(*self._answers.get())
        if self._dirty and now >= self._save_at:
            self._save(now)

    def close(self) -> None:
        """Let the checks that run come to their end unheard."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._save(time.monotonic())

    def _ask(self, probe: Probe) -> None:
        try:
            answer = self.check(probe)
        except Exception as error:
            log.exception("the check of probe %d failed by itself", probe.uid)
            at = to_millis(self.clock.now())
            answer = Check(at=at, ok=False, detail=f"the check failed by itself: {error}")
        self._answers.put((probe, answer))

    def _take(self, probe: Probe, check: Check) -> None:
        turn = self._turns.get(probe.uid)
        if turn is None or turn.probe != probe:
            return  # it was changed or removed while it was asked
        state = self.states.probes.setdefault(probe.uid, ProbeState(uid=probe.uid))
        change = state.take(check, probe)
        spread = 1 + JITTER * (2 * self.dice.random() - 1)
        turn.asked, turn.due = False, time.monotonic() + state.wait(probe) * spread
        self.emit(_told(probe, check, state, change))
        key = f"tls:{probe.uid}"
        if check.days_left is not None and self.states.levels.due(key, check.days_left, check.at):
            self.emit(_expiry(probe, check, check.days_left))
        self._dirty = True

    def _save(self, now: float) -> None:
        self._save_at = now + SAVE_SECONDS
        self.states.written = to_millis(self.clock.now())
        try:
            save(probes_path(self.home), self.states)
        except OSError as error:
            log.warning("cannot keep what the probes said: %s", error)
        else:
            self._dirty = False


def _told(probe: Probe, check: Check, state: ProbeState, change: Change | None) -> bytes:
    said = f"{probe.name}: {check.detail or f'answered in {check.millis:.0f} ms'}"
    if change is Change.CLEARED:
        said = f"{probe.name} answers again"
    return event(
        "probe",
        check.at,
        said,
        status_id=1 if check.ok else 2,
        status_detail=check.detail or None,
        probe__name=probe.name,
        probe__kind=probe.kind.value,
        probe__target=probe.target,
        probe__host=probe.host,
        probe__condition=state.condition.value,
        probe__change=change.value if change else None,
        probe__failures=state.failures or None,
        probe__latency=check.millis,
        probe__status=check.status,
        probe__answers=list(check.answers) or None,
    )


def _expiry(probe: Probe, check: Check, days: float) -> bytes:
    return event(
        "level",
        check.at,
        f"the certificate of {probe.host} is good for {days:.0f} days",
        level__name="tls_days",
        level__value=days,
        probe__name=probe.name,
        probe__host=probe.host,
    )
