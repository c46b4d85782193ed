"""The body, by what it is and not only by what its Content-Type says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.extract.json_text import JSON_START, json_values
from shangdun_guard.inspector.extract.multipart import boundary_of, multipart_values, text_start
from shangdun_guard.inspector.extract.pairs import Field, pairs
from shangdun_guard.inspector.extract.xml_text import XML_START, xml_values
from shangdun_guard.inspector.gate import quiet_piece
from shangdun_guard.inspector.value import BODY, Skip, Value, never

_FORM_START = re.compile(r"[\w.\[\]%$*\-]{1,200}=")
_TEXTUAL = re.compile(r"form|json|xml|text", re.IGNORECASE)
"""Types whose bodies are text whatever their bytes; others are read as one only if they are."""
_MULTIPART = re.compile(r"--[^\s\"]{1,200}\r?\n[Cc]ontent-")


def body_values(body: str, content_type: str, skip: Skip = never) -> Iterator[Value]:
    """Values of a body (bytes as latin-1); ``skip`` is asked of raw values.

    A type that lies is not believed: what starts as JSON, XML or multipart is read as such, what
    its type calls a form is read as one too where it does not look like one.
    """
    boundary = boundary_of(content_type)
    if boundary and f"--{boundary}" in body:
        return multipart_values(body, boundary, skip)
    if _MULTIPART.match(body):
        return multipart_values(body, body[2:204].split("\n", 1)[0].rstrip("\r"), skip)
    start = 0 if _TEXTUAL.search(content_type) else text_start(body)
    if not start:
        if JSON_START.match(body):
            return json_values(body, "json", BODY, 0, skip)
        if XML_START.match(body):
            return xml_values(body, "xml", BODY, 0, skip)
        if "form" in content_type or _FORM_START.match(body):
            quiet = quiet_piece if skip is not never else never
            return pairs(body.rstrip("\r\n"), Field("form", "&", BODY, 0), quiet)
        start = text_start(body)
    return iter((Value("body", "", body[start:], BODY, start, len(body)),) if body[start:] else ())
