"""The sources that are watched, which may change while the watch runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import ShangdunError, StoreError
from shangdun.lake.collect.position import Positions
from shangdun.lake.collect.spool import Spool
from shangdun.lake.collect.tail import Tail
from shangdun.lake.parse import get_parser
from shangdun.runtime.journal import Piece
from shangdun.runtime.pulse import Pulse

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Something that takes what is sent to it into the spool."""

    def close(self) -> None: ...


Listen = Callable[[SourceConfig, Spool], Listener]
"""Starts a listener; raises ``ShangdunError`` or ``OSError`` where it cannot."""


@dataclass(slots=True)
class _Source:
    config: SourceConfig
    tail: Tail
    listener: Listener | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """By what fails: ``listen``, ``read`` or ``spool``; each is tried again."""

    def fail(self, what: str, error: Exception) -> None:
        if self.errors.get(what) != str(error):
            log.error("%s cannot %s: %s", self.config.name, what, error)
        self.errors[what] = str(error)


class SourceIntake:
    """Tails and listeners by source: ``runtime.loop.Intake``."""

    def __init__(self, spool: Spool, listen: Listen, pulse: Pulse) -> None:
        self._spool = spool
        self._listen = listen
        self._pulse = pulse
        self._wanted: list[SourceConfig] = []
        self._sources: dict[str, _Source] = {}
        self._refused: dict[str, str] = {}
        self._positions: dict[str, Positions] = {}
        """Also of sources that are paused: they go on where they were."""
        self._started = False
        self._turn = 0

    def configure(self, wanted: Sequence[SourceConfig]) -> None:
        """Watch exactly these from now on; what is the same is left alone."""
        if list(wanted) == self._wanted:
            return
        self._wanted = list(wanted)
        if self._started:
            self._apply()

    def start(self, positions: dict[str, Positions]) -> None:
        """Go on from where the last run stopped."""
        self._positions = dict(positions)
        self._started = True
        self._apply()

    def poll(self, max_bytes: int) -> list[Piece]:
        """What came since; each source has its share, and its turn to be first."""
        pieces: list[Piece] = []
        sources = list(self._sources.values())
        self._turn = (self._turn + 1) % max(1, len(sources))
        for done, source in enumerate([*sources[self._turn :], *sources[: self._turn]]):
            try:
                chunks = source.tail.poll(max(1, max_bytes // (len(sources) - done)))
            except (ShangdunError, OSError) as error:
                source.fail("read", error)
                continue
            source.errors.pop("read", None)
            self._positions[source.config.name] = source.tail.positions()
            pieces += [Piece.of(chunk, source.config.format) for chunk in chunks]
            max_bytes -= sum(len(chunk.block.data) for chunk in chunks)
        return pieces

    def positions(self) -> dict[str, Positions]:
        """How far every source has been read."""
        return dict(self._positions)

    def ended(self) -> list[str]:
        """The sources of which nothing is left to read now, as far as their files are known."""
        return [
            name
            for name, source in self._sources.items()
            if not source.errors and not source.tail.backlog()
        ]

    def release(self, positions: dict[str, Positions]) -> None:
        """Let the spool forget what the lake has."""
        for name, source in self._sources.items():
            if not source.config.path and name in positions:
                try:
                    self._spool.forget(name, positions[name])
                except (StoreError, OSError) as error:
                    source.fail("spool", error)
                else:
                    source.errors.pop("spool", None)

    def inspect(self) -> None:
        """Tell the pulse how reading goes, and start the listeners that could not start before."""
        for name, source in self._sources.items():
            if source.listener is None and source.config.listen:
                self._start_listener(source)
            losses = source.tail.take_losses()
            for loss in losses:
                log.error("%s: %s: %s", name, loss.path, loss.reason)
            problems = [f"{path}: {message}" for path, message in source.tail.problems()]
            self._pulse.reading(
                name,
                error="; ".join([*source.errors.values(), *problems]),
                lag_bytes=source.tail.backlog(),
                lost=len(losses),
            )
        for name, error in self._refused.items():
            self._pulse.reading(name, error=error, lag_bytes=0, lost=0)

    def close(self) -> None:
        """Stop listening and reading."""
        for name in list(self._sources):
            self._stop(name)

    def _apply(self) -> None:
        wanted = {source.name: source for source in self._wanted}
        for name, source in list(self._sources.items()):
            if wanted.get(name) != source.config:
                self._stop(name)
        self._refused.clear()
        kinds = {}
        for name, config in wanted.items():
            kinds[name] = (config.format, config.ways[0])
            if name not in self._sources:
                self._begin(config)
        self._pulse.sources(kinds)

    def _begin(self, config: SourceConfig) -> None:
        try:
            get_parser(config.format)
            positions = self._positions.get(config.name)
            if config.path:
                tail = Tail(config.name, config.path, positions)
            else:
                tail = self._spool.tail(config.name, positions)
        except (ShangdunError, OSError) as error:
            log.warning("%s is not watched: %s", config.name, error)
            self._refused[config.name] = str(error)
            return
        source = self._sources[config.name] = _Source(config, tail)
        if config.listen:
            self._start_listener(source)

    def _start_listener(self, source: _Source) -> None:
        try:
            source.listener = self._listen(source.config, self._spool)
        except (ShangdunError, OSError) as error:
            source.fail("listen", error)
        else:
            source.errors.pop("listen", None)

    def _stop(self, name: str) -> None:
        source = self._sources.pop(name)
        if source.listener:
            source.listener.close()
        source.tail.close()
