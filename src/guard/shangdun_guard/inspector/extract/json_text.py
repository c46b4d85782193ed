"""Strings and keys of JSON text, also of broken JSON, with their places: no recursion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from shangdun_guard.inspector.value import Skip, Value, never

JSON_START = re.compile(r'[\s\xef\xbb\xbf]*(?:[\[{]\s*(?:["\[{\]}\-0-9]|true|false|null)|")')
_TOKEN = re.compile(
    r'"([^"\\]*(?:\\.[^"\\]*)*)("?)'  # a string: its text, its end
    r"|([\[\]{},])"
    r'|(-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,6})?|true|false|null)(?![^\s\[\]{},:"])'
    r'|([^\s\[\]{},":]+)',  # a word that JSON does not know
    re.DOTALL,
)
_COLON = re.compile(r"\s*:")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_\-]*")
_SHOWN_DEPTH = 8


def is_json(text: str) -> bool:
    """Whether this is an object or a list in sound JSON, nested no deeper than its reader can."""
    if JSON_START.match(text) is None:
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


def json_values(
    text: str, place: str, part: int, start: int = 0, skip: Skip = never
) -> Iterator[Value]:
    """Every string and odd key; the text as a whole, once, where it is no JSON.

    ``name`` is a path such as ``items[].title``; ``skip`` is asked of each raw string.
    """
    path: list[str] = []
    key = ""
    broken = False
    for token in _TOKEN.finditer(text):
        group = token.lastindex
        if group == 2:
            raw = token[1]
            if _COLON.match(text, token.end()):
                key = raw
                if _PLAIN_KEY.fullmatch(raw):
                    continue
            elif skip(raw):
                continue
            name = "".join(path[-_SHOWN_DEPTH:]) + key
            first, last = token.span(1)
            yield Value(place, name, raw, part, start + first, start + last, "json")
        elif group == 3:
            key = _structure(token[3], path, key)
        elif group == 5:
            broken = True
    if broken:
        yield Value(place, "", text, part, start, start + len(text))


def _structure(mark: str, path: list[str], key: str) -> str:
    """Go down, up or on; the key that holds from here."""
    if mark == "{":
        path.append(f"{key}." if path or key else "")
    elif mark == "[":
        path.append(f"{key}[]")
    elif mark != "," and path:
        path.pop()
    return ""
