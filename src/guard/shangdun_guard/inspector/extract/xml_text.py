"""Text, attribute values and declarations of XML, also of broken XML: no parser, no entities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.value import Skip, Value, never

XML_START = re.compile(r"[\s\xef\xbb\xbf]*<(?:[?!][A-Za-z\[-]|[A-Za-z])")
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>[^\]]*(?:\](?!\]>)[^\]]*)*)"
    r"|<(?P<tag>[A-Za-z_:][^\s/<>]{0,200})(?P<attributes>[^<>]*)>?"
    r"|<[/?!][^<>]*>?"
    r"|(?P<text>[^<]+)|<",
)
_ATTRIBUTE = re.compile(r"""([\w:.\-]{1,100})\s{0,20}=\s{0,20}(?:"([^"]*)"?|'([^']*)'?)""")
_DECLARATION = re.compile(r"<[!?]")
_ACTIVE = re.compile(
    r"<(?:script|iframe|svg|object|embed|form|[\w.-]{1,20}:include)\b|<(?:esi|xsl):"
    r"|\bon[a-z]{4,20}\s{0,20}=|javascript:",
    re.IGNORECASE,
)


def xml_values(
    text: str, place: str, part: int, start: int = 0, skip: Skip = never
) -> Iterator[Value]:
    """The document as a whole where it declares something or could run, then text and attributes.

    ``name`` is an element's, or ``element@attribute``; ``skip`` is asked of each raw text.
    """
    if _DECLARATION.search(text) or _ACTIVE.search(text):
        yield Value(place, "", text, part, start, start + len(text))
    name = ""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "attributes":
            name = token["tag"]
            begin = start + token.start("attributes")
            for found in _ATTRIBUTE.finditer(token["attributes"]):
                group = 2 if found[2] is not None else 3
                if not skip(found[group]):
                    yield _value(found, group, f"{name}@{found[1]}", place, part, begin)
        elif kind:
            inner = token[kind].strip("> \t\r\n")
            if inner and not skip(inner):
                yield _value(token, kind, name, place, part, start)


def _value(
    found: re.Match[str], group: int | str, name: str, place: str, part: int, start: int
) -> Value:
    begin, end = found.span(group)
    syntax = "" if group == "cdata" else "xml"
    return Value(place, name, found[group], part, start + begin, start + end, syntax)
