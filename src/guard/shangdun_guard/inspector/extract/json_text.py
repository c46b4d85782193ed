"""Strings and keys of JSON text, also of broken JSON, with their places: no recursion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from shangdun_guard.inspector.decode.escapes import json_unescaped
from shangdun_guard.inspector.value import Skip, Value, never

JSON_START = re.compile(r'[\s\xef\xbb\xbf]*(?:[\[{]\s*(?:["\[{\]}\-0-9]|true|false|null)|")')
_NUMBER = r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,6})?"
_SCALAR = rf"(?:{_NUMBER}|true|false|null)(?![^\s\[\]{{}},:\"])"
_TOKEN = re.compile(
    rf'"([A-Za-z0-9_-]{{0,100}})"\s{{0,64}}:(?:\s{{0,64}}{_SCALAR})?'  # a plain key, its figure
    r'|"([^"\\]*(?:\\.[^"\\]*)*)("?)'  # a string: its text, its end
    r"|([\[\]{}])"
    rf"|({_SCALAR})"
    r'|([^\s\[\]{},":]+)',  # a word that JSON does not know
    re.DOTALL,
)
_COLON = re.compile(r"\s{0,4096}:")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_\-]*")
_KEY, _STRING_END, _STRUCTURE, _BARE = 1, 3, 4, 6
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
        if group == _KEY:
            key = token[1]
        elif group == _STRING_END:
            raw = token[2]
            if _COLON.match(text, token.end()):
                key = raw if "\\" not in raw else json_unescaped(raw)
                if _PLAIN_KEY.fullmatch(raw):
                    continue
            elif skip(raw):
                continue
            name = "".join(path[-_SHOWN_DEPTH:]) + key
            first, last = token.span(2)
            yield Value(place, name, raw, part, start + first, start + last, "json")
        elif group == _STRUCTURE:
            key = _structure(token[4], path, key)
        elif group == _BARE:
            broken = True
    if broken:
        yield Value(place, "", text, part, start, start + len(text))


def _structure(mark: str, path: list[str], key: str) -> str:
    """Go down or up; the key that holds from here."""
    if mark == "{":
        path.append(f"{key}." if path or key else "")
    elif mark == "[":
        path.append(f"{key}[]")
    elif path:
        path.pop()
    return ""
