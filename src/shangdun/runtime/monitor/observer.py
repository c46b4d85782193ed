"""What the watch learns from the events that pass it, beside what rules find in them.

A kill costs at most what came since the last save, a minute: batches done again after it are
counted again only if they are not in the saved figures yet.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import polars as pl

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.lake.collect.otlp_metrics import LOG_NAME
from shangdun.lake.health import Health
from shangdun.observe import host, own
from shangdun.observe.alarm import Change
from shangdun.observe.burning import Accounts
from shangdun.observe.event import OWN_SOURCES, SYSTEM, event
from shangdun.observe.host import MOST_HOSTS, HostHistory, Sample
from shangdun.observe.objective import Burn
from shangdun.observe.requests import requests_in
from shangdun.observe.rhythm import Rhythm
from shangdun.observe.settings import Objective
from shangdun.observe.state import Observed, SourceRhythm, load, observed_path, save
from shangdun.runtime.journal import Entry
from shangdun.runtime.pipeline import Outcome

log = logging.getLogger(__name__)

MINUTE_MS = 60_000

RESTLESS = frozenset({"cpu", "load", "memory", "swap"})
"""Figures that are never quite the same: told in steps of five."""


class Observer:
    """Takes in batches, and once a minute says what is out of the ordinary."""

    def __init__(
        self,
        home: Path,
        objectives: Collection[Objective],
        emit: Callable[..., None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self._home = home
        self._clock = clock or SystemClock()
        self._emit = emit
        self.state = load(observed_path(home), Observed)
        self._accounts = Accounts(list(objectives), self.state)
        self._arrived: Counter[str] = Counter()
        self._ahead: dict[str, float] = {}
        self._figures = own.Figures()
        self._minute = 0
        self._whole = False

    def take(self, outcome: Outcome, entry: Entry) -> None:
        """Count a batch; never raises, for the watch must not stop over its own figures."""
        if entry.batch <= self.state.batch:
            return
        self.state.batch = entry.batch
        for piece in outcome.pieces:
            if not piece.frame.height:
                continue
            try:
                self._take(piece.source, piece.frame, entry.observed)
            except Exception:
                log.exception("the figures of a batch of %s are left out", piece.source)

    def turn(self, health: Health) -> None:
        """Called every second: closes each minute that is over."""
        for source in health.sources:
            rhythm = self._rhythm(source.name)
            source.hushed = rhythm.silent if rhythm and rhythm.knows else None
        now = to_millis(self._clock.now())
        minute = now // MINUTE_MS
        if minute == self._minute:
            return
        watched, self._whole = self._whole and minute == self._minute + 1, True
        closed, self._minute = self._minute, minute
        try:
            self._close(closed, now, health, watched=watched)
        except Exception:
            log.exception("the figures of a minute are left out")
        self._arrived.clear()
        self._ahead.clear()

    def save(self) -> None:
        """Keep what was learned."""
        self.state.written = to_millis(self._clock.now())
        try:
            save(observed_path(self._home), self.state)
        except OSError as error:
            log.warning("cannot keep what was observed: %s", error)

    def _rhythm(self, name: str) -> Rhythm | None:
        known = self.state.sources.get(name)
        return known.rhythm if known else None

    def _take(self, source: str, frame: pl.DataFrame, observed: int) -> None:
        if source in OWN_SOURCES:
            if source == SYSTEM:
                self._hosts(_samples(frame, _own_sample))
            return
        self._arrived[source] += frame.height
        ahead = (int(frame["time"].max()) - observed) / 1000  # type: ignore[arg-type]  # whole, never null
        self._ahead[source] = max(ahead, self._ahead.get(source, ahead))
        if "metadata.log_name" in frame.columns:
            metrics = frame.filter(pl.col("metadata.log_name") == LOG_NAME)
            self._hosts(_samples(metrics, _otel_sample))
        self._accounts.take(requests_in(frame))

    def _hosts(self, samples: list[Sample]) -> None:
        for sample in samples:
            hosts = self.state.hosts
            if sample.host not in hosts and len(hosts) >= MOST_HOSTS:
                oldest = min(hosts, key=lambda name: hosts[name].last.at if hosts[name].last else 0)  # type: ignore[union-attr]  # asked just before
                del hosts[oldest]
            history = hosts.setdefault(sample.host, HostHistory())
            history.take(sample)
            for name, subject, value in host.levels(history):
                key = f"host:{sample.host}:{name}:{subject}"
                step = 5.0 if name in RESTLESS else 1.0
                if self.state.levels.due(key, value, sample.at, step=step):
                    self._level(sample.at, name, value, subject=subject, device=sample.host)

    def _close(self, minute: int, now: int, health: Health, *, watched: bool) -> None:
        if watched and health.state == "running":
            self._advance_sources(minute, now, health)
        for figure in self._figures.minute(health):
            key = f"own:{figure.name}:{figure.subject}"
            if figure.counts or self.state.levels.due(key, figure.value, now):
                self._level(now, figure.name, figure.value, subject=figure.subject)
        self.state.burns = self._accounts.burns(now // MINUTE_MS)
        for burn in self.state.burns:
            key = f"burn:{burn.objective}:{burn.kind}:{burn.window}"
            change = self.state.alarms.update(key, holds=burn.burning, now=now)
            if change:
                self._emit(_burn_event(burn, change, now))
        self.state.routes.forget(now)
        self.save()

    def _advance_sources(self, minute: int, now: int, health: Health) -> None:
        wanted = {source.name: source for source in health.sources}
        known = self.state.sources
        for gone in [name for name in known if name not in wanted]:
            del known[gone]
            self.state.alarms.standing.pop(f"silent:{gone}", None)
        for name, source in wanted.items():
            if name in OWN_SOURCES or source.lag_bytes:
                continue  # what waits to be read is not silence
            state = known.setdefault(name, SourceRhythm())
            silent = state.rhythm.advance(minute, self._arrived[name])
            state.last = source.last_received or state.last
            state.ahead = self._ahead.get(name, 0.0)
            change = self.state.alarms.update(f"silent:{name}", holds=silent, now=now)
            if change:
                self._emit(_silence_event(name, state, change, now))
            minutes = abs(state.ahead) / 60
            if name in self._ahead and self.state.levels.due(f"skew:{name}", minutes, now):
                which = "clock_ahead" if state.ahead > 0 else "clock_behind"
                self._level(now, which, round(minutes, 1), subject=name)

    def _level(
        self, at: int, name: str, value: float, *, subject: str = "", device: str | None = None
    ) -> None:
        said = " ".join(filter(None, (device or "", name, subject, f"{value:.1f}")))
        self._emit(
            event(
                "level",
                at,
                said,
                level__name=name,
                level__subject=subject or None,
                level__value=round(value, 3),
                device__hostname=device,
            )
        )


def _samples(
    frame: pl.DataFrame, read: Callable[[dict[str, Any], int], Sample | None]
) -> list[Sample]:
    if not frame.height or "unmapped" not in frame.columns:
        return []
    name = pl.col("device.hostname") if "device.hostname" in frame.columns else pl.lit("")
    found = []
    for host_name, at, text in frame.select(name.alias("host"), "time", "unmapped").iter_rows():
        if text:
            fields = {name: _opened(value) for name, value in json.loads(text).items()}
            fields["device.hostname"] = host_name or fields.get("device.hostname") or ""
            found.append(read(fields, at))
    return [sample for sample in found if sample is not None]


def _opened(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """A list, which the lake keeps as text, as a list again."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _own_sample(fields: dict[str, Any], at: int) -> Sample | None:
    if fields.get("service") != "host":
        return None
    return host.from_fields(fields, str(fields["device.hostname"])[:200], at)


