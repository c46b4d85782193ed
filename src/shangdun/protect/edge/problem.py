"""What is wrong with an edge, and the registry of those who look for it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.tree import Directive, NginxConfig


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend: what, why it matters, and how."""

    code: str
    severity: Severity
    where: str
    what: str
    why: str
    fix: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at, and what is known beside it."""

    nginx: NginxConfig
    now: datetime
    watched: frozenset[str] = frozenset()
    """Patterns of files that some source follows."""
    decisions_folder: str = ""


Check = Callable[[Subject], Iterator[Problem]]


def checks() -> list[Check]:
    """Every function ``check_…`` of the modules in ``checks``: a new file there is enough."""
    from shangdun.protect.edge import checks as folder  # noqa: PLC0415  they import this module

    found: list[Check] = []
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
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
    found = [*unread, *(problem for check in checks() for problem in check(subject))]
    return sorted(dict.fromkeys(found), key=lambda one: (-one.severity, one.code, one.where))


def shops(nginx: NginxConfig) -> list[Directive]:
    """Servers that hand requests on to an application."""
    passing = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass")
    return [server for server in nginx.servers() if next(server.every(*passing), None)]


def named(args: Iterable[str]) -> str:
    """Arguments as they would be written."""
    return " ".join(args)
