"""What can be wrong with an edge, and what is looked at."""

from __future__ import annotations

from collections.abc import Iterable
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


def shops(nginx: NginxConfig) -> list[Directive]:
    """Servers that hand requests on to an application."""
    passing = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass")
    return [server for server in nginx.servers() if next(server.every(*passing), None)]


def named(args: Iterable[str]) -> str:
    """Arguments as they would be written."""
    return " ".join(args)
