"""What travels from a file or spool to a parser, and what comes back.

A block is a run of bytes with its place; a parser turns it into a frame of events, one row a
line that could be read, and a dead letter for every line that could not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import polars as pl

LINE = "_line"
"""Column of every event frame, UInt32: the line's number in its file, from 1."""
OFFSET = "_offset"
"""Column of every event frame, UInt64: the byte at which the line starts in its file."""


class Logsource(NamedTuple):
    """What a rule asks for and an event is: Sigma 2.1 ``logsource``; empty means any or unknown."""

    product: str = ""
    category: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes that end at a line's end (or at the end of the file), with their place in the file."""

    data: bytes
    first_line: int = 1
    offset: int = 0
    name: str = ""
    """The file's name or the source's, for people."""


class DeadLetter(NamedTuple):
    """A line that could not be read; nothing from outside is lost."""

    line: int
    offset: int
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Events of one block: flat OCSF columns (or native ones) plus ``_line`` and ``_offset``."""

    events: pl.DataFrame
    dead: tuple[DeadLetter, ...] = ()
    logsource: Logsource | None = None
    """The log source of every row, where the format fixes it; else it is read from columns."""
    block: Block = field(default_factory=lambda: Block(b""))

    def raw(self, row: int) -> bytes:
        """The bytes of the line behind a row, without its line end."""
        start = int(self.events[OFFSET][row]) - self.block.offset
        end = self.block.data.find(b"\n", start)
        return self.block.data[start : len(self.block.data) if end < 0 else end].rstrip(b"\r")


class Parser(Protocol):
    """A format. Adding one is adding ``lake/parse/<name>.py``, found by its registry."""

    name: str
    title: str

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """Read a block; ``fields`` names the only columns that are wanted (None: all)."""
        ...
