"""The watch's health, kept while it works and written every second."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shangdun.detect.correlation.state import Figures
from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.lake.health import (
    Health,
    RuleCost,
    RuleMemory,
    SourceMeter,
    read_health,
    write_health,
)
from shangdun.runtime.journal import Entry
from shangdun.runtime.pipeline import Outcome

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
COSTS_SECONDS = 10.0


class Observer(Protocol):
    """What looks at the events that pass: ``runtime.monitor.observer.Observer``."""

    def take(self, outcome: Outcome, entry: Entry) -> None:
        """Count a batch."""
        ...

    def turn(self, health: Health) -> None:
        """Called every second with the figures of the watch."""
        ...

    def save(self) -> None:
        """Keep what was learned."""
        ...


class Pulse:
    """Counts, troubles and sources of one watch."""

    def __init__(
        self, home: Path, *, clock: Clock | None = None, observer: Observer | None = None
    ) -> None:
        self._home = home
        self._observer = observer
        self._costs: Callable[[], list[RuleCost]] = list
        self._memories: Callable[[], list[RuleMemory]] = list
        self._withheld: Callable[[], int] = int
        self._costs_at = 0.0
        self._clock = clock or SystemClock()
        self._meters: dict[str, SourceMeter] = {}
        self._failing: dict[str, str] = {}
        self._troubles: dict[str, str] = {}
        self._next = 0.0
        self._before = Figures()
        now = to_millis(self._clock.now())
        former = read_health(home)
        self._log_sources = {one.name: one.log_sources for one in former.sources} if former else {}
        self.health = Health(started=now, pid=os.getpid(), state="starting")

    def sources(self, wanted: dict[str, tuple[str, str]]) -> None:
        """Show these sources from now on: name → format and kind."""
        self._meters = {
            name: self._meters.get(name) or SourceMeter(name, format_name, kind)
            for name, (format_name, kind) in wanted.items()
        }
        for name, (format_name, kind) in wanted.items():
            self._meters[name].health.log_sources |= self._log_sources.pop(name, {})
            self._meters[name].health.format = format_name
            self._meters[name].health.kind = kind

    def start(self) -> None:
        """Say that the watch prepares: rules that were never compiled take a while."""
        self._write()

    def costing(self, costs: Callable[[], list[RuleCost]]) -> None:
        """Ask for the costs of rules from here."""
        self._costs = costs

    def remembering(
        self, memories: Callable[[], list[RuleMemory]], withheld: Callable[[], int]
    ) -> None:
        """Ask here for what rules hold and left out, and for what announced sales held back."""
        self._memories, self._withheld = memories, withheld

    def rules(self, count: int, errors: list[str]) -> None:
        """How many rules run, and what is wrong with the others."""
        self.health.rules = count
        self.health.rule_errors = errors

    def rules_changed(self, problem: str = "") -> None:
        """Other rules are in force now, or why the former ones stay."""
        self.health.rules_problem = problem
        if not problem:
            self.health.rules_since = to_millis(self._clock.now())
        self._next = 0.0

    def reading(self, name: str, *, error: str, lag_bytes: int, lost: int) -> None:
        """What reading a source meets: a problem, what waits, what was lost since the last call."""
        meter = self._meters.get(name)
        if meter:
            meter.health.lag_bytes = lag_bytes
            meter.health.losses += lost
            meter.health.error = error or self._failing.get(name, "")

    def take(self, outcome: Outcome, entry: Entry) -> None:
        """Count a batch."""
        second = time.monotonic()
        if self._observer:
            self._observer.take(outcome, entry)
        self.health.findings += len(outcome.findings)
        for piece in outcome.pieces:
            meter = self._meters.get(piece.source)
            if meter:
                meter.take(piece.frame, piece.size, observed=entry.observed, second=second)
                meter.bury(piece.dead)
                meter.tell(piece.log_sources, entry.observed)
                self._failing[piece.source] = piece.error

    def trouble(self, what: str, message: str) -> None:
        """Say what the watch waits for; an empty message ends it."""
        self._troubles.pop(what, None)
        if message:
            self._troubles[what] = message
        self._next = 0.0

    def remembered(self, figures: Figures) -> None:
        """What the detector's memory counted before this watch: it is not told again."""
        self._before = figures

    def exchanged(self, before: Figures, after: Figures) -> None:
        """Other rules took over, which remember other figures: nothing is told twice."""
        for name in Figures.__struct_fields__:
            gone = getattr(before, name) - getattr(after, name)
            setattr(self._before, name, getattr(self._before, name) - gone)

    def correlated(self, figures: Figures) -> None:
        """What correlations left out, counted with what they remember of earlier runs."""
        before, health = self._before, self.health
        health.evicted_groups = figures.evicted_groups - before.evicted_groups
        health.evicted_events = figures.evicted_events - before.evicted_events
        health.late_events = figures.late_events - before.late_events

    def beat(
        self, *, batch: int, committed: int, pending: int, journal_bytes: Callable[[], int]
    ) -> None:
        """Write the figures if a second has passed."""
        moment = time.monotonic()
        if moment < self._next:
            return
        self._next = moment + BEAT_SECONDS
        health = self.health
        health.batch, health.committed, health.pending_events = batch, committed, pending
        health.journal_bytes = journal_bytes()
        health.state = "waiting" if self._troubles else "running"
        health.error = "; ".join(self._troubles.values())
        health.sources = [meter.report(second=moment) for meter in self._meters.values()]
        if moment >= self._costs_at:
            self._costs_at = moment + COSTS_SECONDS
            health.costs = self._costs()
            health.memories, health.withheld = self._memories(), self._withheld()
        if self._observer:
            self._observer.turn(health)
        self._write()

    def stop(self) -> None:
        """Say that the watch has ended in good order."""
        if self._observer:
            self._observer.save()
        self.health.state = "stopped"
        self._write()

    def _write(self) -> None:
        self.health.written = to_millis(self._clock.now())
        try:
            write_health(self._home, self.health)
        except OSError as error:
            log.warning("cannot write the health file: %s", error)
