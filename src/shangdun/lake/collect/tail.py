"""Follow the files of a glob: every line once, whatever rotation does to the file."""

from __future__ import annotations

import time
from collections.abc import Callable

from shangdun.lake.block import Block
from shangdun.lake.collect.position import Chunk, Loss, Positions, Problem


class Tail:
    """The files of one source, followed.

    Nothing is opened before the first ``poll``, so that a start can first ``reread`` what was
    taken in but not committed; each such range also moves its file's position on.
    ``now`` gives seconds since the epoch. ``settled``: read under a shared ``flock``, for files
    whose writers hold it exclusively while a write is under way (the spool).
    """

    def __init__(
        self,
        source: str,
        glob: str,
        positions: Positions | None = None,
        *,
        settled: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        raise NotImplementedError

    def poll(self, max_bytes: int = 8 << 20) -> list[Chunk]:
        """What has been written since, about ``max_bytes`` at most; empty when there is nothing."""
        raise NotImplementedError

    def reread(
        self,
        file_id: str,
        path_hint: str,
        start: int,
        end: int,
        *,
        first_line: int = 0,
        checksum: int | None = None,
    ) -> Block:
        """The same bytes as a chunk had, found again by identity wherever the file is now.

        Give ``first_line`` (``chunk.block.first_line``) to save counting lines from the file's
        beginning, and ``checksum`` to be sure. Afterwards the file's position is at least ``end``.
        Raises ``StoreError`` (code ``tail.gone``) when the bytes are nowhere to be found.
        """
        raise NotImplementedError

    def positions(self) -> Positions:
        """After everything that ``poll`` and ``reread`` gave out; immutable."""
        raise NotImplementedError

    def problems(self) -> tuple[Problem, ...]:
        """What cannot be read at present."""
        raise NotImplementedError

    def take_losses(self) -> list[Loss]:
        """Losses found since the last call."""
        raise NotImplementedError

    def backlog(self) -> int:
        """Bytes seen but not yet given out."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files; positions stay."""
        raise NotImplementedError
