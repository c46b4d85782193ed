"""XML external entities (CWE-611, CWE-776), and what servers include for a document: SSI and ESI.

A document may declare what it likes about itself; it is an attack where it makes the parser fetch
something, or grow without end. Well-known public DTDs and internal entities stay honest.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector.lowered import lowered
from shangdun_guard.inspector.sink import Sign, Sink, Slot

_QUOTED = r"(?:\"[^\"<]{0,2000}\"?|'[^'<]{0,2000}'?)"
_ENTITY = re.compile(
    r"<!ENTITY\s{1,64}(?P<parameter>(?:%|&\#0*37;"
    r"|&\#x0*25;)\s{0,64})?(?P<name>[^\s<>\"'%&;]{1,80})\s{1,64}"
    r"(?:(?P<kind>SYSTEM|PUBLIC)\b|(?P<value>\"[^\"]{0,8000}\"|'[^']{0,8000}'))",
    re.IGNORECASE,
)
_DOCTYPE = re.compile(
    rf"<!DOCTYPE\s{{1,64}}[^\s<>\[\"']{{1,80}}\s{{1,64}}"
    rf"(?:SYSTEM\s{{0,64}}|PUBLIC\s{{0,64}}{_QUOTED}\s{{0,64}})(?P<uri>{_QUOTED})",
    re.IGNORECASE,
)
_NESTED = re.compile(r"(?:SYSTEM|PUBLIC)\s{1,64}[\"']", re.IGNORECASE)
_REFERENCE = re.compile(r"[&%]([^\s<>\"'%&;#]{1,80});")
_FETCHED = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:|//|/(?:etc|proc|dev|var|home|root|sys)/|\\\\)", re.IGNORECASE
)
_PUBLIC_DTDS = re.compile(
    r"https?://(?:[a-z0-9-]{1,40}\.){0,4}(?:w3\.org|apple\.com|oasis-open\.org|docbook\.org"
    r"|sun\.com"
    r"|oracle\.com|apache\.org|mybatis\.org|hibernate\.org|hibernate\.sourceforge\.net"
    r"|springframework\.org|netscape\.com|openmobilealliance\.org|wapforum\.org|dtd\.nlm\.nih\.gov"
    r"|puppycrawl\.com|checkstyle\.org|qt\.io|freedesktop\.org|magentocommerce\.com|cxml\.org"
    r"|xml\.cxml\.org|jboss\.org|jcp\.org|idpf\.org|daisy\.org|musicxml\.org|gnome\.org)(?:[:/]|$)"
    r"|about:legacy-compat|urn:",
    re.IGNORECASE,
)
_XINCLUDE = re.compile(
    r"<(?:[a-z_][\w.-]{0,40}:)?include\s[^<>]{0,400}?\bhref\s{0,8}=\s{0,8}[\"']?([^\"'\s>]{1,300})",
    re.IGNORECASE,
)
_XINCLUDE_NAMESPACE = "http://www.w3.org/2001/xinclude"
_XSLT_REACH = re.compile(
    r"\bdocument\s{0,8}\(\s{0,8}(?:['\"]|&quot;|&apos;)[^'\"]{1,300}"
    r"|\bunparsed-text\s{0,8}\(|\bphp:function(?:String)?\s{0,8}\(|<msxsl:script\b|<xalan:script\b"
    r"|xmlns:\w{1,20}\s{0,8}=\s{0,8}[\"'](?:http://xml\.apache\.org/xa?lan/java"
    r"|java:)[\w./]{0,80}[\"']"
    r"|\bsystem-property\s{0,8}\(\s{0,8}['\"]xsl:|<exsl:document\b|<xsl:result-document\b"
    r"|<xsl:(?:include|import)\s[^<>]{0,200}?href\s{0,8}=\s{0,8}[\"'](?:[a-z]{2,10}:)?//",
    re.IGNORECASE,
)
_SSI = re.compile(
    r"<!--\s{0,8}#\s{0,8}(?:(?P<exec>exec\s{1,16}(?:cmd|cgi)\s{0,8}=)"
    r"|(?P<read>include\s{1,16}(?:virtual|file)\s{0,8}="
    r"|echo\s{1,16}var\s{0,8}=|printenv\b|config\s{1,16}\w{2,10}\s{0,8}=|set\s{1,16}var\s{0,8}="
    r"|f(?:size|lastmod)\s{1,16}(?:virtual|file)\s{0,8}=))",
    re.IGNORECASE,
)
_ESI = re.compile(
    r"<esi:(?:include|inline|vars|assign|debug|eval|remove|try|function|text)\b", re.IGNORECASE
)
_GROWTH = 5_000_000
"""Characters: no honest document declares entities that expand to more."""
_ENTITIES = 500


def may(text: str) -> bool:
    """Whether a declaration, a server-side include, or a namespace of one could be in ``text``."""
    if "<" not in text:
        return False
    if "<!" in text:
        return True
    folded = lowered(text)
    return "include" in folded or "<esi:" in folded or "xsl" in folded


def _size(value: str, sizes: dict[str, int]) -> int:
    size = len(value)
    for match in _REFERENCE.finditer(value):
        size += sizes.get(match[1], 0) - len(match[0])
    return min(size, 1 << 60)


def _repeats(value: str, sizes: dict[str, int]) -> bool:
    """Whether an entity holds another declared one three times or more: the way growth begins."""
    held = [name for name in _REFERENCE.findall(value) if name in sizes]
    return len(held) >= 3 and held.count(held[0]) >= 3


def _entities(text: str) -> list[Sign]:
    signs: dict[str, Sign] = {}
    sizes: dict[str, int] = {}
    for count, match in enumerate(_ENTITY.finditer(text)):
        if count >= _ENTITIES:
            break
        name = match["name"]
        if match["kind"]:
            code = "xml.parameter_entity" if match["parameter"] else "xml.external_entity"
            signs.setdefault(code, Sign(code, match.start(), match.end()))
            continue
        value = match["value"][1:-1]
        if f"&{name};" in value:
            sizes[name] = _GROWTH + 1
        else:
            sizes[name] = _size(value, sizes)
        if _repeats(value, sizes):
            signs.setdefault("xml.repeats", Sign("xml.repeats", match.start(), match.end()))
        if sizes[name] > _GROWTH:
            signs.setdefault("xml.growth", Sign("xml.growth", match.start(), match.end()))
        if match["parameter"] and _NESTED.search(value):
            code = "xml.parameter_entity"
            signs.setdefault(code, Sign(code, match.start(), match.end()))
    body = text.rfind("]>")
    if body >= 0 and sizes and "xml.growth" not in signs:
        total = _size(text[body:], sizes)
        if total > _GROWTH:
            signs["xml.growth"] = Sign("xml.growth", body, len(text))
    return list(signs.values())


def _doctype(text: str) -> list[Sign]:
    match = _DOCTYPE.search(text)
    if match is None:
        return []
    uri = match["uri"].strip("\"'").strip()
    if not uri or _PUBLIC_DTDS.match(uri) or not _FETCHED.match(uri):
        return []
    return [Sign("xml.external_dtd", match.start(), match.end())]


def _inclusions(text: str, folded: str) -> list[Sign]:
    signs = []
    if "include" in folded:
        match = _XINCLUDE.search(text)
        named = _XINCLUDE_NAMESPACE in folded or "xi:include" in folded
        if match is not None and named and _FETCHED.match(match[1]):
            signs.append(Sign("xml.inclusion", match.start(), match.end()))
    if "xsl" in folded or "php:function" in folded:
        match = _XSLT_REACH.search(text)
        if match is not None:
            signs.append(Sign("xml.stylesheet", match.start(), match.end()))
    return signs


def judge(text: str, _slot: Slot) -> list[Sign]:
    """Signs of a document that reaches out of itself.

    Sources: XML 1.0 §4.2.2 (external entities), XInclude 1.1, Apache mod_include, W3C ESI 1.0.
    """
    folded = lowered(text)
    signs: list[Sign] = []
    if "<!entity" in folded:
        signs += _entities(text)
    if "<!doctype" in folded:
        signs += _doctype(text)
    signs += _inclusions(text, folded)
    if "<!--" in text and "#" in text:
        match = _SSI.search(text)
        if match is not None:
            code = "xml.server_exec" if match["exec"] else "xml.server_include"
            signs.append(Sign(code, match.start(), match.end()))
    if "<esi:" in folded:
        match = _ESI.search(text)
        if match is not None:
            signs.append(Sign("xml.edge_include", match.start(), match.end()))
    return signs


SINK = Sink(
    name="xml",
    weights={
        "xml.external_entity": 7.0,
        "xml.parameter_entity": 7.5,
        "xml.growth": 7.5,
        "xml.repeats": 5.5,
        "xml.external_dtd": 6.0,
        "xml.inclusion": 6.5,
        "xml.stylesheet": 6.0,
        "xml.server_exec": 8.0,
        "xml.server_include": 6.5,
        "xml.edge_include": 6.5,
    },
    sentences={
        "xml.external_entity": "Declares an XML entity whose text the parser would fetch from a"
        " file or an address.",
        "xml.parameter_entity": "Declares a parameter entity that makes the parser load further"
        " declarations.",
        "xml.growth": "Declares entities that expand to more than the parser's memory can bear.",
        "xml.repeats": "Declares an entity that repeats another one, as those do that grow.",
        "xml.external_dtd": "Names a document type that the parser would fetch from a file or a"
        " foreign address.",
        "xml.inclusion": "Asks the parser to include a file or an address (XInclude).",
        "xml.stylesheet": "Holds a stylesheet (XSLT) that reads files, reaches out or calls code.",
        "xml.server_exec": "Asks the web server to run a command (server-side include).",
        "xml.server_include": "Asks the web server to include a file or a variable.",
        "xml.edge_include": "Asks the cache in front to include an address (edge-side include).",
    },
    may=may,
    judge=judge,
)
