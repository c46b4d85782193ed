"""Methods that reach what GET and POST do not: tracing, tunnels, overrides, and invented ones."""

from __future__ import annotations

import re

from shangdun_guard.inspector.protocol.check import Check, in_bytes, in_header
from shangdun_guard.inspector.protocol.names import OVERRIDES, TOKEN, odd_names
from shangdun_guard.inspector.value import METHOD
from shangdun_guard.inspector.verdict import Judged
from shangdun_guard.request import Request

_CLASS = "exploit"
_USUAL = frozenset({"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"})
_REGISTERED = frozenset({
    "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK",
    "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE",
    "ORDERPATCH", "PRI", "PROPFIND", "PROPPATCH", "QUERY", "REBIND", "REPORT", "SEARCH",
    "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF",
    "VERSION-CONTROL", "PURGE",
})  # fmt: skip
_STRANGE = frozenset({"TRACE", "TRACK", "DEBUG", "CONNECT"})


_WRITES = frozenset({"PUT", "MOVE", "COPY"})
_PROGRAM = re.compile(
    r"[^?#]*\.(?:php[3457s]?|phtml|phar|jspx?|jspf|jsw|aspx?|ashx|asmx|asa|cer|war|cgi|pl)"
    r"(?:[/ ]|%20|%00|::\$DATA|;[^/?#]*)?(?:[?#]|\Z)",
    re.IGNORECASE,
)
_OF_CALLS = ("json", "form", "xml")
"""Types with which a program is called by PUT, and not put there."""


def _written(request: Request) -> list[Judged]:
    """A program as what is stored: PUT of one, or what is renamed or copied to one."""
    kind = next((text for name, text in request.headers if name == "content-type"), "").lower()
    if request.method == "PUT":
        called = any(word in kind for word in _OF_CALLS) or request.body[:1] in {b"{", b"["}
        if _PROGRAM.match(request.target) and not called:
            return [in_bytes(_CLASS, METHOD, "PUT", 0, "exploit.verb_program")]
        return []
    return [
        in_header(_CLASS, request, part, "exploit.verb_program")
        for part, (name, text) in enumerate(request.headers)
        if name == "destination" and _PROGRAM.match(text)
    ]


def _judge(request: Request) -> list[Judged]:
    found = _written(request) if request.method in _WRITES else []
    if request.method not in _USUAL:
        code = _code(request.method)
        if code:
            found.append(in_bytes(_CLASS, METHOD, request.method, 0, code))
    if odd_names(request):
        for part, (name, text) in enumerate(request.headers):
            code = _override(request.method, text) if name in OVERRIDES else ""
            if code:
                found.append(in_header(_CLASS, request, part, code))
    return found


def _override(method: str, text: str) -> str:
    word = text.upper()
    if word in _STRANGE or TOKEN.fullmatch(text) is None:
        return "exploit.verb_override_strange"
    return "exploit.verb_override" if method == "GET" and word not in {"GET", "HEAD"} else ""


def _code(method: str) -> str:
    if method in {"TRACE", "TRACK"}:
        return "exploit.verb_trace"
    if method in {"DEBUG", "CONNECT"}:
        return "exploit.verb_tunnel"
    if method in _REGISTERED:
        return ""
    if TOKEN.fullmatch(method) is None:
        return "exploit.verb_broken"
    return "exploit.verb_unknown"


CHECK = Check(
    name=_CLASS,
    weights={
        "exploit.verb_trace": 5.0,
        "exploit.verb_program": 4.6,
        "exploit.verb_tunnel": 4.5,
        "exploit.verb_broken": 5.0,
        "exploit.verb_unknown": 3.5,
        "exploit.verb_override": 2.5,
        "exploit.verb_override_strange": 5.0,
    },
    sentences={
        "exploit.verb_trace": "TRACE sends the request back, cookies and all (CWE-693).",
        "exploit.verb_program": "A program is to be stored on the server (CWE-434).",
        "exploit.verb_tunnel": "A method for debuggers and proxies, asked of a shop.",
        "exploit.verb_broken": "The method is no token (RFC 9110, 9.1): it hides the real one, or"
        " probes the parser.",
        "exploit.verb_unknown": "A method that nobody has registered: rules per method let it by.",
        "exploit.verb_override": "A GET asks to be taken for a method that changes something.",
        "exploit.verb_override_strange": "The method to be taken for is one that no client needs.",
    },
    judge=_judge,
)
