"""A check of the whole request: like a sink, but it sees the message and not one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.value import BODY, HEAD, Form, Value
from shangdun_guard.inspector.verdict import Judged
from shangdun_guard.request import Request


@dataclass(frozen=True)
class Check:
    """As ``sink.Sink``, with ``judge`` over a request."""

    name: str
    weights: dict[str, float]
    sentences: dict[str, str]
    judge: Callable[[Request], list[Judged]]


def in_header(cls: str, request: Request, part: int, *codes: str) -> Judged:
    """Signs that the text of header number ``part`` carries as a whole."""
    name, text = request.headers[part]
    value = Value("header", name, text, part, 0, len(text))
    return Judged(cls, value, Form(text, ()), tuple(Sign(code, 0, len(text)) for code in codes))


def in_bytes(cls: str, part: int, text: str, start: int, *codes: str) -> Judged:
    """Signs in bytes (as latin-1) that stand at ``start`` of a part, usually of the head."""
    place = "body" if part == BODY else "header" if part == HEAD else "method"
    value = Value(place, "", text, part, start, start + len(text))
    return Judged(cls, value, Form(text, ()), tuple(Sign(code, 0, len(text)) for code in codes))
