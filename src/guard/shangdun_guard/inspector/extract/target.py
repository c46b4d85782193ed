"""The request target: its path as a whole and in segments, path parameters, query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.extract.pairs import Field, pairs
from shangdun_guard.inspector.value import TARGET, Skip, Value, never

_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_.~-]{0,15}|[a-z0-9_.~-]{0,200}")


def split_target(target: str) -> tuple[int, int]:
    """Where the path starts (behind an authority, where there is one) and where it ends.

    Origin-form, absolute-form and asterisk-form (RFC 9112, 3.2).
    """
    start = _path_start(target)
    question = target.find("?", start)
    return start, len(target) if question < 0 else question


def target_values(target: str, host: str = "", skip: Skip = never) -> Iterator[Value]:
    """Authority of an absolute form, path, segments and their parameters, query."""
    start, end = split_target(target)
    yield from authority_values(target, start, host)
    yield from path_values(target, start, end)
    yield from query_values(target, end, skip)


def authority_values(target: str, start: int, host: str) -> Iterator[Value]:
    """Scheme and authority of an absolute form, where it is not the host that is asked."""
    if start and target[:start].partition("://")[2].lower() != host.lower():
        yield Value("path", "authority", target[:start], TARGET, 0, start, "percent")


def path_values(target: str, start: int, end: int) -> Iterator[Value]:
    """The path as a whole, then odd segments; parameters after ``;`` apart (RFC 3986, 3.3)."""
    path = target[start:end]
    yield Value("path", "", path, TARGET, start, end, "percent")
    for segment in path.split("/"):
        if _PLAIN_SEGMENT.fullmatch(segment) is None:
            plain, semicolon, parameters = segment.partition(";")
            yield Value("path", "segment", plain, TARGET, start, start + len(plain), "percent")
            if semicolon:
                field = Field("path", ";", TARGET, start + len(plain) + 1)
                yield from pairs(parameters, field)
        start += len(segment) + 1


def query_values(target: str, end_of_path: int, skip: Skip = never) -> Iterator[Value]:
    """What follows the question mark."""
    if end_of_path + 1 < len(target):
        field = Field("query", "&", TARGET, end_of_path + 1)
        yield from pairs(target[end_of_path + 1 :], field, skip)


def _path_start(target: str) -> int:
    if target[:1] == "/":
        return 0
    scheme = target.find("://", 0, 12)
    if scheme < 0:
        return 0
    slash = target.find("/", scheme + 3)
    question = target.find("?", scheme + 3)
    ends = [end for end in (slash, question) if end >= 0]
    return min(ends) if ends else len(target)
