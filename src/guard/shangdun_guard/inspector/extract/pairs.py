"""``name=value`` pairs of queries, forms and cookies, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shangdun_guard.inspector.value import Skip, Value, never

_PLAIN_NAME = re.compile(
    r"[A-Za-z0-9_.\-]*(?:\[[A-Za-z0-9_\-]*\]|%5B[A-Za-z0-9_\-]*%5D){0,8}", re.IGNORECASE
)


class Field(NamedTuple):
    """What pairs stand in: the place told of them, what sets them off, their part, its offset."""

    place: str
    separator: str
    part: int
    start: int


def pairs(text: str, field: Field, skip: Skip = never) -> Iterator[Value]:
    """Values, and names that are no plain identifiers or lead into a program's classes.

    ``skip`` is asked of a whole ``name=value``.
    """
    place, separator, part, start = field
    syntax = "query" if separator == "&" else "percent"
    for piece in text.split(separator):
        end = start + len(piece)
        if not skip(piece):
            name, equals, value = piece.partition("=")
            if not equals:
                value, name = name, ""
            bare = name.strip()
            if _PLAIN_NAME.fullmatch(bare) is None or "class." in bare:
                yield Value(place, bare, name, part, start, start + len(name), syntax)
            if value:
                yield Value(place, bare, value, part, end - len(value), end, syntax)
        start = end + len(separator)
