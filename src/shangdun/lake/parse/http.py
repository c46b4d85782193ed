"""Raw HTTP requests: one a file, or each set off by a blank line before its request line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import polars as pl

from shangdun.lake.block import (
    LENGTH,
    LINE,
    OFFSET,
    Block,
    DeadLetter,
    Logsource,
    Parsed,
    last_line_end,
    readable,
)
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import frame_of
from shangdun.lake.parse._values import Flat
from shangdun.lake.parse._web import header_columns, target_columns
from shangdun.lake.text import NEWLINE

_REQUEST_LINE = rb"([A-Z][A-Z_-]{1,19}+) ([^\r\n]*?) (HTTP/\d(?:\.\d)?)[ \t]*+\r?(?:\n|\Z)"
_REQUEST = re.compile(_REQUEST_LINE)
_AFTER_BLANK = re.compile(rb"(?:(?<=\n\n)|(?<=\n\r\n))" + _REQUEST_LINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CONTENT_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r?\n", re.IGNORECASE)
_NOT_A_REQUEST = "stands before the first request line"


class HttpReader(Reader):
    """Web requests, OCSF class 4002, with headers and body; they tell neither time nor client."""

    name = "http"
    title = "Raw HTTP requests"
    precedence = 40

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        data = block.data
        spans = list(_requests(data))
        dead = list(block.dead)
        first = spans[0][0] if spans else len(data)
        if data[:first].strip():
            dead.append(DeadLetter(block.first_line, block.offset, data[:first], _NOT_A_REQUEST))
        columns = Columns(len(spans))
        columns.add_rows(range(len(spans)), (_read(data[start:end]) for start, end in spans))
        frame = frame_of(columns, fields, _places(block, spans))
        logsource = Logsource(category="webserver")
        return Parsed(frame, tuple(dead), logsource, block, self.name)

    def boundary(self, data: bytes) -> int:
        """Before the last request: more of its body may come."""
        starts = [start for start, _ in _requests(data)]
        return starts[-1] if starts else last_line_end(data)


def _requests(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each request, blank lines around it left out."""
    begin = _filled(data, 0)
    start = begin if _REQUEST.match(data, begin) else _next_start(data, begin)
    while start is not None:
        end, following = _extent(data, start)
        yield start, end
        start = following


def _extent(data: bytes, start: int) -> tuple[int, int | None]:
    """Where a request ends and where the next one starts.

    A body may hold what looks like a request: where Content-Length leads to the next request or
    to the end, it is believed; where it does not, the next request line after a blank line ends
    the body.
    """
    head_end = _head_end(data, start)
    claimed = _CONTENT_LENGTH.search(data, start, head_end)
    if claimed:
        end = head_end + int(claimed[1])
        following = _filled(data, end)
        if end <= len(data) == following:
            return end, None
        if _REQUEST.match(data, following):
            return end, following
    found = _next_start(data, head_end)
    record = data[start : len(data) if found is None else found]
    return start + len(record.rstrip(b"\r\n")), found


def _head_end(data: bytes, start: int) -> int:
    blank = _HEAD_END.search(data, start)
    return blank.end() if blank else len(data)


def _next_start(data: bytes, position: int) -> int | None:
    match = _AFTER_BLANK.search(data, position)
    return match.start() if match else None


def _filled(data: bytes, position: int) -> int:
    """The first byte from ``position`` on that is no line end."""
    while position < len(data) and data[position] in b"\r\n":
        position += 1
    return position


def _read(record: bytes) -> Flat:
    line = _REQUEST.match(record)
    if line is None:
        raise AssertionError("a record starts with a request line")
    body_start = _head_end(record, 0)
    columns = target_columns(readable(line[1]), readable(line[2]))
    columns["http_request.version"] = readable(line[3])
    columns |= header_columns(_headers(record[line.end() : body_start]))
    if body := record[body_start:]:
        columns["http_request.body"] = readable(body)
        columns["http_request.length"] = len(body)
    return columns


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in readable(head).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _places(block: Block, spans: list[tuple[int, int]]) -> dict[str, pl.Series]:
    starts = np.array([start for start, _ in spans], np.int64)
    ends = np.array([end for _, end in spans], np.int64)
    feeds = np.flatnonzero(np.frombuffer(block.data, np.uint8) == NEWLINE)
    lines = block.first_line + np.searchsorted(feeds, starts)
    return {
        LINE: pl.Series(lines, dtype=pl.UInt32),
        OFFSET: pl.Series(starts + block.offset, dtype=pl.UInt64),
        LENGTH: pl.Series(ends - starts, dtype=pl.UInt32),
    }


READER = HttpReader
