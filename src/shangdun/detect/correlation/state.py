"""What one rule remembers, and the bounds and figures of its memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from shangdun.detect.correlation.buffer import EventBuffer
from shangdun.detect.correlation.groups import Groups
from shangdun.detect.correlation.spec import CorrelationSpec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one rule's state."""

    lateness: int = 300_000
    """Milliseconds that an event may be older than the newest of its group and still count; an
    absence is certain when its source has gone that much beyond it."""
    groups: int = 100_000
    events: int = 1_000_000
    """36 bytes each."""
    group_events: int = 20_000
    waiting: int = 200_000
    """Events of an absence rule whose answer may still come."""
    fresh: int = 131_072
    """So many new events are taken in before expired ones are looked for."""


class Figures(msgspec.Struct, kw_only=True):
    """What was counted and what was not, since the state began."""

    groups: int = 0
    events: int = 0
    """Groups and events held now."""
    evicted_groups: int = 0
    evicted_events: int = 0
    """Given up for want of room while a window could still have needed them."""
    trimmed_events: int = 0
    """Oldest events of a group that has more than ``group_events`` in its window."""
    late_events: int = 0
    """Too late to be counted."""
    ungrouped_events: int = 0
    """Matched, but a group-by field or the counted field is empty."""
    untimed_events: int = 0
    """Matched, but without a time."""
    non_numeric_events: int = 0
    """Matched, but the field of a sum, mean or percentile holds no number."""

    @classmethod
    def total(cls, parts: Iterable[Figures]) -> Figures:
        """The figures of many rules added up."""
        total = cls()
        for part in parts:
            for name in cls.__struct_fields__:
                setattr(total, name, getattr(total, name) + getattr(part, name))
        return total


@dataclass(slots=True)
class State:
    """Everything one rule remembers."""

    spec: CorrelationSpec
    limits: Limits
    figures: Figures = field(default_factory=Figures)
    groups: Groups = field(default_factory=Groups)
    buffer: EventBuffer = field(default_factory=EventBuffer)
    clocks: dict[int, int] = field(default_factory=dict)
    """Source → middle time of its last frame; tells when a silent group may be forgotten."""

    @property
    def patience(self) -> int:
        """Milliseconds after which an event can share no window with one that comes."""
        return self.spec.span + self.limits.lateness
