"""Methods that reach what GET and POST do not: tracing, tunnels, overrides, and invented ones."""

from __future__ import annotations

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


def _judge(request: Request) -> list[Judged]:
    found = []
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
        "exploit.verb_tunnel": 4.5,
        "exploit.verb_broken": 5.0,
        "exploit.verb_unknown": 3.5,
        "exploit.verb_override": 2.5,
        "exploit.verb_override_strange": 5.0,
    },
    sentences={
        "exploit.verb_trace": "TRACE sends the request back, cookies and all (CWE-693).",
        "exploit.verb_tunnel": "A method for debuggers and proxies, asked of a shop.",
        "exploit.verb_broken": "The method is no token (RFC 9110, 9.1): it hides the real one, or"
        " probes the parser.",
        "exploit.verb_unknown": "A method that nobody has registered: rules per method let it by.",
        "exploit.verb_override": "A GET asks to be taken for a method that changes something.",
        "exploit.verb_override_strange": "The method to be taken for is one that no client needs.",
    },
    judge=_judge,
)
