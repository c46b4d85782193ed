"""Strings and keys of JSON text, also of broken JSON, with their places: no recursion."""

from __future__ import annotations

import re
from typing import Iterator

from shangdun_guard.inspector.value import Value

_TOKEN = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)("?)|([\[\]{},])|([^\s\[\]{},":]+)', re.DOTALL)
_COLON = re.compile(r"\s*:")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_\-]*")
_SCALAR = re.compile(r"-?[0-9.eE+\-]{1,40}|true|false|null")
_SHOWN_DEPTH = 8


def json_values(text: str, place: str, part: int, start: int) -> Iterator[Value]:
    """Every string, odd key and odd bare word; ``name`` is a path such as ``items[].title``."""
    path: list[str] = []
    key = ""
    for token in _TOKEN.finditer(text):
        mark = token[3]
        if mark is None:
            raw = token[1]
            if raw is None:
                if _SCALAR.fullmatch(token[4]) is None:
                    yield _value(token, 4, path, key, place, part, start, "")
                continue
            if token[2] and _COLON.match(text, token.end()):
                key = raw
                if _PLAIN_KEY.fullmatch(raw) is None:
                    yield _value(token, 1, path, key, place, part, start, "json")
            elif raw:
                yield _value(token, 1, path, key, place, part, start, "json")
        elif mark == "{":
            path.append(f"{key}." if key else "")
            key = ""
        elif mark == "[":
            path.append(f"{key}[]")
            key = ""
        elif mark == ",":
            key = ""
        elif path:
            path.pop()
            key = ""


def _value(
    token: re.Match[str],
    group: int,
    path: list[str],
    key: str,
    place: str,
    part: int,
    start: int,
    syntax: str,
) -> Value:
    name = "".join(path[:_SHOWN_DEPTH]) + key
    span = token.span(group)
    return Value(place, name, token[group], part, start + span[0], start + span[1], syntax)
