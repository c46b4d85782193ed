"""Syslog messages in a stream of bytes (RFC 6587; RFC 5425 for TLS)."""

from __future__ import annotations

import re

MESSAGE_LIMIT = 64 << 10
"""Longer messages are cut, as RFC 5425 section 4.3.1 allows above 8 KiB, and counted."""
# A message begins with its priority, "<134>": without looking for that, a line such as
# "2026 was the year" would be taken for a counted message of 2,026 bytes.
_COUNTED = re.compile(rb"([1-9]\d{0,8}) <")
_MAYBE_COUNTED = re.compile(rb"[1-9]\d{0,8} ?")


class Framer:
    """Cuts one connection's stream into messages, however the bytes arrive.

    Octet counting ("12 <13>message…") and lines ended by LF are told apart message by message.
    """

    def __init__(self, limit: int = MESSAGE_LIMIT) -> None:
        self.cut = 0
        """Messages that were too long, or that the connection ended within."""
        self._limit = limit
        self._buffer = bytearray()
        self._skip_bytes = 0
        self._skip_line = False
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Messages that are complete now, without their frames."""
        self._buffer += data
        messages: list[bytes] = []
        while self._buffer:
            if self._skip_bytes or self._skip_line:
                self._skip()
                continue
            counted = _COUNTED.match(self._buffer)
            if counted:
                message = self._counted(int(counted[1]), counted.end() - 1)
            elif _MAYBE_COUNTED.fullmatch(self._buffer):
                break
            else:
                message = self._line()
            if message is None:
                break
            messages.append(message)
        return [message for message in messages if message.strip(b"\r\n\0 ")]

    def close(self) -> list[bytes]:
        """What was left when the connection ended."""
        rest = b"" if self._skip_bytes or self._skip_line else bytes(self._buffer)
        self._buffer.clear()
        counted = _COUNTED.match(rest)
        if counted:
            self.cut += 1
            rest = rest[counted.end() - 1 :]
        return [rest] if rest.strip(b"\r\n\0 ") else []

    def _skip(self) -> None:
        if self._skip_bytes:
            count = min(self._skip_bytes, len(self._buffer))
            self._skip_bytes -= count
        else:
            count = self._buffer.find(b"\n") + 1
            self._skip_line = not count
            count = count or len(self._buffer)
        del self._buffer[:count]

    def _counted(self, length: int, start: int) -> bytes | None:
        taken = min(length, self._limit)
        if len(self._buffer) < start + taken:
            return None
        message = bytes(self._buffer[start : start + taken])
        del self._buffer[: start + taken]
        self._skip_bytes = length - taken
        self.cut += length > taken
        return message

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._searched, self._limit + 1)
        if end >= 0:
            message = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            return message
        if len(self._buffer) <= self._limit:
            self._searched = len(self._buffer)
            return None
        message = bytes(self._buffer[: self._limit])
        del self._buffer[: self._limit]
        self._searched = 0
        self._skip_line = True
        self.cut += 1
        return message
