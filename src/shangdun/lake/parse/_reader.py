"""What every format's reader shares: its surroundings, and how a frame is put together."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import ClassVar

from shangdun.kernel.clock import Clock, SystemClock
from shangdun.lake.block import Block, Parsed, last_line_end


class Reader:
    """Base of the formats. ``clock`` and ``zone`` complete times written without year or zone."""

    name: ClassVar[str]
    title: ClassVar[str]
    precedence: ClassVar[int] = 0
    """Among formats that read a sample equally well, the higher one is what it is taken for."""

    def __init__(self, clock: Clock | None = None, zone: tzinfo = UTC) -> None:
        self.clock = clock or SystemClock()
        self.zone = zone

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        raise NotImplementedError

    def boundary(self, data: bytes) -> int:
        """Every line is a record, unless a format says otherwise."""
        return last_line_end(data)

    def claims(self, parsed: Parsed) -> bool:
        """Whether a sample that could be read is also typical of the format."""
        return parsed.events.height > 0
