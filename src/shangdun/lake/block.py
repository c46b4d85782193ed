"""What travels from a file or spool to a parser, and what comes back.

A block is a run of bytes with its place; a parser turns it into a frame of events, one row a
line that could be read, and a dead letter for every line that could not. Blocks are cut from a
stream in memory that does not grow with the length of a line.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import numpy as np
import polars as pl

from shangdun.kernel.errors import ParseError

LINE = "_line"
"""Column of every event frame, UInt32: the line's number in its file, from 1."""
OFFSET = "_offset"
"""Column of every event frame, UInt64: the byte at which the line starts in its file."""
LENGTH = "_length"
"""Column of frames whose records span lines (``http``), UInt32: the record's bytes."""

LINE_FEED = 0x0A
BLOCK_BYTES = 8 << 20
MAX_LINE = 1 << 20
"""A longer line is cut out: no log that is worth reading has one, and it must not eat memory."""
KEPT = 1024
"""Bytes kept of a line that is cut out."""
READ_BYTES = 1 << 20

Boundary = Callable[[bytes], int]
"""Gives the position where the last record ends that is surely complete."""


class Logsource(NamedTuple):
    """What a rule asks for and an event is: Sigma 2.1 ``logsource``; empty means any or unknown."""

    product: str = ""
    category: str = ""
    service: str = ""


class DeadLetter(NamedTuple):
    """A line that could not be read; nothing from outside is lost.

    Of a line longer than the limit only the head is here; the reason then says how long it is.
    """

    line: int
    offset: int
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes that end at a line's end (or at the end of the file), with their place in the file."""

    data: bytes
    first_line: int = 1
    offset: int = 0
    name: str = ""
    """The file's name or the source's, for people."""
    dead: tuple[DeadLetter, ...] = ()
    """Lines before this block that were too long to be taken into it; a parser passes them on."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Events of one block: flat OCSF columns (or native ones) plus ``_line`` and ``_offset``."""

    events: pl.DataFrame
    dead: tuple[DeadLetter, ...] = ()
    logsource: Logsource | None = None
    """The log source of every row, where the format fixes it; else it is read from columns."""
    block: Block = field(default_factory=lambda: Block(b""))
    format: str = ""
    """Name of the parser that read it."""

    def raw(self, row: int) -> bytes:
        """The bytes of the line behind a row, without its line end."""
        start = int(self.events[OFFSET][row]) - self.block.offset
        if LENGTH in self.events.columns:
            return self.block.data[start : start + int(self.events[LENGTH][row])]
        end = self.block.data.find(b"\n", start)
        return self.block.data[start : len(self.block.data) if end < 0 else end].rstrip(b"\r")

    def raw_text(self, row: int) -> str:
        """The line behind a row as text, see ``readable``."""
        return readable(self.raw(row))


class Parser(Protocol):
    """A format. Adding one is adding ``lake/parse/<name>.py``, found by its registry."""

    name: str
    title: str

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """Read a block; ``fields`` names the only columns that are wanted (None: all)."""
        ...

    def boundary(self, data: bytes) -> int:
        """Where the last record that is surely complete ends: a block may be cut there."""
        ...


def readable(raw: bytes) -> str:
    r"""Bytes as text that keeps every one of them visible: not UTF-8, and NUL, as ``\xNN``."""
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def last_line_end(data: bytes) -> int:
    """The position after the last line feed; 0 where there is none."""
    return data.rfind(b"\n") + 1


