"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

from shangdun.kernel.ids import content_id

URGENT = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800)
NORMAL = (60, 300, 900, 3600, 7200, 14_400, 28_800, 28_800)
"""Seconds after the first, second, … failure: half a day and a day until it is given up."""
_SPREAD = 0.1


def pause(attempts: int, *, urgent: bool, seed: str) -> timedelta | None:
    """How long to wait after so many failed attempts (from 1 on); None: it is given up.

    Up to a tenth longer by ``seed``, the same for the same: a hundred messages that failed together
    do not come back together.
    """
    steps = URGENT if urgent else NORMAL
    if attempts > len(steps):
        return None
    seconds = steps[max(attempts, 1) - 1]
    share = int(content_id(seed, attempts)[:8], 16) / 0xFFFF_FFFF
    return timedelta(seconds=seconds * (1 + _SPREAD * share))
