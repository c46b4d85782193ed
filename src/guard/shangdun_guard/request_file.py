"""Raw requests in a file: one, or several set off by a blank line before each request line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import mmap
from typing import Union

Data = Union[bytes, mmap]

_REQUEST_LINE = (
    rb"[A-Za-z][A-Za-z_-]{0,30} [^\r\n]{1,65536} HTTP/[0-9](?:\.[0-9])?[ \t]{0,8}\r?(?:\n|\Z)"
)
_REQUEST = re.compile(_REQUEST_LINE)
_AFTER_BLANK = re.compile(rb"\n\r?\n(" + _REQUEST_LINE + rb")")
_FIRST_LINE = re.compile(
    rb"[!-~]{1,64}[ \t]{1,8}[!-\xff]|[^\r\n]{1,65536} HTTP/[0-9](?:\.[0-9])?[ \t]{0,8}\r?(?:\n|\Z)"
)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_CONTENT_LENGTH = re.compile(rb"\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r?\n", re.IGNORECASE)


def request_spans(data: Data) -> Iterator[tuple[int, int]]:
    """Start and end of each request, blank lines between them left out.

    The first thing in a file is a request whatever its first line looks like, as long as that is
    two words or ends in a version: a broken request line is an attack's too. A body may
    hold what looks like a request: where Content-Length leads to the next request or to the end
    it is believed; where it does not, the next request line after a blank line ends the body.
    """
    start: int | None = _filled(data, 0)
    if start is None or _FIRST_LINE.match(data, start) is None:
        start = _next_start(data, 0)
    while start is not None:
        end, following = _extent(data, start)
        yield start, end
        start = following


def _extent(data: Data, start: int) -> tuple[int, int | None]:
    """Where a request ends and where the next one starts."""
    blank = _BLANK_LINE.search(data, start)
    head_end = blank.end() if blank else len(data)
    from_blank = blank.start() if blank else len(data)
    claimed = _CONTENT_LENGTH.search(data, start, head_end)
    if claimed:
        end = head_end + int(claimed[1])
        following = _filled(data, end) if end <= len(data) else len(data) + 1
        if following is None:
            return end, None
        if following <= len(data) and _REQUEST.match(data, following):
            return end, following
    found = _next_start(data, from_blank)
    end = len(data) if found is None else found
    while end > head_end and data[end - 1] in b"\r\n":
        end -= 1
    return end, found


def _next_start(data: Data, position: int) -> int | None:
    found = _AFTER_BLANK.search(data, position)
    return found.start(1) if found else None


def _filled(data: Data, position: int) -> int | None:
    """The first byte from ``position`` on that is no line end; None: there is none."""
    ends = _LINE_ENDS.match(data, position)
    filled = ends.end() if ends else position
    return filled if filled < len(data) else None
