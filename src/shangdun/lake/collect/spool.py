"""Where everything that is pushed rests, fsynced, until it is in the lake; tailed like any file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shangdun.kernel.errors import StoreError
from shangdun.lake.collect.position import Positions
from shangdun.lake.collect.tail import Tail

SEGMENT_BYTES = 64 << 20
MAX_BYTES = 4 << 30


class SpoolFull(StoreError):
    """The spool holds as much as it may: the sender shall try later (HTTP 429 or 503)."""

    default_code = "spool.full"


class Spool:
    """Append-only segments, one folder a source; safe for many threads and processes at once."""

    def __init__(
        self, directory: Path, *, segment_bytes: int = SEGMENT_BYTES, max_bytes: int = MAX_BYTES
    ) -> None:
        raise NotImplementedError

    def append(self, source: str, lines: Sequence[bytes]) -> None:
        """Store lines (without line ends); returns once they are fsynced, raises if not."""
        raise NotImplementedError

    def tail(self, source: str, positions: Positions | None = None) -> Tail:
        """Follows what is appended for a source."""
        raise NotImplementedError

    def forget(self, source: str, positions: Positions) -> int:
        """Delete segments that committed positions have read to the end; how many bytes."""
        raise NotImplementedError

    def size(self) -> int:
        """Bytes held, all sources together."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files."""
        raise NotImplementedError
