"""What sinks would see of a request: a reader whose only sink writes down every form."""

from __future__ import annotations

from typing import NamedTuple

from shangdun_guard.inspector import Limits, Sign, Sink, Slot
from shangdun_guard.inspector.places import Places
from shangdun_guard.inspector.reader import Reader
from shangdun_guard.inspector.verdict import Reading
from shangdun_guard.request import Request, parse_request


class Seen(NamedTuple):
    place: str
    name: str
    text: str
    layers: tuple[str, ...]
    raw: bytes


RECORDER = Sink(
    name="recorded",
    weights={"recorded.seen": 1.0},
    sentences={"recorded.seen": "Seen."},
    may=lambda text: True,
    judge=lambda text, slot: [Sign("recorded.seen", 0, len(text))],
)


def read(request: Request, limits: Limits | None = None) -> Reading:
    return Reader(limits or Limits(), (RECORDER,), (), remember=False).read(request)


def seen(raw: bytes | Request, limits: Limits | None = None) -> list[Seen]:
    """Every form that a sink is shown, with the bytes that it is said to come from."""
    request = parse_request(raw) if isinstance(raw, bytes) else raw
    places = Places(request)
    return [
        Seen(
            item.value.place,
            item.value.name,
            item.form.text,
            item.form.layers,
            places.bytes_of(*places.span(item.value)),
        )
        for item in read(request, limits).judged
    ]


def texts(raw: bytes | Request, place: str = "") -> set[str]:
    return {item.text for item in seen(raw) if place in {"", item.place}}


def post(body: bytes, content_type: str = "", *more: tuple[str, str]) -> Request:
    headers = (("content-type", content_type),) if content_type else ()
    return Request("POST", "/", (*headers, *more), body)


def form_of(value: str) -> Request:
    """A form of one field, written as it is."""
    return post(b"x=" + value.encode("latin-1"), "application/x-www-form-urlencoded")


__all__ = ["RECORDER", "Seen", "Slot", "form_of", "post", "read", "seen", "texts"]
