"""What drafts, notices and proves each thing of the communication plan; found by being here.

A module has ``title`` (lazily translated) and any of

- ``draft(asked) -> Draft``: the text made from data, in ``asked.language``;
- ``happened(asked) -> Iterable[Happened]``: of a line that follows events, what happened between
  ``asked.since`` and today;
- ``proof(asked) -> Proof | None``: the record that shows it was done elsewhere in the system (the
  response's own updates, a report that was sent). What is proven so is never sent a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from shangdun.records.models import CommunicationLine


@dataclass(frozen=True)
class Asked:
    """Which line, which days, seen from which moment."""

    line: CommunicationLine
    since: date
    until: date
    """What it tells about; both included, in ``zone``."""
    now: datetime
    zone: ZoneInfo
    language: str
    about: Mapping[str, Any] = field(default_factory=dict)
    """What happened, of an event."""
    opens: date | None = None
    """The first day of the window in which it is due."""
    closes: date | None = None

    @property
    def begins_at(self) -> datetime:
        """The first moment of the days."""
        return datetime.combine(self.since, time.min, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The moment after their last: not included."""
        return datetime.combine(self.until + timedelta(days=1), time.min, self.zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


class Draft(NamedTuple):
    """A text to be looked at: markup of ``papers.markup``, every foreign text escaped."""

    title: str
    body: str


class Happened(NamedTuple):
    """Something that must be told."""

    key: str
    """Unique within the line: ``incident:7``."""
    at: datetime
    title: str
    about: dict[str, Any]
    due_on: date | None = None
    """Where the law or something else sets the day; otherwise the line's own days count."""


class Proof(NamedTuple):
    """What shows that it was done."""

    at: datetime
    text: str
    path: str = ""
    reached: int | None = None
    """How many were reached, where that is known."""


class Maker(NamedTuple):
    """One module."""

    name: str
    title: str | Promise
    draft: Callable[[Asked], Draft] | None
    happened: Callable[[Asked], Iterable[Happened]] | None
    proof: Callable[[Asked], Proof | None] | None


@cache
def makers() -> dict[str, Maker]:
    """All of them by name."""
    found = {}
    names = (part.name for part in iter_modules(__path__))
    for name in sorted(name for name in names if not name.startswith("_")):
        module = import_module(f"{__name__}.{name}")
        found[name] = Maker(
            name,
            module.title,
            cast("Callable[[Asked], Draft] | None", getattr(module, "draft", None)),
            cast("Callable[[Asked], Iterable[Happened]] | None", getattr(module, "happened", None)),
            cast("Callable[[Asked], Proof | None] | None", getattr(module, "proof", None)),
        )
    return found