class BlockCutter:
    """Takes bytes as they come and gives blocks; ``finish`` gives what has no line end yet.

    A line longer than ``max_line`` ends the block before it and travels as a dead letter with
    the block after it, so that the lines of one block always follow each other without a gap.
    """

    def __init__(
        self,
        *,
        name: str = "",
        first_line: int = 1,
        offset: int = 0,
        block_bytes: int = BLOCK_BYTES,
        boundary: Boundary = last_line_end,
        max_line: int = MAX_LINE,
    ) -> None:
        self._name = name
        self._line = first_line
        self._offset = offset
        self._size = block_bytes
        self._boundary = boundary
        self._max = max_line
        self._waiting: list[bytes] = []
        self._held = 0
        self._skipped = 0
        self._head = b""
        self._dead: list[DeadLetter] = []

    def feed(self, data: bytes) -> Iterator[Block]:
        """Take the next bytes; give every block that is full."""
        if self._skipped:
            data = self._skip(data)
        self._waiting.append(data)
        self._held += len(data)
        if self._held >= self._size:
            yield from self._cut(final=False)

    def flush(self) -> Iterator[Block]:
        """Give the whole lines that wait, though they do not fill a block."""
        yield from self._cut(final=False)

    def finish(self) -> Iterator[Block]:
        """Give everything that waits: the stream has ended, its last line may lack a line end."""
        yield from self._cut(final=True)
        if self._skipped:
            self._bury()
        if self._dead:
            yield self._block(b"")

    def _cut(self, *, final: bool) -> Iterator[Block]:
        kept = b""
        if not final and self._boundary is last_line_end and self._waiting:
            # what will wait on is put aside before the rest is joined, which saves copying it all
            last = self._waiting[-1]
            end = last_line_end(last)
            if end > 0 and len(last) - end <= self._max:
                kept = last[end:]
                self._waiting[-1] = last[:end]
        data = b"".join(self._waiting)
        while (start := self._long_line(data)) >= 0:
            if start:
                yield self._block(data[:start])
            data = self._skip(data[start:])
        end = len(data) if final else self._boundary(data)
        if not final and not end and len(data) >= 2 * self._size:
            end = last_line_end(data)  # a record of many lines that never ends
        if end:
            yield self._block(data[:end])
        self._waiting = [data[end:], kept] if end < len(data) else [kept]
        self._held = len(data) - end + len(kept)

    def _long_line(self, data: bytes) -> int:
        """Where a line longer than the limit starts, or -1. Looks only where one could hide."""
        position = 0
        while len(data) - position > self._max:
            end = data.rfind(b"\n", position, position + self._max + 1)
            if end < 0:
                return position
            position = end + 1
        return -1

    def _skip(self, data: bytes) -> bytes:
        """Drop the rest of a long line from ``data``; what follows it is given back."""
        end = data.find(b"\n")
        part = data if end < 0 else data[:end]
        self._head += part[: KEPT - len(self._head)]
        self._skipped += len(part)
        if end < 0:
            return b""
        self._bury(line_end=1)
        return data[end + 1 :]

    def _bury(self, line_end: int = 0) -> None:
        reason = f"line of {self._skipped} bytes, longer than {self._max}; its first {KEPT} kept"
        self._dead.append(DeadLetter(self._line, self._offset, self._head, reason))
        self._offset += self._skipped + line_end
        self._line += line_end
        self._skipped = 0
        self._head = b""

    def _block(self, data: bytes) -> Block:
        block = Block(data, self._line, self._offset, self._name, tuple(self._dead))
        self._dead = []
        # NumPy counts four times as fast as bytes.count, and this looks at every byte there is
        self._line += int(np.count_nonzero(np.frombuffer(data, np.uint8) == LINE_FEED))
        self._offset += len(data)
        return block


def cut_blocks(stream: BinaryIO, cutter: BlockCutter) -> Iterator[Block]:
    """Read a stream to its end through a cutter."""
    while data := stream.read(READ_BYTES):
        yield from cutter.feed(data)
    yield from cutter.finish()


def read_blocks(
    path: Path | str,
    block_bytes: int = BLOCK_BYTES,
    *,
    boundary: Boundary = last_line_end,
    max_line: int = MAX_LINE,
) -> Iterator[Block]:
    """The blocks of a file; one that starts with the gzip magic (RFC 1952) is unpacked.

    Lines and offsets count in the unpacked bytes. A compressed file that breaks off gives what
    could be unpacked, then raises ``ParseError``; so does a file that cannot be opened.
    """
    name = str(path)
    cutter = BlockCutter(name=name, block_bytes=block_bytes, boundary=boundary, max_line=max_line)
    try:
        with Path(path).open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed:
                yield from _unpack(file, cutter)
            else:
                yield from cut_blocks(file, cutter)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ParseError(reason, where=name, fix="check the path and its permissions") from error


def _unpack(file: BinaryIO, cutter: BlockCutter) -> Iterator[Block]:
    with gzip.open(file) as stream:
        try:
            # read1, since read drops what it has when the stream breaks off
            while data := stream.read1(READ_BYTES):
                yield from cutter.feed(data)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield from cutter.finish()
            raise ParseError(
                f"the gzip stream is broken: {error}",
                where=file.name,
                fix="what comes before the break was read; fetch the file again for the rest",
            ) from error
    yield from cutter.finish()
