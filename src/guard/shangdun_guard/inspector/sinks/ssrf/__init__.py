"""SSRF: would the shop's own server, fetching this value, reach what only it can reach? CWE-918.

The address is read as libraries read it, in every spelling. Whether the parameter is one that is
fetched, or one that a browser is sent back to, tells an attack from a developer's login.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.ssrf.hosts import Host, host_of

_URL = re.compile(
    r"[\s\"'(<]{0,4}(?:url:|view-source:)?(?:(?P<scheme>[a-z][a-z0-9+.-]{1,20}):)?"
    r"(?P<slashes>[/\\]{0,4})(?P<authority>[^/\\?#\s\"'<>]{1,260})(?P<rest>[^\s\"'<>]{0,400})",
    re.IGNORECASE,
)
_BARE = re.compile(r"[\w.:\[\]-]{4,80}(?:/[\w./-]{0,80})?$")
STARTS = (
    "127.", "10.", "172.", "192.168.", "169.254", "0x", "0177", "017", "localhost", "[::", "[fe",
    "[fd", "metadata", "http:", "https:", "0.0.", "kubernetes", "//",
)  # fmt: skip
_WEB = re.compile(r"https?:\Z", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"//(?:[^/\s@]{0,60}@)?(169\.254\.169\.254|169\.254\.170\.2|100\.100\.100\.200"
    r"|metadata\.google\.internal|\[?fd00:ec2::254|0xa9fea9fe|2852039166)\b",
    re.IGNORECASE,
)
_SCHEMES = {
    **dict.fromkeys(("gopher", "dict", "netdoc", "jar", "gophers", "php", "expect"), "scheme"),
    **dict.fromkeys(
        ("ldap", "ldaps", "tftp", "sftp", "imap", "smtp", "telnet", "rmi"), "odd_scheme"
    ),
    "file": "file",
}
_READ_AS_PATH = frozenset({"php", "expect"})
_ADMIN_PORTS = frozenset(
    {21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 873, 1099, 1433, 1521, 2049, 2375, 2376,
     2379, 3306, 3389, 4243, 5432, 5601, 5672, 5984, 6379, 6443, 7001, 8009, 8500, 9000, 9042, 9200,
     9090, 9300, 10250, 10255, 11211, 15672, 27017, 50070}
)  # fmt: skip
_WEB_PORTS = frozenset({7001, 9000, 9090})
"""Of these: those that programs speaking HTTP for a browser listen at as well."""
_DEVELOPER_PORTS = frozenset({3000, 3001, 4200, 5000, 5173, 8000, 8080, 8081, 8888, 9999})
_ADMIN_PATH = re.compile(
    r"/(?:latest/(?:meta-data|user-data|dynamic)|computemetadata|metadata/|opc/v\d|manager\b|actuator"
    r"|server-status|jenkins|solr/|_cat/|v\d\.\d\d/containers|api/v1/(?:namespaces|pods)|admin\b"
    r"|console\b|containers/json|wp-admin|phpmyadmin|\.git/|\.env|etc/passwd)",
    re.IGNORECASE,
)
_FETCHED = re.compile(
    r"(?:^|[_\-.\[])(?:url|uri|src|dest|link|feed|rss|image|img|avatar|picture|photo|icon|proxy|fetch"
    r"|load|import|host|domain|target|site|endpoint|webhook|remote|file|path|page|document|pdf|html"
    r"|location|server|api|resource|preview|data|xml|wsdl|schema|source|download|u|q)\d?\]?$"
    r"|(?:url|uri)$",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"(?:redirect|return|next|callback|continue|back|origin|state|success|cancel|logout|ref|post_login"
    r"|goto|forward|service)",
    re.IGNORECASE,
)


class _Target(NamedTuple):
    """Where a value would lead the one who fetches it."""

    scheme: str
    host: Host
    port: int
    rest: str
    start: int
    end: int
    userinfo: bool = False
    split: bool = False
    """Parsers disagree about where its host ends."""


def may(text: str) -> bool:
    """Whether it could be a URL or an address of an inner host."""
    return ":/" in text or "//" in text or ":\\" in text or text.lstrip().lower().startswith(STARTS)


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of a fetch that reaches inside; a URL among sentences counts only for metadata."""
    target = _target(text, slot)
    signs = [] if target is None else _signs_of(target, slot)
    if not signs and (found := _ELSEWHERE.search(text)):
        web = _WEB.search(text, max(0, found.start() - len("https:")), found.start())
        start = web.start() if web else found.start()
        signs = [Sign("ssrf.mention", start, found.end())]
    if signs and prose.words(text) >= 4:
        signs.append(Sign("ssrf.prose", 0, len(text)))
    return signs


