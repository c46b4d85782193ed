"""Headers, cookies, and the parameters of the Referer."""

from __future__ import annotations

from typing import Iterator

from shangdun_guard.inspector.extract.pairs import pairs
from shangdun_guard.inspector.extract.target import path_start
from shangdun_guard.inspector.value import Value


def header_values(part: int, name: str, text: str) -> Iterator[Value]:
    """Values of the header that is number ``part`` of its request."""
    if name == "cookie":
        start = 0
        for piece in text.split(";"):
            bare = piece.lstrip()
            skipped = len(piece) - len(bare)
            yield from pairs(bare, "cookie", ";", part, start + skipped)
            start += len(piece) + 1
        return
    if name == "referer":
        question = text.find("?", path_start(text))
        if question >= 0:
            address = text[:question]
            yield Value("header", name, address, part, 0, question, "percent")
            yield from pairs(text[question + 1 :], "referer", "&", part, question + 1)
            return
    yield Value("header", name, text, part, 0, len(text))
