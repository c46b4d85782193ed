"""Everything with a date, for the one calendar: each part of the plan adds a module here.

A module has ``dated(asked) -> Iterable[Dated]``; it is found by being there. It gives what lies
between the two days and what this actor may see, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from shangdun.records.actor import Actor


class DatedState(StrEnum):
    AHEAD = "ahead"
    DUE = "due"
    """Today, or its time has begun to run."""
    DONE = "done"
    LATE = "late"
    """May still be done, after its day."""
    MISSED = "missed"
    """Its time is over and it did not happen."""


@dataclass(frozen=True)
class Asked:
    """Which days, seen from which moment, by whom."""

    actor: Actor
    since: date
    until: date
    """Both included."""
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Dated:
    """One thing in the calendar."""

    uid: str
    """Unique for ever, the same each time: the UID of its iCalendar event, without a host."""
    kind: str
    """``meeting``, ``report``, ``drill``, …: the module's own word, for filter and colour."""
    title: str | Promise
    day: date
    state: DatedState
    path: str = ""
    """Where one goes from it, from the root (``/drills/3/``)."""
    until: date | None = None
    """Last day, where it takes several; included."""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    people: tuple[int, ...] = ()
    """Ids of those it concerns in person."""
    detail: str | Promise = ""


Source = Callable[[Asked], Iterable[Dated]]


@cache
def sources() -> tuple[tuple[str, Source], ...]:
    """The parts that are there, by name."""
    names = sorted(part.name for part in iter_modules(__path__))
    return tuple(
        (name, cast("Source", import_module(f"{__name__}.{name}").dated)) for name in names
    )


def everything(asked: Asked) -> list[Dated]:
    """What lies between the days, in their order."""
    found = [item for _name, dated in sources() for item in dated(asked)]
    return sorted(found, key=lambda item: (item.day, item.kind, item.uid))
