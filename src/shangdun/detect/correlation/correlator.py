"""All correlation rules of a rule set, fed frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from shangdun.detect.correlation import snapshot
from shangdun.detect.correlation.batch import Frame, batch_of
from shangdun.detect.correlation.hit import CorrelationHit, Matched, Rows
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.state import Figures, Limits
from shangdun.detect.correlation.window import Place, RuleWindow
from shangdun.kernel.errors import RuleError


class Correlator:
    """Evaluates correlation rules; the same frames in the same order give the same hits.

    ``names`` gives the uid behind a reference that is not a uid itself. Raises ``RuleError`` for
    rules that refer to each other in a circle.
    """

    def __init__(
        self,
        specs: Iterable[CorrelationSpec],
        *,
        names: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._names = dict(names or {})
        ordered = self._referred_first(list(specs))
        self._windows = [RuleWindow(spec, limits or Limits()) for spec in ordered]
        self._quiet = self._quiet_ones(ordered)
        self._files: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._feeds = 0

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is read, as rules write it, and ``time``."""
        return frozenset({"time"}).union(*(window.spec.fields for window in self._windows))

    @property
    def figures(self) -> dict[str, Figures]:
        """Per rule uid: what is held, and what was left out and why."""
        for window in self._windows:
            state = window.state
            state.figures.groups, state.figures.events = len(state.groups), len(state.buffer)
        return {window.spec.uid: window.state.figures for window in self._windows}

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
        a rule that refers to it says ``generate``. Hits come in the order of their last row.
        """
        matched: dict[str, Rows] = {
            match.rule.uid: np.asarray(match.rows, np.int64) for match in matches
        }
        place = self._place(file, source)
        frame = Frame(events)
        hits: list[CorrelationHit] = []
        for window in self._windows:
            spec = window.spec
            rows_of = {
                name: matched[self._uid(name)] for name in spec.rules if self._uid(name) in matched
            }
            batch = batch_of(spec, frame, rows_of)
            if batch is None:
                continue
            found, held = window.feed(batch, place)
            if len(held):
                matched[spec.uid] = held
            if spec.uid not in self._quiet:
                hits += found
        return sorted(hits, key=lambda hit: int(hit.rows[-1]))

    def snapshot(self) -> bytes:
        """All state, for ``restore`` in a correlator of the same or of changed rules."""
        rules = {window.spec.uid: snapshot.save(window.state) for window in self._windows}
        return snapshot.encode(rules, list(self._files), list(self._sources), self._feeds)

    def restore(self, data: bytes) -> list[str]:
        """Take up a snapshot; gives the uids of rules that begin anew as they are new or changed.

        Raises ``StoreError`` if the bytes are no snapshot.
        """
        saved = snapshot.decode(data)
        self._files = {name: index for index, name in enumerate(saved.files)}
        self._sources = {name: index for index, name in enumerate(saved.sources)}
        self._feeds = saved.feeds
        states = {window.spec.uid: window.state for window in self._windows}
        loaded = {uid: snapshot.load(state, saved.rules.get(uid)) for uid, state in states.items()}
        return sorted(uid for uid, taken in loaded.items() if not taken)

    def _place(self, file: str, source: str) -> Place:
        index = self._files.setdefault(file, len(self._files))
        self._feeds += 1
        return Place(
            files=list(self._files),
            file=index,
            source=self._sources.setdefault(source, len(self._sources)),
            feed=self._feeds,
        )

    def _uid(self, reference: str) -> str:
        return self._names.get(reference, reference)

    def _quiet_ones(self, specs: list[CorrelationSpec]) -> frozenset[str]:
        fed = {self._uid(name) for spec in specs for name in spec.rules}
        kept = {self._uid(name) for spec in specs if spec.generate for name in spec.rules}
        return frozenset(fed - kept)

    def _referred_first(self, specs: list[CorrelationSpec]) -> list[CorrelationSpec]:
        """Order rules so that each comes after the correlations it refers to."""
        by_uid = {spec.uid: spec for spec in specs}
        placed: dict[str, CorrelationSpec] = {}

        def put(spec: CorrelationSpec, above: frozenset[str]) -> None:
            if spec.uid in above:
                raise RuleError(
                    "the correlation refers to itself, directly or through others",
                    code="rule.correlation",
                    where=spec.uid,
                    fix="break the circle of rules",
                )
            for uid in map(self._uid, spec.rules):
                if uid in by_uid and uid not in placed:
                    put(by_uid[uid], above | {spec.uid})
            placed[spec.uid] = spec

        for spec in specs:
            if spec.uid not in placed:
                put(spec, frozenset())
        return list(placed.values())