def _target(text: str, slot: Slot) -> _Target | None:
    match = _URL.match(text)
    if match is None:
        return None
    scheme, slashes = (match["scheme"] or "").lower(), match["slashes"]
    if scheme == "jar" and (inner := _URL.match(match["authority"] + match["rest"])):
        host = _host_and_port(inner["authority"])[0]
        return _Target("jar", host, 0, inner["rest"], match.start(), match.end())
    if not slashes and (scheme not in {"http", "https"} or not match["authority"][:1].isdigit()):
        bare = _BARE.match(text.strip())
        if bare is None or slot.place in {"header", "referer"} or not _FETCHED.search(slot.name):
            return None
        name, _, rest = text.strip().partition("/")
        host, port = _host_and_port(name)
        return _Target("", host, port, f"/{rest}", 0, len(text))
    if not scheme and len(slashes) != 2:
        return None
    authority = match["authority"]
    userinfo, at, after = authority.rpartition("@")
    rest = match["rest"]
    split = rest[:2] in {"\\@", "#@"} or (
        "@" in rest[:120].partition("/")[0] and rest[:1] in "\\#?"
    )
    host, port = _host_and_port(after)
    if split and not host.kind:
        host, port = _host_and_port(re.split(r"[/?#]", rest.partition("@")[2], maxsplit=1)[0])
    place = match.span()
    named = bool(at and userinfo)
    return _Target(scheme, host, port, rest, *place, userinfo=named, split=split)


def _host_and_port(authority: str) -> tuple[Host, int]:
    if authority[:1] == "[":
        name, _, port = authority.partition("]")
        name, port = f"{name}]", port.lstrip(":")
    else:
        name, _, port = authority.partition(":")
    return host_of(name), int(port) if port.isdecimal() and port.isascii() and len(port) < 6 else 0


def _signs_of(target: _Target, slot: Slot) -> list[Sign]:
    codes = []
    scheme = _SCHEMES.get(target.scheme, "")
    if scheme and target.scheme not in _READ_AS_PATH:
        codes.append(scheme)
    kind = target.host.kind
    outer = slot.place in {"header", "referer", "cookie"}
    if kind and not (outer and kind != "metadata"):
        codes.append(kind)
        codes += _details(target, slot)
    if target.split:
        codes.append("split")
    elif target.userinfo and kind:
        codes.append("userinfo")
    elif target.host.named and not kind:
        codes.append("names_address")
    return [Sign(f"ssrf.{code}", target.start, target.end) for code in codes]


def _details(target: _Target, slot: Slot) -> list[str]:
    codes = []
    if target.host.disguised:
        codes.append("disguised")
    if target.host.named:
        codes.append("rebinding")
    if target.port in _ADMIN_PORTS:
        codes.append("admin_port")
    if _ADMIN_PATH.match(target.rest):
        codes.append("admin_path")
    elif target.port in _DEVELOPER_PORTS:
        codes.append("developer_port")
    if _RETURNED.search(slot.name) and target.port not in _ADMIN_PORTS - _WEB_PORTS:
        codes.append("returned")
    elif _FETCHED.search(slot.name):
        codes.append("fetched")
    return codes


SINK = Sink(
    name="ssrf",
    weights={
        "ssrf.metadata": 7.0,
        "ssrf.loopback": 3.2,
        "ssrf.private": 2.8,
        "ssrf.unspecified": 4.2,
        "ssrf.internal": 2.5,
        "ssrf.collector": 4.5,
        "ssrf.disguised": 4.5,
        "ssrf.rebinding": 2.0,
        "ssrf.names_address": 1.5,
        "ssrf.admin_port": 2.0,
        "ssrf.admin_path": 2.0,
        "ssrf.developer_port": -1.5,
        "ssrf.fetched": 1.5,
        "ssrf.returned": -2.5,
        "ssrf.scheme": 6.0,
        "ssrf.odd_scheme": 3.3,
        "ssrf.file": 2.5,
        "ssrf.userinfo": 1.5,
        "ssrf.split": 4.3,
        "ssrf.mention": 4.3,
        "ssrf.prose": -4.5,
    },
    sentences={
        "ssrf.metadata": "The address is the cloud's metadata service: it hands out credentials.",
        "ssrf.loopback": "The address is the server itself.",
        "ssrf.private": "The address lies in a private network.",
        "ssrf.unspecified": "The address 0.0.0.0 leads to the server itself.",
        "ssrf.internal": "The name exists only inside a cluster or a company.",
        "ssrf.collector": "The host collects calls, to prove that a server can be made to call.",
        "ssrf.disguised": "The address is spelled so that filters do not recognise it.",
        "ssrf.rebinding": "A public name is used that resolves to an inner address.",
        "ssrf.names_address": "The name resolves to the address that stands in it.",
        "ssrf.admin_port": "The port belongs to a database or an administration service.",
        "ssrf.admin_path": "The path belongs to an administration or metadata service.",
        "ssrf.developer_port": "The port is one that developers use on their own machine.",
        "ssrf.fetched": "The parameter is one that servers fetch.",
        "ssrf.returned": "The parameter is where a browser is sent back to.",
        "ssrf.scheme": "The scheme speaks other protocols than the web's.",
        "ssrf.odd_scheme": "The scheme is none that a shop fetches.",
        "ssrf.file": "The scheme reads a file of the server.",
        "ssrf.userinfo": "Before the host stands a name that looks like another one.",
        "ssrf.split": "Parsers disagree about where the host of this address ends.",
        "ssrf.mention": "The cloud's metadata service stands inside the value.",
        "ssrf.prose": "Sentences stand around it.",
    },
    may=may,
    judge=judge,
)
