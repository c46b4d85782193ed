"""Sends what the buffer holds, oldest first, in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from shangdun_guard.buffer import Batch, Buffer, Segment
from shangdun_guard.client import Away

LINES = 1000
BYTES = 1 << 20
SLOWEST = 30.0
_REFUSED = frozenset((400, 413, 422))
"""Answers that sending the same again would not change."""
log = logging.getLogger("shangdun.guard")


class Takes(Protocol):
    """What the sender gives events to: ``client.Link``, or a stand-in."""

    def push(self, source: str, token: str, lines: Sequence[bytes]) -> None:
        """See ``client.Link``."""

    def close(self) -> None:
        """See ``client.Link``."""


class Sender:
    """One batch a step. A batch that is refused is halved until the line at fault stands alone."""

    def __init__(self, buffer: Buffer, source: str, token: str) -> None:
        self._buffer = buffer
        self._source, self._token = source, token
        self._lines = LINES
        self._failures = 0
        self.sent = 0
        self.refused = 0
        """Lines that ShangDun would never take; they are left out."""
        self.problem = ""

    def step(self, link: Takes) -> float:
        """Send the next batch; seconds until the next step, 0.0 if there was nothing to send."""
        self._buffer.sync()
        found = self._buffer.next(self._lines, BYTES)
        if found is None:
            return 0.0
        segment, batch = found
        if batch.lines:
            try:
                link.push(self._source, self._token, batch.lines)
            except Away as error:
                return self._missed(error, segment, batch)
        self._buffer.done(segment, batch.end)
        self.sent += len(batch.lines)
        self._failures, self.problem = 0, ""
        self._lines = min(LINES, self._lines * 2)
        return 0.001 if batch.lines else 0.0

    def _missed(self, error: Away, segment: Segment, batch: Batch) -> float:
        if error.status in _REFUSED:
            if len(batch.lines) > 1:
                self._lines = len(batch.lines) // 2
                return 0.001
            log.error("an event is refused and left out: %s", error)
            self.refused += 1
            self._buffer.done(segment, batch.end)
            return 0.001
        if not self.problem:
            log.warning("events wait on disk: %s", error)
        self.problem = str(error)
        self._failures += 1
        return min(SLOWEST, max(error.retry_after, 0.25 * 2.0 ** min(self._failures, 7)))
