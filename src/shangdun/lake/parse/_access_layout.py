"""Access-log lines of the usual layout, a whole block at once, from the places of their marks.

A mark is a quote, a space, a question mark or a line feed. A line whose marks stand
where the layout has them is regular and can be cut by arithmetic; any other is left to
``_access``. What is regular here is read to the same values there (the tests hold both together).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import polars as pl

from shangdun.lake.parse import _apache_time
from shangdun.lake.parse._access import unescape
from shangdun.lake.text import (
    BACKSLASH,
    NEWLINE,
    QUOTE,
    SPACE,
    Bytes,
    Ints,
    Lines,
    Mask,
    Text,
    places_of,
)

_QUESTION, _DASH, _OPEN, _CLOSE, _ZERO, _SLASH = b"?-[]0/"
_HTTP = int.from_bytes(b"HTTP/", "little")
_FIVE_BYTES = np.uint64((1 << 40) - 1)
_TIME_AND_BRACKETS = _apache_time.LENGTH + 3
_LONGEST_NUMBER = 12
_ADDRESS = r"^[0-9a-fA-F]*[.:]"
_SECONDS = r"^\d{1,9}(\.\d{1,9})?$"
_AHEAD = 8
"""Marks added after the last, so that looking a few ahead of any stays in the array."""

Span = tuple[Ints, Ints]


@dataclass(frozen=True)
class Marks:
    """The marks of a block, and of each line that has two or six quotes, none of them escaped."""

    at: Ints
    """Position of every mark."""
    kind: Bytes
    """The byte there."""
    escaped: bool
    """Whether there is a backslash anywhere."""
    filled: Lines
    """Every line that holds anything, also those that cannot be regular."""
    rows: Ints
    """Which of the block's filled lines the following are about."""
    lines: Lines
    first: Ints
    """Index of the line's first mark …"""
    feed: Ints
    """… and of its line feed."""
    quotes: tuple[Ints, ...]
    """Index of each of its six quotes; where there are two, the last four mean nothing."""
    full: Mask
    """Six quotes: referrer and user agent are there."""


def find_marks(text: Text) -> tuple[Marks, Ints]:
    """The marks of every line that may be regular, and the rows of those that cannot be."""
    missing = text.size - len(text.block.data)
    ends = [len(text.block.data)] * missing + [text.size] * _AHEAD
    at = np.append(places_of(b'" \n?\\', text.block.data), ends)
    kind = text.octets[at]
    escapes = kind == BACKSLASH
    misleading = at[:0]
    escaped = bool(escapes.any())
    if escaped:
        before_quote = escapes[:-1] & (kind[1:] == QUOTE) & (np.diff(at) == 1)
        misleading = at[:-1][before_quote]
        at, kind = at[~escapes], kind[~escapes]
    feed = np.flatnonzero(kind == NEWLINE)
    first = np.concatenate([np.zeros(1, np.int64), feed[:-1] + 1]) if len(feed) else feed
    lines = text.lines_ended_at(at[feed])
    filled = lines.ends > lines.starts
    if not filled.all():
        lines, feed, first = lines.take(filled), feed[filled], first[filled]

    quotes = np.flatnonzero(kind == QUOTE)
    before = np.searchsorted(quotes, first)
    count = np.searchsorted(quotes, feed) - before
    usable = (count == 6) | (count == 2)
    usable &= ~text.holding(lines, misleading)
    awkward = text.awkward(lines)
    if awkward is not None:
        usable &= ~awkward
    every, rows = lines, np.arange(len(lines))
    unusual = rows[~usable]
    if len(unusual):
        rows, lines, count = rows[usable], lines.take(usable), count[usable]
        first, feed, before = first[usable], feed[usable], before[usable]
    quotes = np.append(quotes, [len(at) - _AHEAD] * 6)
    placed = tuple(quotes[before + nth] for nth in range(6))
    return Marks(at, kind, escaped, every, rows, lines, first, feed, placed, count == 6), unusual


