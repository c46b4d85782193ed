"""What the watch says of itself, minute by minute, as figures that rules judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shangdun.lake.health import Health

LEAST_LINES = 20
"""Fewer lines of a minute say nothing about a share."""
MIB = 1 << 20


class Figure(NamedTuple):
    """One figure: its name, what it is of (a source, a rule), its value."""

    name: str
    subject: str
    value: float
    counts: bool = False
    """It counts what happened in this minute: told whenever it is not zero."""


class Figures:
    """Turns counts since the start into what a minute brought."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], float] = {}

    def minute(self, health: Health) -> Iterator[Figure]:
        """The figures of the minute that ended now; the first call only learns where counts stand.

        ``lag`` and ``backlog`` are MiB, ``unreadable`` per cent of the lines, ``given_up`` and
        ``late`` events of correlations, or of the baseline that is named, ``lost`` places in
        files, ``cut_off`` values that a rule's expression was not compared with, ``rule_time``
        per cent of the minute.
        """
        yield Figure("backlog", "", health.journal_bytes / MIB)
        for name, value in (
            ("given_up", health.evicted_events + health.evicted_groups),
            ("late", health.late_events),
        ):
            if grown := self._grown(name, "", value):
                yield Figure(name, "", grown, counts=True)
        yield from self._baselines(health)
        for source in health.sources:
            yield Figure("lag", source.name, source.lag_bytes / MIB)
            if lost := self._grown("lost", source.name, source.losses):
                yield Figure("lost", source.name, lost, counts=True)
            dead = self._grown("dead", source.name, source.dead_letters)
            lines = dead + self._grown("events", source.name, source.events)
            if dead and lines >= LEAST_LINES:
                yield Figure("unreadable", source.name, 100 * dead / lines)
        for cost in health.costs:
            if cut := self._grown("cut_off", cost.title, cost.cut_off):
                yield Figure("cut_off", cost.title, cut, counts=True)
            seconds = self._grown("seconds", cost.title, cost.seconds)
            yield Figure("rule_time", cost.title, 100 * seconds / 60)

    def _baselines(self, health: Health) -> Iterator[Figure]:
        """What baselines left out; those that learn are in the list from the start."""
        for memory in health.memories:
            for name, value in (("given_up", memory.evicted), ("late", memory.late)):
                if memory.baseline and (grown := self._grown(name, memory.title, value)):
                    yield Figure(name, memory.title, grown, counts=True)

    def _grown(self, name: str, subject: str, value: float) -> float:
        before = self._before.get((name, subject))
        self._before[name, subject] = value
        return max(0.0, value - before) if before is not None else 0.0
