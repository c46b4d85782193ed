"""The live loop: take in, journal, process, record findings, commit events; each exactly once.

Why it holds through a kill at any moment is told in docs/decisions/0002-exactly-once.md. In short:
a batch is fsynced in the journal before anything is done with it, the records skip a batch that
they have, the lake skips a version that it has, and a restart does every batch again that the lake
does not have, from the detector's memory as of the last one that it has.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shangdun.detect.finding import Finding
from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.collect.position import Positions
from shangdun.lake.store import Lake
from shangdun.runtime.buffer import Buffer
from shangdun.runtime.journal import Entry, Journal, Piece
from shangdun.runtime.pipeline import Detector, Pipeline
from shangdun.runtime.pulse import Pulse
from shangdun.runtime.snapshot import Snapshot, drop_snapshots, load_snapshot, save_snapshot

log = logging.getLogger(__name__)

APP_ID = "watch"
POLL_SECONDS = 0.1
RETRY_SECONDS = 1.0


class FindingSink(Protocol):
    """Where findings go: the records, or a test's own."""

    def progress(self) -> int:
        """The last batch whose findings are recorded; raises ``StoreError`` to be asked again."""
        ...

    def record(self, batch: int, findings: list[Finding]) -> None:
        """Record a batch's findings in one transaction unless ``batch <= progress()``.

        Raises ``StoreError`` when it shall be tried again.
        """
        ...


