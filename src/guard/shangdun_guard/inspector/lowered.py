"""Lower case of a text, made once for all sinks that look at it: costly beyond ASCII."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=2)
def lowered(text: str) -> str:
    """``text.lower()``, remembered for the last texts: sink after sink asks for the same one."""
    return text.lower()
