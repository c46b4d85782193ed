"""Every sink there is, found by the name of its module."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from shangdun_guard.inspector import sinks
from shangdun_guard.inspector.protocol import header
from shangdun_guard.inspector.sink import Sink


@lru_cache(maxsize=None)
def all_sinks() -> tuple[Sink, ...]:
    """The sinks in the order of their modules' names; ImportError where one is broken."""
    names = sorted(module.name for module in pkgutil.iter_modules(sinks.__path__))
    modules = (
        importlib.import_module(f"{sinks.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    )
    return (header.SINK, *(module.SINK for module in modules))
