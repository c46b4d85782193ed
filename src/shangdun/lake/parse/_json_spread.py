r"""JSON objects not one a line: laid out over many, in an array, or in ``{"Records": []}``.

Whether a block is written so is told by its first bytes, so that JSON lines cost nothing. What
cannot be read costs one line: reading goes on at the next, so that a bracket that never closes
hides nothing behind it. A block that makes much be looked at in vain is read line by line from
there on, which bounds the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from shangdun.lake.block import (
    LENGTH,
    LINE,
    MAX_LINE,
    OFFSET,
    Block,
    DeadLetter,
    Parsed,
    last_line_end,
)
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._records import ReadLine, frame_of
from shangdun.lake.parse._values import Flat, Unreadable
from shangdun.lake.text import NEWLINE

MAX_OBJECT = MAX_LINE
"""A longer object is not read; it must not eat memory, as a longer line must not."""
MOST_NESTED = 256
MOST_IN_VAIN = 2 * MAX_OBJECT
"""After so many bytes that were taken for an object and were none, a block is read by lines."""
_ENVELOPE = rb'\{\s*+"[Rr]ecords"\s*+:\s*+\['
_SPREAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:[\[\],]|\{[ \t]*+\r?\n|" + _ENVELOPE + rb")")
_BETWEEN = re.compile(rb"(?:\xef\xbb\xbf)?(?:[\s,\[]|\]\s*+\}?|" + _ENVELOPE + rb")*+")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}"]', re.DOTALL)


class Span(NamedTuple):
    """Where something stands in a block; ``reason`` says why it is no object, where it is none."""

    start: int
    end: int
    reason: str = ""
    in_vain: int = 0
    """Bytes looked at to find that no object begins here."""


def is_spread(data: bytes) -> bool:
    """Whether objects here are not simply one a line; looks at the first bytes only."""
    return _SPREAD.match(data) is not None


def spread_boundary(data: bytes) -> int:
    """Where a block may be cut: behind the last complete object, or behind the last line."""
    if not is_spread(data):
        return last_line_end(data)
    ends = [span.end for span in _spans(data, whole=False) if not span.reason]
    return ends[-1] if ends else 0


def read_spread(
    block: Block, fields: frozenset[str] | None, read: ReadLine, *, name: str
) -> Parsed:
    """Every object through ``read``, which gives its columns or raises ``Unreadable``."""
    columns, places, dead = spread_rows(block, read)
    frame = frame_of(columns, fields, places)
    return Parsed(frame, (*block.dead, *dead), None, block, name)


def spread_rows(
    block: Block, read: ReadLine
) -> tuple[Columns, dict[str, pl.Series], list[DeadLetter]]:
    """The objects of a block with their places, and what could not be read."""
    data = block.data
    feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE)
    kept: list[Span] = []
    events: list[Flat] = []
    dead: list[DeadLetter] = []

    def bury(span: Span, reason: str) -> None:
        line = block.first_line + int(np.searchsorted(feeds, span.start))
        raw = data[span.start : span.end].rstrip(b"\r\n")
        dead.append(DeadLetter(line, block.offset + span.start, raw, reason))

    position, in_vain = 0, 0
    while position < len(data):
        span = _next(data, position, by_line=in_vain > MOST_IN_VAIN)
        if span is None:
            break
        position = span.end
        if span.reason:
            bury(span, span.reason)
            in_vain += span.in_vain
            continue
        try:
            events.append(read(data[span.start : span.end]))
            kept.append(span)
        except Unreadable as reason:
            if str(reason).startswith("is not JSON"):
                line = _line_of(data, span.start, str(reason))
                bury(line, str(reason))
                position, in_vain = line.end, in_vain + span.end - span.start
            else:
                bury(span, str(reason))
    columns = Columns(len(events))
    columns.add_rows(range(len(events)), events)
    starts = np.array([span.start for span in kept], np.int64)
    ends = np.array([span.end for span in kept], np.int64)
    places = {
        LINE: pl.Series(block.first_line + np.searchsorted(feeds, starts), dtype=pl.UInt32),
        OFFSET: pl.Series(starts + block.offset, dtype=pl.UInt64),
        LENGTH: pl.Series(ends - starts, dtype=pl.UInt32),
    }
    return columns, places, dead


def _spans(data: bytes, *, whole: bool) -> Iterator[Span]:
    """The objects of a block; unless it is the whole, nothing behind one that has no end yet."""
    position, in_vain = 0, 0
    while position < len(data):
        span = _next(data, position, by_line=in_vain > MOST_IN_VAIN)
        if span is None:
            return
        if span.reason:
            if not whole and len(data) - span.start <= MAX_OBJECT:
                return  # more of it may come
            in_vain += span.in_vain
        yield span
        position = span.end


def _next(data: bytes, position: int, *, by_line: bool) -> Span | None:
    """The next object, or the next line that holds something else."""
    between = _BETWEEN.match(data, position)
    start = between.end() if between else position
    if start >= len(data):
        return None
    if data[start] != ord("{"):
        return _line_of(data, start, "stands between objects")
    if by_line:
        line = _line_of(data, start, "")
        return line._replace(end=line.start + len(data[line.start : line.end].rstrip(b"\r\n, ")))
    end, looked = _end_of(data, start)
    if end:
        return Span(start, end)
    reason = f"begins an object that does not end here, or not within {MAX_OBJECT} bytes"
    return _line_of(data, start, reason)._replace(in_vain=looked)


def _end_of(data: bytes, start: int) -> tuple[int, int]:
    """Where the object that begins here ends (0: nowhere within limits), and bytes looked at."""
    depth = 0
    for token in _TOKEN.finditer(data, start, min(len(data), start + MAX_OBJECT)):
        if token.end() - token.start() > 1:
            continue
        mark = data[token.start()]
        if mark == ord('"'):
            return 0, token.end() - start
        depth += 1 if mark == ord("{") else -1
        if not depth:
            return token.end(), token.end() - start
        if depth > MOST_NESTED:
            return 0, token.end() - start
    return 0, min(len(data) - start, MAX_OBJECT)


def _line_of(data: bytes, start: int, reason: str) -> Span:
    """The rest of the line from here, with its line end."""
    end = data.find(b"\n", start)
    return Span(start, len(data) if end < 0 else end + 1, reason)
