"""Identifiers: ordered ones for records, content-made ones to recognise a repetition."""

from __future__ import annotations

import hashlib
import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): its first 48 bits are milliseconds, so it sorts by age."""
    millis = time.time_ns() // 1_000_000 & (1 << 48) - 1
    value = millis << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def content_id(*parts: str | int | bytes) -> str:
    """128 bits of SHA-256 over the parts as 32 hex digits: the same parts give the same identifier.

    Each part is prefixed with its length, so ``("ab", "c")`` and ``("a", "bc")`` differ.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]
