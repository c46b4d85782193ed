"""Ways through: directives that do more than their writer meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.problem import Problem, Subject, named, shops
from shangdun.protect.edge.tree import Directive

_DECODED = re.compile(r"\$(?:uri|document_uri)\b|\$\{(?:uri|document_uri)\}")
_CLAIMED = re.compile(r"\$\{?(?:arg_\w+|http_\w+|cookie_\w+|query_string|args|request_uri)\b")


def check_alias(subject: Subject) -> Iterator[Problem]:
    """``location /img`` with ``alias /data/img/`` serves ``/img../secret`` (CWE-22)."""
    for alias in subject.nginx.root.every("alias"):
        location = alias.parent
        if location is None or location.name != "location" or not alias.args:
            continue
        path = location.args[-1]
        plain = location.args[0] not in {"~", "~*", "="}
        if plain and not path.endswith("/") and alias.args[0].endswith("/"):
            yield Problem(
                code="holes.alias",
                severity=Severity.CRITICAL,
                where=location.where,
                what=f"`{path}../` leaves {alias.args[0]}",
                why="The location has no slash at its end but its alias has: files beside the "
                "folder are served (CWE-22).",
                fix=f"location {path}/ {{ alias {alias.args[0]}; }}",
            )


def check_line_breaks(subject: Subject) -> Iterator[Problem]:
    """``$uri`` is decoded: ``%0d%0a`` in it becomes a header (CWE-113)."""
    for one in subject.nginx.root.every("return", "rewrite", "add_header", "proxy_set_header"):
        written = named(one.args[1:])
        if _DECODED.search(written):
            yield Problem(
                code="holes.line_breaks",
                severity=Severity.HIGH,
                where=one.where,
                what=f"{one.name} writes the decoded path into a header",
                why="%0d%0a in a link becomes a header of an attacker's choice (CWE-113).",
                fix="use $request_uri, which stays as it was sent",
            )


def check_target(subject: Subject) -> Iterator[Problem]:
    """A visitor who names the server that is asked (CWE-918)."""
    for one in subject.nginx.root.every("proxy_pass"):
        host = named(one.args).partition("://")[2].partition("/")[0]
        if _CLAIMED.search(host):
            yield Problem(
                code="holes.target",
                severity=Severity.CRITICAL,
                where=one.where,
                what=f"visitors choose where this goes: {named(one.args)}",
                why="They reach servers that only this machine can reach (CWE-918).",
                fix="name the servers in an upstream, or map the value to names that you know",
            )


def check_host(subject: Subject) -> Iterator[Problem]:
    """The name a visitor claims reaches the shop: reset links and caches take it (CWE-644)."""
    servers = shops(subject.nginx)
    for server in servers:
        for one in server.every("proxy_set_header"):
            if one.args[:1] == ["Host"] and one.args[1:] == ["$http_host"]:
                yield _host(one, "the shop is handed whatever host a visitor claims")
        names = [name for names in server.own("server_name") for name in names.args]
        if _is_first(server, subject) and names and names != ["_"]:
            yield _host(server, f"{names[0]} also answers to every other name")


def _is_first(server: Directive, subject: Subject) -> bool:
    for listen in server.own("listen"):
        rivals = [
            (one, other)
            for one in subject.nginx.servers()
            for other in one.own("listen")
            if other.args[:1] == listen.args[:1]
        ]
        chosen = next(
            (one for one, other in rivals if "default_server" in other.args), rivals[0][0]
        )
        if chosen is server:
            return True
    return False


def _host(one: Directive, what: str) -> Problem:
    return Problem(
        code="holes.host",
        severity=Severity.MEDIUM,
        where=one.where,
        what=what,
        why="Links in mails that reset passwords, and caches, may carry an attacker's host.",
        fix="proxy_set_header Host $host; and a server for strangers: "
        "server { listen 443 ssl default_server; ssl_reject_handshake on; }",
    )


def check_listing(subject: Subject) -> Iterator[Problem]:
    """Folders that show what they hold; slashes that are not merged; figures for everybody."""
    for one in subject.nginx.root.every("autoindex"):
        if one.args == ["on"]:
            yield Problem(
                code="holes.listing",
                severity=Severity.MEDIUM,
                where=one.where,
                what="folders show what they hold",
                why="Backups and exports are found without guessing.",
                fix="autoindex off;",
            )
    for one in subject.nginx.root.every("merge_slashes"):
        if one.args == ["off"]:
            yield Problem(
                code="holes.slashes",
                severity=Severity.MEDIUM,
                where=one.where,
                what="//admin is not the location /admin",
                why="Limits and denials by location are walked around with a second slash.",
                fix="remove the line",
            )
    for one in subject.nginx.root.every("stub_status"):
        closed = one.parent and (one.parent.effective("deny") or one.parent.effective("auth_basic"))
        if not closed:
            yield Problem(
                code="holes.figures",
                severity=Severity.LOW,
                where=one.where,
                what="anybody may read nginx's figures",
                why="They tell when the shop is busy, and when an attack begins to work.",
                fix="allow 127.0.0.1; deny all;",
            )


def check_hidden(subject: Subject) -> Iterator[Problem]:
    """Files whose names begin with a dot, served from a folder."""
    for server in subject.nginx.servers():
        if not next(server.every("root"), None):
            continue
        guarded = [one for one in server.every("location", "if") if "\\." in named(one.args)]
        mapped = [one for one in server.every("if") if "hidden" in named(one.args)]
        if not guarded and not mapped:
            yield Problem(
                code="holes.hidden",
                severity=Severity.MEDIUM,
                where=server.where,
                what="files such as .git/config and .env are served if they are there",
                why="They are what scanners ask for first: source code and passwords.",
                fix=r"location ~ /\.(?!well-known/) { return 404; }",
            )
