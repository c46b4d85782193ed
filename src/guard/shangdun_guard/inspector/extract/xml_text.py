"""Text, attribute values and declarations of XML, also of broken XML: no parser, no entities."""

from __future__ import annotations

import re
from typing import Iterator

from shangdun_guard.inspector.value import Value

_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<(?P<tag>[A-Za-z_:][^\s/>]{0,200})(?P<attributes>[^<>]*)>|<(?P<end>/[^<>]*)>"
    r"|(?P<text>[^<]+)|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w:.\-]{1,100})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')""")
_DECLARATION = re.compile(r"<[!?]")


def xml_values(text: str, place: str, part: int, start: int) -> Iterator[Value]:
    """The document as a whole where it declares something, then text and attributes."""
    if _DECLARATION.search(text):
        yield Value(place, "", text, part, start, start + len(text))
    name = ""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "attributes":
            name = token["tag"]
            begin = token.start("attributes")
            for found in _ATTRIBUTE.finditer(token["attributes"]):
                group = 2 if found[2] is not None else 3
                yield _value(found, group, place, f"{name}@{found[1]}", part, start + begin)
        elif kind in {"cdata", "comment", "text"} and token[kind].strip():
            yield _value(token, kind, place, name, part, start)


def _value(
    found: re.Match[str], group: int | str, place: str, name: str, part: int, start: int
) -> Value:
    begin, end = found.span(group)
    syntax = "" if group == "cdata" else "xml"
    return Value(place, name, found[group], part, start + begin, start + end, syntax)