class Intake(Protocol):
    """What is read: ``runtime.intake.SourceIntake``, or a test's own."""

    def start(self, positions: dict[str, Positions]) -> None:
        """Go on from where the last run stopped."""
        ...

    def poll(self, max_bytes: int) -> list[Piece]:
        """What came since, about ``max_bytes`` at most."""
        ...

    def positions(self) -> dict[str, Positions]:
        """How far every source has been read by ``poll``."""
        ...

    def ended(self) -> list[str]:
        """The sources that have been read to their end."""
        ...

    def release(self, positions: dict[str, Positions]) -> None:
        """The lake has everything before these positions: what was spooled may go."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may wait for the next commit; past it that comes early, past twice it reading waits."""

    batch_bytes: int = 8 << 20
    rows: int = 100_000
    bytes: int = 64 << 20
    findings: int = 10_000
    commit_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop joins."""

    intake: Intake
    pipeline: Pipeline
    sink: FindingSink
    lake: Lake
    pulse: Pulse


class Watch:
    """The live loop of one process; ``folder`` keeps its journal and its memory."""

    def __init__(
        self,
        folder: Path,
        parts: Parts,
        *,
        bounds: Bounds | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._intake = parts.intake
        self._pipeline = parts.pipeline
        self._sink = parts.sink
        self._lake = parts.lake
        self._pulse = parts.pulse
        self._bounds = bounds or Bounds()
        self._clock = clock or SystemClock()
        self._journal = Journal(folder / "journal")
        self._buffer = Buffer()
        self._unjournaled: Entry | None = None
        self._undelivered: deque[tuple[int, list[Finding]]] = deque()
        self._batch = 0
        self._committed = 0
        self._commit_at = 0.0
        self._retry_at: dict[str, float] = {}
        self._polled: dict[str, Positions] = {}
        self._positions: dict[str, Positions] = {}
        """After the last batch in the journal: what only ``_polled`` counts may yet be lost."""
        self._saved: dict[str, Positions] = {}

    def recover(self) -> None:
        """Do again what the lake does not have. Raises ``StoreError`` when that must wait."""
        self._committed = self._batch = self._lake.committed(APP_ID)
        recorded = self._sink.progress()
        snapshot = load_snapshot(self._folder, self._committed)
        positions = dict(snapshot.positions) if snapshot else {}
        if snapshot:
            self._pipeline.restart(snapshot.detector, snapshot.rules)
        else:
            self._pipeline.restart(b"")
        self._pulse.remembered(self._pipeline.detector.figures())
        replayed, remembered = 0, snapshot.batch if snapshot else 0
        for entry in self._journal.entries():
            if entry.batch <= remembered:
                continue
            positions |= entry.positions
            if entry.batch > self._committed:
                self._batch = entry.batch
                self._process(entry)
                replayed += 1
            else:  # the lake and the records have it, only the memory does not
                self._pipeline.run(entry)
        self._batch = max(self._batch, recorded)
        self._intake.start(positions)
        self._positions = self._saved = positions
        if replayed:
            log.info("did %d batches again, from %d on", replayed, self._committed + 1)

    def step(self) -> int:
        """One round; how many bytes were taken in. Only a bug raises."""
        taken = self._take() if self._may_take() else 0
        self._deliver()
        if self._commit_is_due():
            self.commit()
        return taken

    def commit(self) -> bool:
        """Bring everything taken in into the lake; False when that must wait."""
        if self._undelivered or not self._is_time("lake"):
            return False
        batch = self._batch if self._buffer.batches else self._committed
        positions = self._positions
        try:
            self._save(batch, positions, self._pipeline.detector, self._pipeline.rules)
            if self._buffer.batches:
                self._bury(batch)
                self._lake.append(self._buffer.frame(), app_id=APP_ID, version=batch)
                self._committed = batch
            self._journal.prune(drop_snapshots(self._folder, self._committed))
        except (StoreError, OSError) as error:
            self._wait("lake", error)
            return False
        self._fine("lake")
        self._buffer = Buffer()
        self._commit_at = time.monotonic() + self._bounds.commit_seconds
        self._intake.release(positions)
        return True

    def exchange(self, detector: Detector, rules: str) -> bool:
        """Evaluate other rules from the next batch on; False when that must wait a little.

        Rules that did not change go on with their windows. First everything is committed, and
        before the other rules see a batch the memory is written once more under their name: a
        restart does every batch again under the rules it was done with. Raises what the detector
        raises when it cannot take up the memory; the rules are then those of before.
        """
        if not self.commit():
            return False
        before = self._pipeline.detector
        detector.restore(before.snapshot())
        try:
            self._save(self._committed, self._positions, detector, rules)
        except (StoreError, OSError) as error:
            self._wait("lake", error)
            return False
        self._pipeline.adopt(detector, rules)
        self._pulse.exchanged(before.figures(), detector.figures())
        return True

    def _bury(self, batch: int) -> None:
        if self._buffer.letters(after=self._committed):
            letters = self._buffer.letters(after=self._lake.buried(APP_ID))
            if letters:
                self._lake.bury(letters, app_id=APP_ID, version=batch)

    def run(self, stop: threading.Event, *, tend: Callable[[], None] = lambda: None) -> None:
        """Recover, go round until ``stop`` is set, then commit; ``tend`` is called every round."""
        while not stop.is_set() and not self._try_recover():
            self._beat()
            stop.wait(RETRY_SECONDS)
        while not stop.is_set():
            taken = self.step()
            tend()
            self._beat()
            if taken < self._bounds.batch_bytes // 2:
                stop.wait(POLL_SECONDS)
        self._retry_at.clear()
        self._deliver()
        if not self.commit():
            log.warning("stopped before the last events were in the lake: the next start does it")
        self._journal.close()
        self._intake.close()
        self._pulse.stop()

    def _try_recover(self) -> bool:
        try:
            self.recover()
        except (StoreError, OSError) as error:
            self._wait("start", error)
            self._buffer = Buffer()
            self._undelivered.clear()
            return False
        self._fine("start")
        return True

    def _may_take(self) -> bool:
        findings = sum(len(waiting) for _, waiting in self._undelivered)
        return (
            self._buffer.rows < 2 * self._bounds.rows
            and self._buffer.bytes < 2 * self._bounds.bytes
            and findings < self._bounds.findings
            and self._is_time("journal")
        )

    def _take(self) -> int:
        entry = self._unjournaled or self._read()
        if entry is None:
            return 0
        self._unjournaled = entry  # kept until the journal has it: the sources have moved on
        try:
            self._journal.append(entry)
        except StoreError as error:
            self._wait("journal", error)
            return 0
        self._fine("journal")
        self._unjournaled = None
        self._positions = self._polled
        self._batch = entry.batch
        self._process(entry)
        return entry.size

    def _read(self) -> Entry | None:
        pieces = self._intake.poll(self._bounds.batch_bytes)
        self._polled = self._intake.positions()
        if not pieces:
            self._positions = self._polled
            return None
        read = {piece.source for piece in pieces}
        return Entry(
            batch=self._batch + 1,
            observed=to_millis(self._clock.now()),
            pieces=tuple(pieces),
            positions={name: place for name, place in self._polled.items() if name in read},
            ended=tuple(name for name in self._intake.ended() if name not in read),
        )

    def _process(self, entry: Entry) -> None:
        outcome = self._pipeline.run(entry)
        if not self._buffer.batches:
            self._commit_at = time.monotonic() + self._bounds.commit_seconds
        self._buffer.add(outcome, entry.size)
        if outcome.findings:
            self._undelivered.append((entry.batch, outcome.findings))
        self._pulse.take(outcome, entry)
        self._pulse.correlated(self._pipeline.detector.figures())

    def _deliver(self) -> None:
        while self._undelivered and self._is_time("records"):
            batch, findings = self._undelivered[0]
            try:
                self._sink.record(batch, findings)
            except StoreError as error:
                self._wait("records", error)
                return
            self._undelivered.popleft()
            self._fine("records")

    def _commit_is_due(self) -> bool:
        buffer, bounds = self._buffer, self._bounds
        if not buffer.batches:
            return self._sources_moved()
        full = buffer.rows >= bounds.rows or buffer.bytes >= bounds.bytes
        return full or time.monotonic() >= self._commit_at

    def _sources_moved(self) -> bool:
        """A file that was found but had no line yet is remembered too, though not in a hurry."""
        if time.monotonic() < self._commit_at:
            return False
        self._commit_at = time.monotonic() + self._bounds.commit_seconds
        return self._positions != self._saved

    def _save(
        self, batch: int, positions: dict[str, Positions], detector: Detector, rules: str
    ) -> None:
        own = detector is self._pipeline.detector
        state = self._pipeline.snapshot() if own else detector.snapshot()
        memory = Snapshot(batch=batch, detector=state, positions=positions, rules=rules)
        save_snapshot(self._folder, memory)
        self._saved = positions

    def _is_time(self, what: str) -> bool:
        return time.monotonic() >= self._retry_at.get(what, 0.0)

    def _wait(self, what: str, error: Exception) -> None:
        if what not in self._retry_at:
            log.error("waiting for the %s: %s", what, error)
        self._retry_at[what] = time.monotonic() + RETRY_SECONDS
        self._pulse.trouble(what, str(error))

    def _fine(self, what: str) -> None:
        if self._retry_at.pop(what, None) is not None:
            log.info("the %s works again", what)
            self._pulse.trouble(what, "")

    def _beat(self) -> None:
        self._pulse.beat(
            batch=self._batch,
            committed=self._committed,
            pending=self._buffer.rows,
            journal_bytes=self._journal.size,
        )
