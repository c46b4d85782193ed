"""A body as it streams by: its beginning is kept for the inspector, the rest is only counted."""

from __future__ import annotations

from dataclasses import replace

from shangdun_guard.inspector.config import Limits
from shangdun_guard.request import Request


class BodyFeed:
    """Takes a body in pieces of any size, in bounded memory.

    >>> feed = BodyFeed(4)
    >>> feed.feed(b"abc"), feed.feed(b"def"), feed.body, feed.size
    (3, 1, b'abcd', 6)
    """

    __slots__ = ("_kept", "_limit", "size")

    def __init__(self, limit: int = Limits.body) -> None:
        self._limit = limit
        self._kept = bytearray()
        self.size = 0
        """Bytes seen, kept or not."""

    def feed(self, piece: bytes) -> int:
        """How many bytes of the piece were kept; 0 once the limit is reached."""
        room = self._limit - len(self._kept)
        kept = piece[: max(room, 0)]
        self._kept += kept
        self.size += len(piece)
        return len(kept)

    @property
    def body(self) -> bytes:
        """The first bytes, up to the limit."""
        return bytes(self._kept)

    def request(self, head: Request) -> Request:
        """The request with the body so far; its verdict tells the rest as partial."""
        return replace(head, body=self.body, body_size=self.size)
