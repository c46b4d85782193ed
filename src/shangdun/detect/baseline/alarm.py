"""What a baseline saw, with what was usual: enough to make a finding of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shangdun.detect.baseline.columns import Ints

Against = Literal["own", "season", "peers", "new"]
"""``new``: its own, of a value that was hardly seen before."""


class Place(NamedTuple):
    """Where an event stands that was fed before."""

    source: str
    file: str
    line: int
    offset: int
    time: int


class Usual(NamedTuple):
    """A range that nine of ten periods lie in, and how it is known."""

    against: Against
    low: float
    high: float
    periods: int
    """Periods it was learned from; of peers: all of theirs that still count."""
    over: int
    """Milliseconds of history behind it."""
    hour: int = -1
    """Hour of the week in UTC, from Monday 00:00, where the range is that of the season."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One entity in one period, as soon as it is past its bound; once a period."""

    baseline: str
    key: str
    """Text of the entity; empty for the whole shop."""
    start: int
    """Of the period, in milliseconds."""
    first_time: int
    last_time: int
    count: int
    value: float
    whole: float
    """ratio and mix: of how many."""
    usual: tuple[Usual, ...]
    rows: Ints
    """Rows of the frame just fed that belong to it, ascending."""
    earlier: tuple[Place, ...] = field(default=())
    sale: float = 1.0
    """By how much an announced sale had raised the bound."""
    members: tuple[str, ...] = ()
    """linked: the accounts of the group."""
