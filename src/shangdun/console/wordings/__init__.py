"""What each part of the response says of itself: actions, problems, timeline entries.

A part is a module here with any of ``ACTIONS`` (the ledger's action → words), ``PROBLEMS`` (an
error's code → sentence), ``TALES`` ((timeline kind, ``data["what"]``) → sentence made of the data)
and ``ICONS`` (timeline kind → icon). It is found by being there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from django.utils.functional import Promise

Tale = Callable[[Mapping[str, Any]], str]


@cache
def _parts() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__))


def _merged(table: str) -> Iterator[tuple[Any, Any]]:
    for part in _parts():
        yield from getattr(part, table, {}).items()


@cache
def action_words() -> dict[str, Promise]:
    """Actions of all parts in words."""
    return dict(_merged("ACTIONS"))


@cache
def problem_words() -> dict[str, Promise]:
    """Errors of all parts by their code."""
    return dict(_merged("PROBLEMS"))


@cache
def tales() -> dict[tuple[str, str], Tale]:
    """How entries of the timeline are told."""
    return dict(_merged("TALES"))


@cache
def icons() -> dict[str, str]:
    """The icon of each kind of entry."""
    return dict(_merged("ICONS"))
