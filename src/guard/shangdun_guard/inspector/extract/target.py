"""The request target: its path as a whole and in segments, path parameters, query."""

from __future__ import annotations

from typing import Iterator

from shangdun_guard.inspector.extract.pairs import pairs
from shangdun_guard.inspector.value import TARGET, Value


def target_values(target: str) -> Iterator[Value]:
    """Values of origin-form, absolute-form and asterisk-form targets (RFC 9112, 3.2)."""
    start = path_start(target)
    question = target.find("?", start)
    end = len(target) if question < 0 else question
    path = target[start:end]
    if start:
        yield Value("path", "authority", target[:start], TARGET, 0, start, "percent")
    yield Value("path", "", path, TARGET, start, end, "percent")
    yield from _segments(path, start)
    if question >= 0:
        yield from pairs(target[question + 1 :], "query", "&", TARGET, question + 1)


def path_start(target: str) -> int:
    """Where the path begins: behind scheme and authority of an absolute-form target."""
    if target[:1] == "/":
        return 0
    scheme = target.find("://", 0, 12)
    if scheme < 0:
        return 0
    slash = target.find("/", scheme + 3)
    question = target.find("?", scheme + 3)
    ends = [end for end in (slash, question) if end >= 0]
    return min(ends) if ends else len(target)


def _segments(path: str, start: int) -> Iterator[Value]:
    """Segments that hold more than a plain name; ``;name=value`` of them apart (RFC 3986, 3.3)."""
    for segment in path.split("/"):
        if segment and not segment.isalnum():
            plain, semicolon, parameters = segment.partition(";")
            yield Value("path", "segment", plain, TARGET, start, start + len(plain), "percent")
            if semicolon:
                yield from pairs(parameters, "path", ";", TARGET, start + len(plain) + 1)
        start += len(segment) + 1
