"""Is everything being watched: what the watch says of itself, laid over what it should watch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from shangdun.lake.health import Health, SourceHealth, read_health
from shangdun.records.access import visible_sources
from shangdun.records.actor import Actor
from shangdun.records.models import Source

QUIET_AFTER_MS = 10 * 60 * 1000
RECENT_SECONDS = 10


class Condition(StrEnum):
    """How a source is, from worst to best."""

    FAILING = "failing"
    AWAY = "away"
    SILENT = "silent"
    PAUSED = "paused"
    WAITING = "waiting"
    LIVE = "live"


ORDER = {condition: number for number, condition in enumerate(Condition)}


@dataclass
class Watched:
    """One source: where it is defined, and how it is doing."""

    name: str
    format: str
    kind: str
    target: str
    row: Source | None = None
    health: SourceHealth = field(default_factory=lambda: SourceHealth(name="", format=""))
    condition: Condition = Condition.AWAY

    @property
    def rate(self) -> float:
        """Events a second over the last ten seconds that are over."""
        return sum(self.health.rates[-RECENT_SECONDS - 1 : -1]) / RECENT_SECONDS

    @property
    def spark(self) -> str:
        """The last minute as points of a line in a field of 120 × 30."""
        highest = max(self.health.rates, default=0) or 1
        step = 120 / max(1, len(self.health.rates) - 1)
        return " ".join(
            f"{number * step:.1f},{29 - 27 * rate / highest:.1f}"
            for number, rate in enumerate(self.health.rates)
        )

    @property
    def problem(self) -> str:
        return self.health.error


@dataclass
class Watch:
    """All sources, worst first, and the process that reads them."""

    health: Health | None
    fresh: bool
    sources: list[Watched]

    @property
    def rate(self) -> float:
        return sum(source.rate for source in self.sources)

    @property
    def dead_letters(self) -> int:
        return sum(source.health.dead_letters for source in self.sources)

    @property
    def unwell(self) -> list[Watched]:
        bad = {Condition.FAILING, Condition.AWAY, Condition.SILENT}
        return [source for source in self.sources if source.condition in bad]


def now_ms() -> int:
    return int(time.time() * 1000)


def read_watch(actor: Actor) -> Watch:
    """The state of the watch for somebody who may see sources."""
    health = read_health(settings.HOME)
    now = now_ms()
    fresh = bool(health and health.fresh(now))
    known = {source.name: source for source in (health.sources if health else [])}
    sources = {source.name: source for source in _defined(actor)}
    for name, found in known.items():
        if name not in sources:
            sources[name] = Watched(name, found.format, found.kind, "")
    for source in sources.values():
        source.health = known.get(source.name, source.health)
        source.condition = _condition(source, watched=source.name in known, fresh=fresh, now=now)
    ordered = sorted(sources.values(), key=lambda source: (ORDER[source.condition], source.name))
    return Watch(health, fresh, ordered)


def _defined(actor: Actor) -> list[Watched]:
    rows = [
        Watched(row.name, row.format, _kind(row.path, row.listen), row.path or row.listen, row)
        for row in visible_sources(actor)
    ]
    named = {row.name for row in rows}
    configured = [
        Watched(
            source.name,
            source.format,
            _kind(source.path, source.listen),
            source.path or source.listen,
        )
        for source in settings.CONFIG.sources
        if source.name not in named
    ]
    return rows + configured


def _kind(path: str, listen: str) -> str:
    return "path" if path else "listen" if listen else "http"


def _condition(source: Watched, *, watched: bool, fresh: bool, now: int) -> Condition:
    health = source.health
    if source.row is not None and not source.row.enabled:
        return Condition.PAUSED
    if not fresh or not watched:
        return Condition.AWAY
    if health.error:
        return Condition.FAILING
    if not health.last_received:
        return Condition.WAITING
    return Condition.SILENT if now - health.last_received > QUIET_AFTER_MS else Condition.LIVE
