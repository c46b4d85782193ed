"""Is everything being watched: what the watch says of itself, laid over what it should watch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from shangdun.kernel.config import SourceConfig
from shangdun.lake.health import Health, SourceHealth, read_health
from shangdun.observe.event import OWN_SOURCES
from shangdun.records.access import visible_sources
from shangdun.records.actor import Actor
from shangdun.records.models import Source

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
BAD = frozenset({Condition.FAILING, Condition.AWAY, Condition.SILENT})


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

    @property
    def unwell(self) -> bool:
        """Whether somebody has to look at it; one that is read but lost lines is unwell too."""
        return self.condition in BAD or self.health.losses > 0


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
        return [source for source in self.sources if source.unwell]

    @property
    def losses(self) -> int:
        """Places where a file was gone before it was read."""
        return sum(source.health.losses for source in self.sources)


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
        if name not in sources and name not in OWN_SOURCES:
            sources[name] = Watched(name, found.format, found.kind, "")
    for source in sources.values():
        source.health = known.get(source.name, source.health)
        source.condition = _condition(source, watched=source.name in known, fresh=fresh, now=now)
    return Watch(health, fresh, sorted(sources.values(), key=_worst_first))


def _worst_first(source: Watched) -> tuple[bool, int, str]:
    return (not source.unwell, ORDER[source.condition], source.name)


def _defined(actor: Actor) -> list[Watched]:
    """What should be watched; of two sources with one name it is the file's, as for the watch."""
    defined = {row.name: _watched(row.config(), row) for row in visible_sources(actor)}
    defined |= {source.name: _watched(source) for source in settings.CONFIG.sources}
    return list(defined.values())


def _watched(source: SourceConfig, row: Source | None = None) -> Watched:
    target = source.path or source.listen
    return Watched(source.name, source.format, source.ways[0], target, row)


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
    return Condition.SILENT if health.silent(now) else Condition.LIVE
