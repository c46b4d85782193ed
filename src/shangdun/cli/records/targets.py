"""Whom a command is about, as a person types it."""

from __future__ import annotations

from shangdun.protect.target import Target, TargetKind, target


def target_of(text: str) -> Target:
    """``KIND:VALUE``, or an address or range alone; raises ``UsageError``."""
    kind, colon, value = text.partition(":")
    if colon and kind in TargetKind.__members__.values():
        return target(kind, value)
    return target("range" if "/" in text else "address", text)
