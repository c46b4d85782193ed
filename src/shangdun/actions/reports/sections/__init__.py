"""What reports, agendas and messages are filled with: each part adds a module here.

A module has ``title`` (lazily translated) and ``section(asked) -> str``, the markup of
``papers.markup``; it is found by being there, and its name is the placeholder: ``{{incidents}}`` is
filled by ``incidents.py``. A section begins with no heading of its own (the template has it), keeps
its tables small, says so in a sentence where there is nothing to tell, and writes every text that a
person or an attacker chose through ``plain``. It may have ``has(asked) -> bool``, whether there
is anything to tell: what ``{{if incidents}}`` asks; without it there always is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import override

from shangdun.papers import escaped
from shangdun.records.actor import System
from shangdun.records.models import Programme
from shangdun.records.roles import ROLE_CAPABILITIES, Capability, Role

__all__ = ["READERS", "Asked", "Section", "filled", "has", "plain", "sections", "table", "values"]


class Readers(System):
    """Whoever a report is made for: it holds what the leadership group may see, and no more."""

    def can(self, *capabilities: Capability) -> bool:
        allowed = ROLE_CAPABILITIES[Role.LEADERSHIP]
        return any(one in allowed for one in capabilities)


READERS = Readers("system:reports")
CELL = 120
"""Longest text of somebody else in a line of a report, in characters."""


def plain(text: object, longest: int = CELL) -> str:
    """A text that somebody else chose: it can only be read as itself, and is cut."""
    return escaped.line(text, longest)


def table(
    head: Sequence[object], rows: Iterable[Sequence[object]], right: Iterable[int] = ()
) -> str:
    """A small table of the markup; ``right``: columns of numbers."""
    return escaped.table(head, rows, right, CELL)


@dataclass(frozen=True)
class Asked:
    """Which days are reported on, seen from which moment, in which language."""

    since: date
    until: date
    """Both included, in ``zone``."""
    now: datetime
    language: str
    """``zh-hans`` or ``en``; a section is called with this language switched on."""
    programme: Programme | None
    """The plan that is reported on; None: there is none yet."""
    zone: ZoneInfo

    @property
    def actor(self) -> System:
        """With whose eyes the records are read."""
        return READERS

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def begins_at(self) -> datetime:
        """The first moment of the period."""
        return datetime.combine(self.since, time.min, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The moment after its last: not included."""
        return datetime.combine(self.until + timedelta(days=1), time.min, self.zone)

    def before(self) -> Asked:
        """The period of the same length that ended the day before this one."""
        days = (self.until - self.since).days
        last = self.since - timedelta(days=1)
        return Asked(
            last - timedelta(days=days), last, self.now, self.language, self.programme, self.zone
        )


class Section(NamedTuple):
    """One part's contribution."""

    name: str
    title: str | Promise
    section: Callable[[Asked], str]
    has: Callable[[Asked], bool]


@cache
def sections() -> dict[str, Section]:
    """All of them by name: what a template may name."""
    found = {}
    for name in sorted(part.name for part in iter_modules(__path__)):
        module = import_module(f"{__name__}.{name}")
        has = cast("Callable[[Asked], bool]", getattr(module, "has", _always))
        found[name] = Section(name, module.title, module.section, has)
    return found


values = sections


def filled(name: str, asked: Asked) -> str:
    """One section's markup in the report's language. Raises ``KeyError`` for an unknown name."""
    with override(asked.language):
        return sections()[name].section(asked).strip("\n")


def has(name: str, asked: Asked) -> bool:
    """Whether the section has anything to tell."""
    with override(asked.language):
        return sections()[name].has(asked)


def _always(asked: Asked) -> bool:
    del asked
    return True
