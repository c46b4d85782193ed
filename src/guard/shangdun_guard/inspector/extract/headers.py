"""Headers, cookies, and the parameters of the Referer."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun_guard.inspector.extract.pairs import Field, pairs
from shangdun_guard.inspector.extract.target import split_target
from shangdun_guard.inspector.value import Skip, Value, never


def header_values(part: int, name: str, text: str, skip: Skip = never) -> Iterator[Value]:
    """Values of the header that is number ``part`` of its request.

    ``skip`` is asked of ``name=value`` in cookies and in the Referer's query.
    """
    if name == "cookie":
        yield from _cookies(part, text, skip)
        return
    end = len(text)
    if name == "authorization":
        scheme = text.find(" ") + 1
        if scheme:
            yield Value("header", name, text[scheme:], part, scheme, end)
    if name == "referer":
        end = split_target(text)[1]
        if end + 1 < len(text):
            field = Field("referer", "&", part, end + 1)
            yield from pairs(text[end + 1 :], field, skip)
    yield Value("header", name, text[:end], part, 0, end, "percent" if name == "referer" else "")


def _cookies(part: int, text: str, skip: Skip) -> Iterator[Value]:
    start = 0
    for piece in text.split(";"):
        bare = piece.lstrip(" ")
        if not skip(bare):
            field = Field("cookie", ";", part, start + len(piece) - len(bare))
            yield from pairs(bare, field)
        start += len(piece) + 1
