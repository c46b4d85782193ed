"""Kinds of automatic steps, each a module here, found by being there.

A module has ``KIND``, the name of the step's kind; ``repeats(parameters)``, whether doing it twice
under one key is the same as doing it once; and ``act(work)``, which does it within ``work.seconds``
and gives what came of it. What it changes in the records goes through actions. In a drill it says
what it would have done, and does nothing outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from shangdun.actions.tasks.steps import Acted
    from shangdun.runtime.response.work import Work


class StepKind(NamedTuple):
    """One kind."""

    name: str
    repeats: Callable[[Mapping[str, Any]], bool]
    act: Callable[[Work], Acted]


@cache
def step_kinds() -> dict[str, StepKind]:
    """Every kind by its name; the records must be ready (``records.boot.start``)."""
    modules = [import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__)]
    kinds = [StepKind(one.KIND, one.repeats, one.act) for one in modules]
    return {kind.name: kind for kind in kinds}
