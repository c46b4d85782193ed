"""What proves a subtask: each kind of evidence is a module here, found by being there.

A module has

- ``LABEL``: what it is, for choosing it («A document is in force»);
- ``PARAMS``: what one may say about it, for its form;
- ``asked(params) -> str``: what has to be so, in a few words, for the plan's text;
- ``check(params, asked) -> Verdict``: whether it is so now, with the records that show it or
  precisely what is missing. It reads the records as the system does and gives counts and names of
  records, nothing that only some may see. What cannot be seen is ``unknown``, never ``unmet``.

``LASTING = False`` says that what was proven once stays so (a drill that was held); otherwise the
proof is lost when it is no longer so (a source that fell silent).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal, NamedTuple, Protocol, cast
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.records.models import CriterionState, PlanTask, Programme
from shangdun.records.roles import Capability

log = logging.getLogger(__name__)


class State(StrEnum):
    MET = CriterionState.MET.value
    UNMET = CriterionState.UNMET.value
    UNKNOWN = CriterionState.UNKNOWN.value


@dataclass(frozen=True)
class Asked:
    """For which task, seen from which moment."""

    programme: Programme
    task: PlanTask
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


class Link(NamedTuple):
    """A way to the records that prove it, or to where what is missing gets done."""

    text: str | Promise
    path: str
    needs: tuple[Capability, ...] = ()
    """Who may go there; for others it is said without the way."""


@dataclass(frozen=True)
class Verdict:
    state: State
    says: str | Promise
    """One sentence, with the figures: «4 of 5 sources reported on each of the last 30 days»."""
    links: tuple[Link, ...] = ()
    proof: tuple[str, ...] = ()
    """Paths of the records that show it, for the ledger; the links' where it is empty."""


class Param(NamedTuple):
    """One thing to say about a criterion."""

    name: str
    label: str | Promise
    kind: Literal["number", "words", "choice", "document"]
    default: Any = None
    choices: tuple[tuple[str, str | Promise], ...] = ()
    least: int = 0
    most: int = 10_000
    help: str | Promise = ""


class Kind(Protocol):
    """What a module gives."""

    LABEL: str | Promise
    PARAMS: tuple[Param, ...]

    def asked(self, params: Mapping[str, Any], /) -> str: ...

    def check(self, params: Mapping[str, Any], asked: Asked, /) -> Verdict: ...


@cache
def kinds() -> dict[str, Kind]:
    """All of them, by name."""
    found = sorted(part.name for part in iter_modules(__path__))
    names = [name for name in found if not name.startswith("_")]
    return {name: cast("Kind", import_module(f"{__name__}.{name}")) for name in names}


def lasting(kind: str) -> bool:
    """Whether its proof can be lost again."""
    return bool(getattr(kinds().get(kind), "LASTING", True))


def complete(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """The params with those that were not said."""
    return {one.name: one.default for one in kind.PARAMS} | dict(params)


def asked_of(kind: str, params: Mapping[str, Any]) -> str | Promise:
    """What has to be so, in a few words."""
    module = kinds().get(kind)
    return module.asked(complete(module, params)) if module else kind


def check(kind: str, params: Mapping[str, Any], asked: Asked) -> Verdict:
    """Whether it is so; ``unknown`` for a kind that is not there or that broke."""
    module = kinds().get(kind)
    if module is None:
        return Verdict(State.UNKNOWN, _("This version does not know such evidence."))
    try:
        return module.check(complete(module, params), asked)
    except Exception:  # one kind of evidence that breaks must not take the plan's page with it
        log.exception("criterion %s of task %s failed", kind, asked.task.pk)
        return Verdict(State.UNKNOWN, _("It could not be checked; the log says why."))
