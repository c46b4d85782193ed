"""Response headers, and how they get lost: ``add_header`` is inherited all or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.problem import Problem, Subject, shops

_WANTED = {
    "x-content-type-options": 'add_header X-Content-Type-Options "nosniff" always;',
    "referrer-policy": 'add_header Referrer-Policy "strict-origin-when-cross-origin" always;',
}


def check_lost(subject: Subject) -> Iterator[Problem]:
    """A level with a header of its own loses those of the levels above."""
    for block in subject.nginx.root.every("server", "location", "if"):
        if block.parent is None or not (own := block.own("add_header")):
            continue
        mine = {one.args[0].lower() for one in own if one.args}
        above = [one.args[0] for one in block.parent.effective("add_header") if one.args]
        if lost := [name for name in above if name.lower() not in mine]:
            yield Problem(
                code="headers.lost",
                severity=Severity.MEDIUM,
                where=own[0].where,
                what=f"{', '.join(lost)} is lost here",
                why="add_header is inherited only where a level has none of its own.",
                fix="repeat the headers here, or include one file with all of them in both places",
            )


def check_missing(subject: Subject) -> Iterator[Problem]:
    """What every page of a shop should carry."""
    for server in shops(subject.nginx):
        names = {one.args[0].lower() for one in server.effective("add_header") if one.args}
        for name, line in _WANTED.items():
            if name not in names:
                yield Problem(
                    code="headers.missing",
                    severity=Severity.LOW,
                    where=server.where,
                    what=f"pages carry no {name.title()}",
                    why="Browsers guess types and tell other sites whole addresses without it.",
                    fix=line,
                )


def check_tokens(subject: Subject) -> Iterator[Problem]:
    """What runs here is told to everybody."""
    for server in shops(subject.nginx):
        if server.value("server_tokens", "on") in {"on", "build"}:
            yield Problem(
                code="headers.version",
                severity=Severity.LOW,
                where=server.where,
                what="each answer names the version of nginx",
                why="Whoever looks for an old version finds it without asking.",
                fix="server_tokens off;",
            )
