"""When will a disk be full, going by how it filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DAY_MS = 86_400_000
LEAST_MS = DAY_MS // 4
"""A trend of less than six hours is none."""
FAR_DAYS = 365.0
_POINTS = 200


def days_until_full(points: Sequence[tuple[int, float]], *, full: float = 100.0) -> float | None:
    """Days from the last point until ``full`` is reached; None: not within a year, or unknown.

    ``points`` are (ms, per cent used) in order. The trend is the median of the slopes between all
    pairs (Theil-Sen), so that a file that came and went does not bend it.
    """
    if len(points) < 3 or points[-1][0] - points[0][0] < LEAST_MS:
        return None
    step = max(1, len(points) // _POINTS)
    kept = [*points[:-1:step], points[-1]]
    times = np.array([at for at, _ in kept], np.float64) / DAY_MS
    values = np.array([value for _, value in kept], np.float64)
    first, second = np.triu_indices(len(kept), 1)
    apart = times[second] - times[first]
    wide = apart > 0
    slope = float(np.median((values[second] - values[first])[wide] / apart[wide]))
    room = full - float(values[-1])
    if room <= 0:
        return 0.0
    if slope <= 0:
        return None
    days = room / slope
    return days if days <= FAR_DAYS else None
