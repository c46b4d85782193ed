"""Identifiers made of content, by which a repetition is recognised."""

from __future__ import annotations

import hashlib


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
