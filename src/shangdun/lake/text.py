"""Text columns that point into a block's bytes instead of copying them.

Arrow's string view (Columnar Format 1.4, "Variable-size Binary View Layout") is sixteen bytes a
value: a length, then either up to twelve bytes of text or a prefix, a buffer and an offset.
Polars holds text the same way, so a column costs two gathers and no copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from shangdun.lake.block import LINE, OFFSET, Block

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

NEWLINE, RETURN, SPACE, QUOTE, BACKSLASH = 10, 13, 32, 34, 92
MARK = b"\xef\xbb\xbf"
"""The byte order mark that some editors and PowerShell put before the first line."""

_PADDING = bytes(32)
_INLINE = 12
_SWEEP = 1 << 17
"""Bytes looked at in one go: they and what is found in them stay in the processor's cache."""
_LOW = np.array([(1 << 8 * n) - 1 for n in range(9)], "<u8")


@dataclass(frozen=True)
class Lines:
    """Where each line of a block starts and ends (its line end left out), and its number."""

    starts: Ints
    ends: Ints
    numbers: Ints

    def take(self, rows: Mask | Ints) -> Lines:
        """Some of the lines, in order."""
        return Lines(self.starts[rows], self.ends[rows], self.numbers[rows])

    def __len__(self) -> int:
        return len(self.starts)


class Text:
    """A block's bytes, ended with a line feed and padded so that a gather may read past the end."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.size = len(block.data) + (not block.data.endswith(b"\n"))
        """Bytes up to and with the last line feed."""

    @cached_property
    def _padded(self) -> bytes:
        return self.block.data + b"\n" * (self.size - len(self.block.data)) + _PADDING

    @cached_property
    def octets(self) -> Bytes:
        """The block's bytes and the padding."""
        return np.frombuffer(self._padded, np.uint8)

    @cached_property
    def fours(self) -> npt.NDArray[np.uint32]:
        """Four bytes from every position on, little-endian; a view."""
        return np.ndarray((len(self._padded) - 3,), "<u4", self._padded, strides=(1,))

    @cached_property
    def eights(self) -> npt.NDArray[np.uint64]:
        """Eight bytes from every position on, little-endian; a view."""
        return np.ndarray((len(self._padded) - 7,), "<u8", self._padded, strides=(1,))

    def windows(self, width: int) -> Bytes:
        """Every run of ``width`` bytes as a row, by the position it starts at; a view."""
        return np.ndarray((len(self.octets) - width + 1, width), np.uint8, self.octets, 0, (1, 1))

    @cached_property
    def lines(self) -> Lines:
        """The lines that hold anything; empty ones are counted but left out."""
        feeds = places_of(b"\n", self.block.data)
        if self.size > len(self.block.data):
            feeds = np.append(feeds, len(self.block.data))
        lines = self.lines_ended_at(feeds)
        filled = lines.ends > lines.starts
        return lines if filled.all() else lines.take(filled)

    def lines_ended_at(self, feeds: Ints) -> Lines:
        """The lines between these line feeds, also the empty ones."""
        starts = np.empty_like(feeds)
        if len(feeds):
            starts[0] = len(MARK) if self._is_marked() else 0
            starts[1:] = feeds[:-1] + 1
        ends = feeds.copy()
        if b"\r" in self.block.data:
            returned = np.frombuffer(self.block.data, np.uint8)[feeds - 1] == RETURN
            ends -= returned & (feeds > starts)
        numbers = np.arange(len(feeds), dtype=np.int64) + self.block.first_line
        return Lines(starts, ends, numbers)

    def _is_marked(self) -> bool:
        return self.block.offset == 0 and self.block.data.startswith(MARK)

    def line(self, lines: Lines, row: int) -> bytes:
        """The bytes of one line."""
        return self.block.data[lines.starts[row] : lines.ends[row]]

    def awkward(self, lines: Lines) -> Mask | None:
        """Lines with NULs or bytes that are not UTF-8; None where there are none at all."""
        data = self.block.data
        broken = self.holding(lines, places_of(b"\0", data)) if b"\0" in data else None
        if not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError:
                wide = self.holding(lines, np.flatnonzero(self.octets[: self.size] > 127))
                for row in np.flatnonzero(wide):
                    wide[row] = not _is_utf8(self.line(lines, int(row)))
                broken = wide if broken is None else broken | wide
        return broken

    @staticmethod
    def holding(lines: Lines, places: Ints) -> Mask:
        """Which of the lines one of these positions is in."""
        return np.searchsorted(places, lines.starts) < np.searchsorted(places, lines.ends)

    def column(self, starts: Ints, ends: Ints, null: Mask | None = None) -> pl.Series:
        """The text between these positions as one String column; the bytes must be UTF-8."""
        length = ends - starts
        views = np.empty((len(starts), 2), "<u8")
        head = self.fours[starts] & _LOW[np.minimum(length, 4)]
        views[:, 0] = length.astype("<u8") | head << np.uint64(32)
        rest = self.eights[starts + 4] & _LOW[np.clip(length - 4, 0, 8)]
        views[:, 1] = np.where(length <= _INLINE, rest, starts.astype("<u8") << np.uint64(32))
        buffer = pa.py_buffer(self._padded)
        validity = None if null is None else pa.py_buffer(np.packbits(~null, bitorder="little"))
        buffers = [validity, pa.py_buffer(views), buffer]
        column = pl.from_arrow(pa.Array.from_buffers(pa.string_view(), len(starts), buffers))
        assert isinstance(column, pl.Series)  # noqa: S101  an array becomes a series, a table a frame
        return column

    def places(self, lines: Lines) -> dict[str, pl.Series]:
        """The bookkeeping columns of every frame."""
        return {
            LINE: pl.Series(lines.numbers, dtype=pl.UInt32),
            OFFSET: pl.Series(lines.starts + self.block.offset, dtype=pl.UInt64),
        }


def places_of(marks: bytes, data: bytes) -> Ints:
    """Where any of these single bytes stands, in ascending order."""
    whole = np.frombuffer(data, np.uint8)
    found = []
    for start in range(0, len(data), _SWEEP):
        part = whole[start : start + _SWEEP]
        mask = part == marks[0]
        for mark in marks[1:]:
            mask |= part == mark
        found.append(np.flatnonzero(mask) + start)
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
