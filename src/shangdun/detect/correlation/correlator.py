"""All correlation rules of a rule set, fed frame by frame."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import polars as pl

from shangdun.detect.correlation import snapshot
from shangdun.detect.correlation.absence import AbsenceWindow
from shangdun.detect.correlation.batch import batch_of
from shangdun.detect.correlation.chain import downstream, referred_first
from shangdun.detect.correlation.clock import Clocks, Passage
from shangdun.detect.correlation.frame import Frame, Joined
from shangdun.detect.correlation.hit import CorrelationHit, Matched, Rows
from shangdun.detect.correlation.spec import ABSENCE, CorrelationSpec
from shangdun.detect.correlation.state import Figures, Limits
from shangdun.detect.correlation.window import Place, RuleWindow
from shangdun.kernel.errors import StoreError

log = logging.getLogger(__name__)


class Correlator:
    """Evaluates correlation rules; the same frames in the same order give the same hits.

    ``names`` gives the uid behind a reference that is not a uid itself. ``kept`` are fields that
    a hit shall carry of an event whose absence became certain, beside those that rules count
    and group by. Raises ``RuleError`` for rules that refer to each other in a circle.
    """

    def __init__(
        self,
        specs: Iterable[CorrelationSpec],
        *,
        names: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        kept: Collection[str] = (),
    ) -> None:
        self._names = dict(names or {})
        ordered = referred_first(list(specs), self._uid)
        self._after_absence = downstream(ordered, self._uid)
        self._joined = frozenset[str]().union(
            *(spec.fields for spec in ordered if spec.uid in self._after_absence)
        )
        limits = limits or Limits()
        self._windows = [
            AbsenceWindow(spec, limits, {*kept, *self._joined})
            if spec.type == ABSENCE
            else RuleWindow(spec, limits)
            for spec in ordered
        ]
        self._waits = any(spec.type == ABSENCE for spec in ordered)
        self._quiet = self._quiet_ones(ordered)
        self._seconds = dict.fromkeys((spec.uid for spec in ordered), 0.0)
        self._files: dict[tuple[str, str], int] = {}
        self._sources: dict[str, int] = {}
        self._clocks = Clocks()
        self._feeds = 0

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is read, as rules write it, and ``time``."""
        return frozenset({"time"}).union(*(window.spec.fields for window in self._windows))

    @property
    def figures(self) -> dict[str, Figures]:
        """Per rule uid: what is held, and what was left out and why."""
        return {window.spec.uid: window.figures for window in self._windows}

    def costs(self) -> dict[str, float]:
        """Per rule uid: seconds spent on its windows by this correlator."""
        return dict(self._seconds)

    def feed(
        self,
        events: pl.DataFrame,
        matches: Iterable[Matched],
        *,
        file: str = "",
        source: str = "",
    ) -> list[CorrelationHit]:
        """Take in a frame with the rows that single rules matched in it.

        Read are ``time`` (milliseconds), ``_line``, ``_offset`` and the columns behind the
        group-by and counted fields. A correlation that another one refers to counts there as
        an event at every row at which its condition holds; it gives hits of its own only if
        a rule that refers to it says ``generate``. Hits come in the order of their last row,
        those without a row first.
        """
        matched: dict[str, Rows] = {
            match.rule.uid: np.asarray(match.rows, np.int64) for match in matches
        }
        place = self._place(file, source)
        frame = Frame(events, self._files[source, file])
        passage = Passage(np.empty(0, np.int64), 0)
        if self._waits:
            passage = self._clocks.take(place.source, frame.times, frame.timed)
        return self._evaluate(frame, matched, place, passage)

    def advance(self, now: int, *, sources: Collection[str] | None = None) -> list[CorrelationHit]:
        """Time has come to ``now`` (milliseconds) for sources that are silent; None: for all.

        Only for sources that were read to their end, or events that still wait to be read come
        too late. What absences become certain by it is given; nothing else changes by time.
        """
        hits: list[CorrelationHit] = []
        for source, index in list(self._sources.items()) if self._waits else []:
            if sources is None or source in sources:
                passage = self._clocks.advance(index, now)
                place = self._place("", source)
                hits += self._evaluate(Frame(pl.DataFrame()), {}, place, passage)
        return hits

    def snapshot(self) -> bytes:
        """All state, for ``restore`` in a correlator of the same or of changed rules."""
        rules = {
            window.spec.uid: snapshot.save(
                window.spec,
                window.state,
                window.open if isinstance(window, AbsenceWindow) else None,
            )
            for window in self._windows
        }
        return snapshot.encode(
            snapshot.CorrelatorState(
                version=snapshot.VERSION,
                rules=rules,
                files=list(self._files),
                sources=list(self._sources),
                clocks=self._clocks.sources,
                feeds=self._feeds,
            )
        )

    def restore(self, data: bytes) -> list[str]:
        """Take up a snapshot; gives the uids of rules that begin anew as they are new or changed.

        That of another version is left aside with a line in the log. Raises ``StoreError`` if
        the bytes are no snapshot.
        """
        try:
            saved = snapshot.decode(data)
        except StoreError as error:
            if error.code != snapshot.OUTDATED:
                raise
            log.warning("%s", error)
            return sorted(window.spec.uid for window in self._windows)
        self._files = {name: index for index, name in enumerate(saved.files)}
        self._sources = {name: index for index, name in enumerate(saved.sources)}
        self._clocks = Clocks(saved.clocks)
        self._feeds = saved.feeds
        anew = []
        for window in self._windows:
            state = saved.rules.get(window.spec.uid)
            if not snapshot.load(window.spec, window.state, state):
                anew.append(window.spec.uid)
            elif isinstance(window, AbsenceWindow) and state and state.open:
                window.open = snapshot.load_open(state.open)
        return sorted(anew)

    def _evaluate(
        self, frame: Frame, matched: dict[str, Rows], place: Place, passage: Passage
    ) -> list[CorrelationHit]:
        hits: list[CorrelationHit] = []
        joined = frame  # with the absences that became certain, for the rules that count them
        for window in self._windows:
            started = time.perf_counter()
            uid = window.spec.uid
            view = joined if uid in self._after_absence else frame
            batch = batch_of(window.spec, view, self._matched(window.spec, matched))
            found: list[CorrelationHit] = []
            if isinstance(window, AbsenceWindow):
                found, certain = window.feed(batch, view, place, self._clocks, passage)
                if certain is not None and self._after_absence:
                    place = place._replace(kept={**place.kept, **certain.kept()})
                    matched[uid] = np.arange(len(joined), len(joined) + len(certain))
                    joined = Joined(joined, certain, self._joined)
            elif batch is not None:
                found, matched[uid] = window.feed(batch, place)
            if uid not in self._quiet:
                hits += found
            self._seconds[uid] += time.perf_counter() - started
        return sorted(hits, key=lambda hit: int(hit.rows[-1]) if len(hit.rows) else -1)

    def _matched(self, spec: CorrelationSpec, matched: dict[str, Rows]) -> dict[str, Rows]:
        return {name: matched[self._uid(name)] for name in spec.rules if self._uid(name) in matched}

    def _place(self, file: str, source: str) -> Place:
        self._files.setdefault((source, file), len(self._files))
        self._feeds += 1
        return Place(
            files=list(self._files),
            source=self._sources.setdefault(source, len(self._sources)),
            feed=self._feeds,
        )

    def _uid(self, reference: str) -> str:
        return self._names.get(reference, reference)

    def _quiet_ones(self, specs: list[CorrelationSpec]) -> frozenset[str]:
        fed = {self._uid(name) for spec in specs for name in spec.rules}
        kept = {self._uid(name) for spec in specs if spec.generate for name in spec.rules}
        return frozenset(fed - kept)
