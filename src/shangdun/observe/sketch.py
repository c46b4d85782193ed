"""Percentiles of many values in little room, within a known relative error.

A histogram over a geometric series, as in DDSketch (Masson, Rim, Lee, VLDB 2019): bucket ``i``
holds values in ``(γ^(i-1), γ^i]`` and is read as the value that is off by at most ``ERROR`` at
either end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

ERROR = 0.05
GAMMA = (1 + ERROR) / (1 - ERROR)
LOG_GAMMA = math.log(GAMMA)
LOWEST, HIGHEST = -46, 139
"""Buckets of 0.01 and of about a million milliseconds: nothing is kept finer or coarser."""


def bucket(value: float) -> int:
    """The bucket of a value; what is not above zero is in the lowest."""
    if value <= 0 or math.isnan(value):
        return LOWEST
    return max(LOWEST, min(HIGHEST, math.ceil(math.log(value) / LOG_GAMMA)))


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The value below which ``share`` (0 … 1) of all values are; None where there is none."""
    total = sum(buckets.values())
    if not total:
        return None
    rank = share * (total - 1)
    seen = 0
    for index in sorted(buckets):
        seen += buckets[index]
        if seen > rank:
            return float(2 * GAMMA**index / (GAMMA + 1))
    return None  # pragma: no cover  the last bucket reaches every rank


def add(into: dict[int, int], other: Mapping[int, int]) -> None:
    """Merge one histogram into another."""
    for index, count in other.items():
        into[index] = into.get(index, 0) + count
