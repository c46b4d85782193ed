"""What each part of the response adds to the tests of all pages; found by being here.

A module may have ``EXPECTED`` (address name → (method, roles that get in)), ``FOR_ANYBODY`` (names
open to nobody in particular), ``arguments()`` (address name → what fills its places), ``paths()``
(title → address of pages worth looking at), ``SCREENS`` (name → address for pictures) and
``seed(users, home, now)``, which is called in the order of ``ORDER``, then of the names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from shangdun.records.models import User


@cache
def parts() -> tuple[ModuleType, ...]:
    found = [import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__)]
    return tuple(sorted(found, key=lambda part: (getattr(part, "ORDER", 50), part.__name__)))


def merged(table: str) -> dict[str, Any]:
    together: dict[str, Any] = {}
    for part in parts():
        own = getattr(part, table, {})
        own = own() if callable(own) else own
        assert not together.keys() & own.keys(), f"{part.__name__}.{table} repeats another's"
        together |= own
    return together


def for_anybody() -> set[str]:
    return {name for part in parts() for name in getattr(part, "FOR_ANYBODY", ())}


def seed_parts(users: dict[str, User], home: Path, now: datetime) -> None:
    for part in parts():
        sow: Callable[..., None] | None = getattr(part, "seed", None)
        if sow:
            sow(users, home, now)
