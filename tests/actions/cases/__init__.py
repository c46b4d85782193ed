"""How the actions of each part are called in the test that walks all of them; found by being here.

A module has ``CASES``: action → function of the world that prepares what the action needs and gives
``(arguments, keywords)``; ``MAY``: action → the roles that may (none: only the system); may have
``ACTORS``: action → who does it, where it is no person.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from shangdun.records.actor import Actor
from shangdun.records.roles import Role

Case = Callable[[Any], tuple[tuple[Any, ...], dict[str, Any]]]


@cache
def cases() -> dict[str, Case]:
    return _merged("CASES")


@cache
def actors() -> dict[str, Actor]:
    return _merged("ACTORS")


def may(role: Role) -> set[str]:
    """The actions that a person with this role may do."""
    return {name for name, roles in _merged("MAY").items() if role in roles}


def _merged(table: str) -> dict[str, Any]:
    together: dict[str, Any] = {}
    for part in iter_modules(__path__):
        together |= getattr(import_module(f"{__name__}.{part.name}"), table, {})
    return together