class Layout:
    """Where the fields of each line stand if it is regular, and which lines are."""

    def __init__(self, text: Text, marks: Marks) -> None:
        self.text = text
        self.lines = marks.lines
        self._at = marks.at
        self._escaped = marks.escaped
        self._kind = marks.kind
        q0, q1, q5 = (marks.quotes[nth] for nth in (0, 1, 5))
        has_vhost = q0 - marks.first == 6
        length = q1 + 3
        self._marks: dict[str, Ints] = {
            "first": marks.first,
            "address": marks.first + has_vhost,
            "length": length,
            "tail": np.where(marks.full, q5 + 1, length),
            "feed": marks.feed,
        } | {f"q{nth}": quote for nth, quote in enumerate(marks.quotes)}
        """Index of: first mark, space after the address, mark after the response's length, mark
        after which nothing but the request time may come, line feed, quotes."""
        self._places: dict[tuple[str, int], Ints] = {}
        self._masks: dict[str, Mask] = {
            "full": marks.full,
            "vhost": has_vhost,
            "query": self._is("q0", 2, _QUESTION),
            "seconds": marks.feed > self._marks["tail"],
        }
        self._numbers: dict[str, Ints] = {}
        self._numbers["millis"], self._numbers["zone"], self._good_time = _apache_time.read_times(
            text, self._place("address", 2) + 2
        )
        self.regular = self._regular()

    def keep_regular(self) -> None:
        """Forget the lines that are not regular: their columns would mean nothing."""
        rows = self.regular
        self.lines = self.lines.take(rows)
        for known in (self._marks, self._places, self._masks, self._numbers):
            for name in known:
                known[name] = known[name][rows]  # type: ignore[index,assignment]  # each keeps its own kind

    def _place(self, mark: str, step: int = 0) -> Ints:
        """Position in the block of the mark that stands ``step`` marks after the named one."""
        key = mark, step
        if key not in self._places:
            index = self._marks[mark]
            self._places[key] = self._at[index + step if step else index]
        return self._places[key]

    def _is(self, mark: str, step: int, byte: int) -> Mask:
        found: Mask = self._kind[self._marks[mark] + step] == byte
        return found

    def _regular(self) -> Mask:
        return self._head() & self._request() & self._answer() & self._end() & self._good_time

    def _head(self) -> Mask:
        """``[vhost ]address identity user [time] "``."""
        place = self._place
        good = (self._marks["q0"] - self._marks["address"] == 5) & self._is("first", 0, SPACE)
        for step in range(5):
            good &= self._is("address", step, SPACE)
        good &= place("address", 1) - place("address") > 1
        good &= place("address", 2) - place("address", 1) > 1
        good &= place("address", 4) - place("address", 2) == _TIME_AND_BRACKETS
        good &= self.text.octets[place("address", 2) + 1] == _OPEN
        good &= self.text.octets[place("address", 4) - 1] == _CLOSE
        good &= place("q0") == place("address", 4) + 1
        start, end = self._span("ip")
        good &= (end > start) & (place("first") > self.lines.starts)
        return self._confirm(good, self._masks["vhost"], "ip", _ADDRESS)

    def _confirm(self, good: Mask, where: Mask, field: str, pattern: str) -> Mask:
        """``good``, less the lines ``where`` a field does not look as it must."""
        rows = np.flatnonzero(where & good)
        if len(rows):
            start, end = self._span(field)
            good[rows] = self.text.column(start[rows], end[rows]).str.contains(pattern)
        return good

    def _request(self) -> Mask:
        """``METHOD /target HTTP/n`` with its spaces between the first two quotes."""
        place = self._place
        good = self._is("q0", 1, SPACE) & self._is("q1", -1, SPACE)
        good &= place("q1", -1) - place("q0", 1) > 1
        initial = self.text.octets[place("q0") + 1]
        good &= (initial >= ord("A")) & (initial <= ord("Z"))
        good &= self.text.octets[place("q0", 1) + 1] == _SLASH
        good &= self.text.eights[place("q1", -1) + 1] & _FIVE_BYTES == _HTTP
        plain: Mask = self._marks["q1"] - self._marks["q0"] == 3
        return good & (self._masks["query"] | plain)

    def _answer(self) -> Mask:
        """`` 200 1234`` after the request."""
        place = self._place
        good: Mask = self._is("q1", 1, SPACE) & (place("q1", 1) == place("q1") + 1)
        good &= self._is("q1", 2, SPACE) & (place("q1", 2) == place("q1") + 5)
        for field in ("code", "length"):
            span = self._span(field)
            self._numbers[field], is_number = self._number(span)
            good &= is_number if field == "code" else is_number | self._dash(span)
        return good

    def _end(self) -> Mask:
        """`` "referrer" "agent"`` where there are six quotes, then maybe the request time."""
        place, marks, full = self._place, self._marks, self._masks["full"]
        named = self._is("length", 0, SPACE) & (marks["q2"] == marks["length"] + 1)
        named &= place("q2") == place("length") + 1
        named &= self._is("q3", 1, SPACE) & (marks["q4"] == marks["q3"] + 2)
        named &= place("q4") == place("q3") + 2
        good: Mask = named | ~full
        start = np.where(full, place("q5") + 1, self._span("length")[1])
        bare = (marks["feed"] == marks["tail"]) & (start == self.lines.ends)
        timed = (marks["feed"] == marks["tail"] + 1) & self._is("tail", 0, SPACE)
        timed &= start == place("tail")
        good &= bare | self._confirm(timed, timed, "seconds", _SECONDS)
        return good

    def _dash(self, span: Span) -> Mask:
        dash: Mask = (span[1] - span[0] == 1) & (self.text.octets[span[0]] == _DASH)
        return dash

    def _number(self, span: Span) -> tuple[Ints, Mask]:
        """The digits of a field as a number, and whether it is nothing but up to twelve digits."""
        start, end = span
        size = end - start
        good = (size > 0) & (size <= _LONGEST_NUMBER)
        value = np.zeros(len(start), np.int64)
        for place in range(int(size[good].max(initial=0))):
            digit = self.text.octets[np.minimum(start + place, self.text.size)] - np.uint8(_ZERO)
            inside = place < size
            good &= ~inside | (digit <= 9)
            value = np.where(inside, value * 10 + digit, value)
        return value, good

    def _span(self, field: str) -> Span:
        """Start and end of a field in the block, for every line."""
        return _SPANS[field](self._place, self._masks, self.lines)

    def text_column(self, field: str) -> pl.Series:
        """A field as it was sent, null for the lines that lack it or have ``-`` for it."""
        start, end = self._span(field)
        null = np.zeros(len(start), bool)
        if field in _DASH_MEANS_NONE:
            null = self._dash((start, end))
        if field in _PRESENT_IF:
            absent = ~self._masks[_PRESENT_IF[field]]
            start, end = np.where(absent, 0, start), np.where(absent, 0, end)
            null |= absent
        values = self.text.column(start, end, null if null.any() else None)
        return _as_sent(values) if self._escaped and field not in _NEVER_ESCAPED else values

    def number_column(self, field: str) -> pl.Series:
        """A field as an integer; ``-`` is null."""
        values = pl.Series(self._numbers[field])
        if field != "length":
            return values
        dash = self._dash(self._span(field))
        return values.set(pl.Series(dash), None) if dash.any() else values

    def layout_column(self) -> pl.Series:
        """``common`` where referrer and user agent are missing."""
        frame = pl.DataFrame({"full": self._masks["full"]})
        return frame.select(pl.when(~pl.col("full")).then(pl.lit("common"))).to_series()

    def columns(self) -> dict[str, Callable[[], pl.Series]]:
        """Every field of ``_access.Access``, made only when called for."""
        columns: dict[str, Callable[[], pl.Series]] = {"layout": self.layout_column}
        for name in ("millis", "zone", "code", "length"):
            columns[name] = partial(self.number_column, name)
        for name in _SPANS.keys() - columns.keys():
            columns[name] = partial(self.text_column, name)
        return columns


