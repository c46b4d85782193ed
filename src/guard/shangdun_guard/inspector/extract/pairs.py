"""``name=value`` pairs of queries, forms and cookies, with their places."""

from __future__ import annotations

import re
from typing import Iterator

from shangdun_guard.inspector.value import Value

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\-]*(?:\[[A-Za-z0-9_\-]*\]|%5B[A-Za-z0-9_\-]*%5D)*", re.I)


def pairs(text: str, place: str, separator: str, part: int, start: int) -> Iterator[Value]:
    """Values, and names that are no plain identifiers, of text that stands at ``start``."""
    syntax = "query" if separator == "&" else "percent"
    for piece in text.split(separator):
        name, equals, value = piece.partition("=")
        end = start + len(piece)
        if not equals:
            value, name = name, ""
        elif _PLAIN_NAME.fullmatch(name) is None:
            yield Value(place, name.strip(), name, part, start, start + len(name), syntax)
        if value:
            yield Value(place, name.strip(), value, part, end - len(value), end, syntax)
        start = end + len(separator)
