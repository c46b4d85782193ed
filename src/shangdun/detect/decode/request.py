"""The parts of a request as text that reads like a query nobody encoded: ``name=value&name=value``.

Names count as values do: they are decoded too, and a document (JSON) gives ``parent[name]=value``,
as forms write it, so that ``password[$ne]=`` is one thing in either. Order is kept, nothing is left
out but what is past the limits. Source for the forms: WHATWG URL 5 (urlencoded), RFC 7578
(multipart), RFC 6265 (cookies).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from shangdun.detect.decode.layers import MOST_LETTERS, SHORTEST_RUN, decoded, entities, peeled

MOST_VALUES = 2_000
"""Of one part of a request taken apart; the rest is read as one."""
MOST_DEPTH = 20
"""Of a document; what lies deeper is taken as its JSON text."""
MOST_NAME = 200
OWN_PARTS = frozenset({"cookie", "referer", "user-agent"})
"""Headers that are parts of their own."""

_FORM = re.compile(r"[^\s=&<>]{1,200}=")
_FILE_NAME = re.compile(r'filename\*?="?([^";\r\n]{0,400})', re.IGNORECASE)
_PART_NAME = re.compile(r'[;\s]name="?([^";\r\n]{0,200})', re.IGNORECASE)
_PART_TYPE = re.compile(r"content-type:[ \t]*([^\s;]{1,100})", re.IGNORECASE)
_HEAD_END = re.compile(r"\r?\n\r?\n")
_MOST_FILE = 8 << 10
"""Letters of an uploaded file that are looked at."""


def target_text(target: str) -> str:
    """A request target, or a whole address such as the Referer's."""
    path, asked, query = target.partition("?")
    path = peeled(path[:MOST_LETTERS]) + path[MOST_LETTERS:]
    return path + asked + (form_text(query) if query else "")


def form_text(form: str) -> str:
    """A query or an urlencoded body."""
    pieces = entities(form[:MOST_LETTERS]).replace("+", " ").split("&", MOST_VALUES)
    return "&".join(map(_pair, pieces)) + form[MOST_LETTERS:]


def _pair(piece: str) -> str:
    name, equals, value = piece.partition("=")
    own = name if name.isalnum() else decoded(name)
    if len(value) < SHORTEST_RUN and value.isascii() and value.isalnum():
        return own + equals + value  # most values are: nothing in them can be an encoding
    plain = decoded(value)
    if plain[:1] in {"{", "["} and (fields := _document_text(plain, own)):
        return f"{own}{equals}{plain}&{fields}"
    return own + equals + plain


def cookie_text(header: str) -> str:
    """The Cookie header."""
    pieces = entities(header[:MOST_LETTERS]).split(";", MOST_VALUES)
    return "&".join(_pair(piece.strip()) for piece in pieces) + header[MOST_LETTERS:]


def header_text(headers: str) -> str:
    """Headers, a JSON list of pairs, without those that are parts of their own."""
    try:
        pairs = orjson.loads(headers)
    except orjson.JSONDecodeError:
        return decoded(headers)
    if not isinstance(pairs, list):
        return decoded(headers)
    return "&".join(
        f"{str(pair[0]).lower()}={decoded(str(pair[1]))}"
        for pair in pairs[:MOST_VALUES]
        if isinstance(pair, list) and len(pair) > 1 and str(pair[0]).lower() not in OWN_PARTS
    )


def body_text(body: str) -> str:
    """A body, read as what it looks like: clients that attack lie about the content type."""
    start = body.lstrip()[:2]
    if start[:1] in {"{", "["} and (fields := _document_text(body, "")):
        return fields
    if start == "--" and (parts := "&".join(_multipart(body))):
        return parts
    return form_text(body) if _FORM.match(body) else decoded(body)


def _document_text(text: str, name: str) -> str:
    if len(text) > MOST_LETTERS:
        return ""
    fields: list[str] = []
    room = 2 * len(text)
    try:
        found = _fields(orjson.loads(text), name, 0)
        for (own, value), _ in zip(found, range(MOST_VALUES), strict=False):
            # a long name over a long list must not make much of little
            fields.append(f"{own}={value}" if own and room > 0 else value)
            room -= len(fields[-1])
    except (orjson.JSONDecodeError, TypeError):  # no document, or nested too deep to be one
        return ""
    if len(fields) == MOST_VALUES:
        fields.append(decoded(text))
    return "&".join(fields)


def _fields(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:  # noqa: ANN401  any JSON value
    if depth < MOST_DEPTH and isinstance(value, dict):
        for key, one in value.items():
            own = decoded(key[:MOST_NAME])
            yield from _fields(one, f"{_last(name)}[{own}]" if name else own, depth + 1)
    elif depth < MOST_DEPTH and isinstance(value, list):
        for one in value:
            yield from _fields(one, name, depth + 1)
    elif isinstance(value, str):
        yield name, decoded(value)
    else:
        yield name, orjson.dumps(value).decode()


def _last(name: str) -> str:
    """The last part of ``a[b]``: names do not grow with the depth of a document."""
    return name[name.rindex("[") + 1 : -1] if name.endswith("]") and "[" in name else name


def _multipart(body: str) -> Iterator[str]:
    boundary = body.lstrip().split("\n", 1)[0].strip()
    for part in body.split(boundary, MOST_VALUES)[1:]:
        head, content = _split_head(part)
        name, file = _PART_NAME.search(head), _FILE_NAME.search(head)
        if name is None:
            continue
        own = decoded(name[1])
        if file is None:
            yield f"{own}={decoded(content.strip())}"
            continue
        yield f"{own}[filename]={decoded(file[1])}"
        if kind := _PART_TYPE.search(head):
            yield f"{own}[type]={kind[1]}"
        yield f"{own}[content]={decoded(content[:_MOST_FILE].strip())}"


def _split_head(part: str) -> tuple[str, str]:
    end = _HEAD_END.search(part)
    return (part[: end.start()], part[end.end() :]) if end else (part, "")
