"""What travels between the tail of a source and the loop that stores its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from shangdun.lake.block import Block


class Mark(msgspec.Struct, frozen=True):
    """A place read up to a minute or two ago, which by then is on the disk for good."""

    offset: int
    lines: int
    edge_length: int
    edge: str


class FilePosition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far one file has been read, and by what it will be known again.

    ``offset`` counts bytes of the content, which in a compressed file is the decompressed one.
    """

    file_id: str
    path: str
    real: str
    """Where the path led when the file was last seen, links resolved."""
    device: int = 0
    inode: int = 0
    """0: the file is gone; the position stays a while, in case its content turns up again."""
    offset: int = 0
    lines: int = 0
    """Line ends before ``offset``: the next line is number ``lines + 1``."""
    head_length: int = 0
    head: str = ""
    """Digest of the first ``head_length`` bytes; grows with the file to 1 KiB."""
    edge_length: int = 0
    edge: str = ""
    """Digest of the last ``edge_length`` bytes before ``offset``."""
    size: int = 0
    mtime_ns: int = 0
    rotated: bool = False
    """No longer what the source writes to: its last line ends where the file ends."""
    compressed: bool = False
    finished: bool = False
    """Of a compressed file: all of it has been read."""
    mark: Mark | None = None
    gone_since: int = 0
    """Milliseconds since the epoch; 0: not given up."""


class Positions(msgspec.Struct, frozen=True, kw_only=True):
    """All positions of one source; saved with every commit, given back to ``Tail`` at a start."""

    files: tuple[FilePosition, ...] = ()
    since: int = 0
    """When the source was first followed, in milliseconds since the epoch."""
    awaited: tuple[tuple[str, int], ...] = ()
    """Logs that were rotated a moment ago: rotated files that were written to after this time (ns)
    and are still unknown are to be read too."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of one file: content bytes ``start`` to ``end``.

    The last line lacks its line end only where the file itself ends without one for good, or
    where a line is longer than ``tail.LINE_LIMIT`` and comes in pieces.
    """

    source: str
    file_id: str
    path: str
    block: Block
    start: int
    end: int
    checksum: int
    """CRC-32 of ``block.data``: makes sure that a replay reads the same bytes."""


class Problem(NamedTuple):
    """Something that keeps a file from being read now; it is tried again every second."""

    path: str
    message: str


class Loss(NamedTuple):
    """Lines that can no longer be read; the caller counts and shows it."""

    path: str
    file_id: str
    offset: int
    """Everything before this byte was read."""
    size: int
    """The size when last seen; what came after that is not known."""
    reason: str