def _otel_sample(fields: dict[str, Any], at: int) -> Sample | None:
    name = str(fields["device.hostname"] or fields.get("resource.host.name") or "")[:200]
    return host.from_otel(host.points(fields), name, at) if name else None


def _burn_event(burn: Burn, change: Change, now: int) -> bytes:
    said = (
        f"{burn.objective}: the {burn.kind} budget burns {burn.long:.1f} times as fast as it may"
        f" ({burn.window})"
    )
    return event(
        "objective",
        now,
        said,
        objective__name=burn.objective,
        objective__kind=burn.kind,
        objective__window=burn.window,
        objective__grave=burn.grave,
        objective__burn=round(burn.long, 2),
        objective__burn_short=round(burn.short, 2),
        objective__bad=burn.bad,
        objective__change=change.value,
    )


def _silence_event(name: str, state: SourceRhythm, change: Change, now: int) -> bytes:
    rhythm = state.rhythm
    hour = rhythm.minute // 60 % 168
    said = f"{name} has brought nothing for {rhythm.quiet} minutes"
    if change is Change.CLEARED:
        said = f"{name} brings lines again"
    return event(
        "source",
        now,
        said,
        source__name=name,
        source__change=change.value,
        source__quiet_minutes=rhythm.quiet or None,
        source__usual_percent=round(100 * rhythm.usual(hour)),
        source__longest_usual_minutes=round(rhythm.longest(hour)),
    )
