"""The registry of those who look for problems, and all that they find."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator

from shangdun.kernel.severity import Severity
from shangdun.protect.edge import checks
from shangdun.protect.edge.problem import Problem, Subject

Check = Callable[[Subject], Iterator[Problem]]


def every_check() -> list[Check]:
    """Every function ``check_…`` of the modules in ``checks``: a new file there is enough."""
    found: list[Check] = []
    for info in sorted(pkgutil.iter_modules(checks.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{checks.__name__}.{info.name}")
        found += [
            getattr(module, name) for name in sorted(vars(module)) if name.startswith("check_")
        ]
    return found


def problems_of(subject: Subject) -> list[Problem]:
    """All that is wrong, the worst first."""
    unread = (
        Problem(
            code="nginx.syntax",
            severity=Severity.CRITICAL,
            where=f"{file}:{line}",
            what=words,
            why="nginx would not start with it.",
            fix="mend the line; `nginx -t` says whether it holds",
        )
        for file, line, words in subject.nginx.problems
    )
    found = [*unread, *(problem for check in every_check() for problem in check(subject))]
    return sorted(dict.fromkeys(found), key=lambda one: (-one.severity, one.code, one.where))
