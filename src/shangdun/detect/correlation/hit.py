"""What goes into the correlator and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
NO_FIELDS: Mapping[str, str] = MappingProxyType({})


class HasUid(Protocol):
    """A rule, as far as the correlator cares."""

    @property
    def uid(self) -> str: ...


class Matched(Protocol):
    """Rows of one frame that one rule matched."""

    @property
    def rule(self) -> HasUid: ...

    @property
    def rows(self) -> npt.NDArray[np.integer]: ...


class EventRef(NamedTuple):
    """Where an event stands that was fed before: enough to show it or to read its line again."""

    file: str
    line: int
    offset: int
    time: int
    """Milliseconds; of an absence that a correlation counts, the moment it was certain."""
    source: str = ""
    fields: Mapping[str, str] = NO_FIELDS
    """What was kept of it: of the event behind an absence, the fields of its entities."""


@dataclass(frozen=True, slots=True)
class CorrelationHit:
    """One episode of one rule for one group, as far as this feed moved it.

    An episode begins with the event at which the condition holds for the first time, and lasts
    until a whole timespan passes without it holding. Every feed in which an episode begins or
    goes on gives one hit with the same ``episode``, so whoever keeps findings folds on it:
    ``first_time`` stays, ``last_time``, ``count`` and ``value`` replace what was known.
    """

    rule: str
    """The uid of the correlation rule."""
    episode: str
    """Made of the rule, the group and the event that crossed the threshold."""
    begins: bool
    """True in the feed in which the threshold was crossed, False where the episode goes on."""
    group: dict[str, str]
    first_time: int
    """Of the first event in the window that crossed the threshold; milliseconds."""
    last_time: int
    count: int
    """Events of the episode so far."""
    value: float
    """The most telling number the condition was compared with: the greatest, or the least where
    the condition asks for small ones. A whole number for counts and stages."""
    rows: Rows
    """Rows of the frame just fed that belong to the episode, ascending; none where an absence
    became certain whose event came before."""
    earlier: tuple[EventRef, ...] = field(default=())
    """Its events that are in no row of this frame: of the crossing window, and those behind
    absences; the newest 20, in order. Rows and this together are never empty."""
    added: int = 0
    """Events that this feed added to the episode: all of ``count`` where it begins."""