def _as_sent(values: pl.Series) -> pl.Series:
    rows = values.str.contains("\\", literal=True).fill_null(value=False).arg_true()
    if not len(rows):
        return values
    return values.scatter(rows, [unescape(value) for value in values.gather(rows)])


_NEVER_ESCAPED = {"ip", "method", "version", "seconds"}
_DASH_MEANS_NONE = {"vhost", "user", "referrer", "agent"}
_PRESENT_IF = {
    "vhost": "vhost",
    "query": "query",
    "referrer": "full",
    "agent": "full",
    "seconds": "seconds",
}


class _Place(Protocol):
    def __call__(self, mark: str, step: int = 0, /) -> Ints: ...


def _query_mark(at: _Place, masks: dict[str, Mask]) -> Ints:
    return np.where(masks["query"], at("q0", 2), at("q1", -1))


_Locate = Callable[[_Place, dict[str, Mask], Lines], Span]
_SPANS: dict[str, _Locate] = {
    "vhost": lambda at, _, lines: (lines.starts, at("first")),
    "ip": lambda at, is_, lines: (
        np.where(is_["vhost"], at("first") + 1, lines.starts),
        at("address"),
    ),
    "user": lambda at, *_: (at("address", 1) + 1, at("address", 2)),
    "method": lambda at, *_: (at("q0") + 1, at("q0", 1)),
    "url": lambda at, *_: (at("q0", 1) + 1, at("q1", -1)),
    "path": lambda at, is_, _: (at("q0", 1) + 1, _query_mark(at, is_)),
    "query": lambda at, is_, _: (_query_mark(at, is_) + is_["query"], at("q1", -1)),
    "version": lambda at, *_: (at("q1", -1) + 1, at("q1")),
    "code": lambda at, *_: (at("q1") + 2, at("q1") + 5),
    "length": lambda at, _, lines: (at("q1", 2) + 1, np.minimum(at("length"), lines.ends)),
    "referrer": lambda at, *_: (at("q2") + 1, at("q3")),
    "agent": lambda at, *_: (at("q4") + 1, at("q5")),
    "seconds": lambda at, _, lines: (at("tail") + 1, lines.ends),
}
"""Where each field starts and ends, from the places of the marks around it."""
