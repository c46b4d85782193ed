"""The body, by what it is and not only by what its Content-Type says."""

from __future__ import annotations

import re
from typing import Iterator

from shangdun_guard.inspector.extract.json_text import json_values
from shangdun_guard.inspector.extract.multipart import boundary_of, is_binary, multipart_values
from shangdun_guard.inspector.extract.pairs import pairs
from shangdun_guard.inspector.extract.xml_text import xml_values
from shangdun_guard.inspector.value import BODY, Value

_JSON_START = re.compile(r'\s*[\[{]\s*(?:["\[{\]}\-0-9]|true|false|null)')
_XML_START = re.compile(r"[\s\xef\xbb\xbf]*<[?!A-Za-z]")
_FORM_START = re.compile(r"[\w.\[\]%$\-]{1,200}=")


def body_values(body: str, content_type: str) -> Iterator[Value]:
    """Values of a body (bytes as latin-1). A type that lies is not believed: JSON is read as JSON
    wherever it stands, and a multipart body needs its boundary."""
    if body[:2] == "--" and "multipart" not in content_type.lower():
        yield from multipart_values(body, body[2:202].split("\n", 1)[0].rstrip("\r"))
        return
    boundary = boundary_of(content_type)
    if boundary and f"--{boundary}" in body:
        yield from multipart_values(body, boundary)
    elif _JSON_START.match(body):
        yield from json_values(body, "json", BODY, 0)
    elif _XML_START.match(body):
        yield from xml_values(body, "xml", BODY, 0)
    elif "form" in content_type or _FORM_START.match(body):
        trimmed = body.rstrip("\r\n")
        yield from pairs(trimmed, "form", "&", BODY, 0)
    elif "json" in content_type:
        yield from json_values(body, "json", BODY, 0)
    elif not is_binary(body):
        yield Value("body", "", body, BODY, 0, len(body))
