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

import msgspec
import orjson

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.calibration import THRESHOLD
from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.verdict import Hit, Verdict
from shangdun_guard.request import Request

FOUND_FROM = 1 / 3
"""Probability of a class that rules are told of: a finding costs a look, a refusal a customer."""
MOST_CODES = 8
"""Signs named of one part."""
MOST_TOLD = 160
"""Letters of a decoded value that are shown."""
MOST_NAME = 60
MOST_VALUES = 2
"""Values of one part that are shown."""
_PICTURES: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(32)},
    0x7F: 0x2421,
    0x85: " ",
    0x2028: " ",
    0x2029: " ",
}
"""What would end a line, as the picture of it."""
MOST_QUOTED = 50
_QUOTED = re.compile(r'found within ([A-Z_]+(?::[^:"\\]{1,200})?): ((?:[^"\\]|\\.)*)"')
"""In a message of the Core Rule Set, still as JSON: the variable and its value."""
_FIELDS = frozenset({"text", "coupon", "account"})
"""What customers typed into a form of which only the result is known."""
_FORM = (("content-type", "application/x-www-form-urlencoded"),)
OWN_PARTS = frozenset({"cookie", "referer", "user-agent"})
"""Headers that are parts of their own."""


class _GuardHit(msgspec.Struct):
    """See ``shangdun_guard.ruling``."""

    cls: str = msgspec.field(name="class", default="")
    score: float = 0.0
    place: str = ""
    name: str = ""
    form: str = ""
    layers: list[str] = []
    code: str = ""
    reason: str = ""
    sign_start: int = 0
    sign_end: int = 0


_HITS = msgspec.json.Decoder(list[_GuardHit])
_NO_CODE = re.compile(r"[^\w.-]")


@lru_cache(maxsize=1)
def _inspector() -> Inspector:
    return Inspector(threshold=FOUND_FROM)


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
    return lambda text: told_of(judge(text))


def told_of(verdict: Verdict) -> str:
    """``text_of`` first, then a line for each value, then for each sign one of ``- `` and why.

    What a visitor wrote stays within its line and cannot pass for a class.
    """
    if not verdict.attack:
        return ""
    hits = [hit for hit in verdict.hits if hit.cls in verdict.classes][:MOST_CODES]
    values = dict.fromkeys(map(_value, hits))
    reasons = dict.fromkeys(f"- {hit.reason}" for hit in hits)
    return "\n".join([text_of(verdict), *list(values)[:MOST_VALUES], *reasons])


def codes_of_guard(hits: str) -> str:
    """What the guard's own inspector found, as its events carry it, to what rules can ask."""
    return told_of(_verdict_of(hits)).partition("\n")[0]


def words_of_guard(hits: str) -> str:
    """The same as people are told."""
    return told_of(_verdict_of(hits))


def _verdict_of(text: str) -> Verdict:
    """A verdict out of its event; nothing is found in what is none of the guard's."""
    try:
        hits = tuple(map(_hit_of, _HITS.decode(text)[:MOST_CODES]))
    except msgspec.MsgspecError:
        hits = ()
    classes = tuple(dict.fromkeys(hit.cls for hit in hits if hit.score >= THRESHOLD))
    return Verdict(bool(classes), max((hit.score for hit in hits), default=0.0), classes, hits, {})


def _hit_of(one: _GuardHit) -> Hit:
    cls, code = _NO_CODE.sub("", one.cls), _NO_CODE.sub("", one.code)
    slot, span = Slot(one.place, one.name), (one.sign_start, one.sign_end)
    return Hit(
        cls, one.score, slot, b"", 0, 0, one.form, tuple(one.layers), code, one.reason, *span
    )


def _value(hit: Hit) -> str:
    """Place, name, layers and the decoded form around its sign, on one line."""
    first = max(0, min(hit.sign_start - MOST_TOLD // 4, len(hit.form) - MOST_TOLD))
    shown = hit.form[first : first + MOST_TOLD].translate(_PICTURES).replace("class:", "class :")
    shown = ("…" if first else "") + shown + ("…" if first + MOST_TOLD < len(hit.form) else "")
    layers = f" ({' '.join(hit.layers)})" if hit.layers else ""
    name = hit.slot.name[:MOST_NAME].translate(_PICTURES).replace("class:", "class :")
    return f"{' '.join(filter(None, (hit.slot.place, name)))}{layers}: {shown}"


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
    if part in _FIELDS:
        return Request("POST", "/", _FORM, urlencode({part: text}).encode())
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
