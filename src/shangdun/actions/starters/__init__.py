"""What the guided questions create beside the plan itself: each part adds a module here.

A module has ``start(asked) -> Started`` and an ``ORDER``; it is found by being there. It runs
inside the caller's transaction and is safe to repeat: what exists already stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from django.utils.functional import Promise, lazy

from shangdun.records.actor import Actor
from shangdun.records.models import Programme


@dataclass(frozen=True)
class Asked:
    """The answers to the guided questions, and the programme that came of them."""

    actor: Actor
    programme: Programme
    at: datetime
    today: date
    platform: frozenset[str] = frozenset()
    """What the shop is made of: ``web``, ``app``, ``mini_program``, ``api``, ``payments``,
    ``own_servers``, ``cloud``, ``marketplace``, ``eu``."""
    customers: int | None = None
    """How many people's data it holds, about."""
    budget: Decimal = Decimal(0)
    people: dict[str, int] = field(default_factory=dict)
    """Who does what, by the template's roles: ``lead`` → id of a person."""


@dataclass(frozen=True)
class Started:
    """What a part made of it, for the last page of the questions."""

    what: str | Promise
    """A sentence: «11 risks to look through»."""
    made: int
    path: str
    """Where one looks at it."""


def in_words(said: Callable[[], str]) -> Promise:
    """A sentence with figures in it, said when it is read: in its reader's language."""
    return cast("Promise", lazy(said, str)())


Starter = Callable[[Asked], Started]


@cache
def starters() -> tuple[Starter, ...]:
    modules = [import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__)]
    modules.sort(key=lambda module: (module.ORDER, module.__name__))
    return tuple(cast("Starter", module.start) for module in modules)


def start_everything(asked: Asked) -> list[Started]:
    """Every part once, in their order."""
    return [start(asked) for start in starters()]
