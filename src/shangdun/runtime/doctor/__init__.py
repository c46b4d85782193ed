"""``shangdun doctor``: what is missing, broken, unsafe or late, each with its fix.

A check is one module beside this file with a function ``check(place) -> Iterator[Symptom]``; it
is found by being there. A check that fails itself is a symptom, so it cannot hide the others.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

__all__ = ["Kind", "Place", "Symptom", "check_names", "examine"]

_NOT_CHECKS = {"symptom"}


def check_names() -> list[str]:
    """The checks that are there, by name."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in _NOT_CHECKS)


def examine(place: Place) -> Iterator[tuple[str, list[Symptom]]]:
    """Run every check; gives its name and what it found."""
    for name in check_names():
        try:
            module = importlib.import_module(f"{__name__}.{name}")
            yield name, list(module.check(place))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a symptom
            fix = getattr(error, "fix", "") or "mend that, then run the doctor again"
            yield name, [Symptom(Kind.BROKEN, str(error), fix)]
