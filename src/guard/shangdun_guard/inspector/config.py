"""The limits within which a request is looked at: what stands beyond them is told as partial."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on the work for one request; beyond any of them the verdict is ``partial``."""

    body: int = 128 * 1024
    """Bytes of the body that are read."""
    head: int = 64 * 1024
    """Bytes of the target, and of each header, that are read."""
    form: int = 64 * 1024
    """Characters of one decoded form that a sink sees."""
    values: int = 1024
    """Values of one request that are decoded and judged, nested ones included; quiet ones, which
    are most, do not count."""
    judged: int = 256 * 1024
    """Characters, over all decoded forms of a request, that sinks see."""
    forms: int = 16
    """Decoded forms of one value."""
    layers: int = 6
    """Layers of encoding around one form."""
    hits: int = 64
    """Hits told of one request."""
