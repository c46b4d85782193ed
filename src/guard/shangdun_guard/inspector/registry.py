"""Every sink and every check of the protocol there is, found by the name of its module."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from shangdun_guard.inspector import sinks
from shangdun_guard.inspector.protocol import header, smuggling, verb
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.sink import Sink

CHECKS: tuple[Check, ...] = (smuggling.CHECK, verb.CHECK)


@lru_cache(maxsize=1)
def all_sinks() -> tuple[Sink, ...]:
    """The sinks in the order of their modules' names; the error of the first that is broken."""
    names = sorted(module.name for module in pkgutil.iter_modules(sinks.__path__))
    modules = (
        importlib.import_module(f"{sinks.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    )
    return (header.SINK, *(module.SINK for module in modules))
