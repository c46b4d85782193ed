"""What the request inspector says of one part of a request, as text that rules can ask.

``class:sql sql.union sql.comment`` names the classes that convict and their signs, and nothing that
a visitor wrote: a rule cannot be answered by what he typed. For people, ``words_of`` adds the
value, what it was decoded to, and why it convicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlencode

import orjson

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.verdict import Hit, Verdict
from shangdun_guard.request import Request

MOST_CODES = 8
"""Signs named of one part."""
MOST_TOLD = 300
"""Letters of a decoded value that are shown."""
MOST_QUOTED = 50
_QUOTED = re.compile(r'found within ([A-Z_]+(?::[^:"\\]{1,200})?): ((?:[^"\\]|\\.)*)"')
"""In a message of the Core Rule Set, still as JSON: the variable and its value."""
_FORM = (("content-type", "application/x-www-form-urlencoded"),)
OWN_PARTS = frozenset({"cookie", "referer", "user-agent"})
"""Headers that are parts of their own."""


@lru_cache(maxsize=1)
def _inspector() -> Inspector:
    return Inspector()


def judge_of(part: str) -> Callable[[str], Verdict]:
    """How a part (``target``, ``body``, ``matched`` …, or a header's name) is judged."""

    def judge(text: str) -> Verdict:
        return _inspector().inspect(_request(part, text))

    return judge


def codes_of(part: str) -> Callable[[str], str]:
    """The text of a part to what rules can ask of it."""
    judge = judge_of(part)
    return lambda text: text_of(judge(text))


def words_of(part: str) -> Callable[[str], str]:
    """The same with what people want to know: where, what it was decoded to, and why."""
    judge = judge_of(part)

    def words(text: str) -> str:
        verdict = judge(text)
        told = [text_of(verdict)]
        told += dict.fromkeys(map(_sentence, verdict.hits[:MOST_CODES])) if verdict.attack else ()
        return "\n".join(told)

    return words


def _sentence(hit: Hit) -> str:
    """A visitor's text cannot pass for a class here either."""
    shown = hit.form[:MOST_TOLD].replace("class:", "class :")
    layers = f" ({', '.join(hit.layers)})" if hit.layers else ""
    return f"{hit.slot.place} {hit.slot.name}{layers}: {shown} — {hit.reason}"


def text_of(verdict: Verdict) -> str:
    """The classes that convict and their signs; empty of a clean part."""
    return " ".join(
        f"class:{name} "
        + " ".join(dict.fromkeys(hit.code for hit in verdict.hits[:MOST_CODES] if hit.cls == name))
        for name in verdict.classes
    )


def _request(part: str, text: str) -> Request:
    """A request of this part alone. Events seldom carry a body's type: it is read as what it is."""
    if part == "target":
        return Request("GET", _wire(text))
    if part == "body":
        return Request("POST", "/", body=text.encode("utf-8", "replace"))
    if part == "headers":
        return Request("GET", "/", _pairs(text))
    if part == "matched":
        return Request("POST", "/", _FORM, _matched(text))
    return Request("GET", "/", ((part, _wire(text)),))


def _matched(text: str) -> bytes:
    """What a web firewall quotes of a request whose body it does not log, as a form."""
    quoted = _QUOTED.findall(text)[:MOST_QUOTED]
    pairs = {(_text_of(name), _text_of(value)) for name, value in quoted}
    return urlencode(sorted(pairs)).encode()


def _text_of(piece: str) -> str:
    try:
        return str(orjson.loads(f'"{piece}"'))
    except orjson.JSONDecodeError:
        return piece


def _wire(text: str) -> str:
    """As on the wire, where a byte is a letter."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return (("x-unknown", _wire(text)),)
    return tuple(
        (str(pair[0]).lower(), _wire(str(pair[1])))
        for pair in (found if isinstance(found, list) else [])
        if isinstance(pair, list) and len(pair) > 1 and str(pair[0]).lower() not in OWN_PARTS
    )
