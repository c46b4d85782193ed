"""Token buckets: at most so many requests a minute, for each sender a decision meets."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST = 50_000
"""Buckets at once; beyond, the one used longest ago is forgotten and begins full."""


class Throttle:
    """Buckets in a bounded table; safe for many threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, decision: str, sender: str, per_minute: float, now: float) -> float:
        """Take a token: 0.0 if there was one, else the seconds until there is.

        A bucket holds the tokens of ten seconds, at least one. ``now`` in seconds of any clock
        that only goes forward. A rate of 0 grants nothing, for a minute at a time.
        """
        if per_minute <= 0:
            return 60.0
        rate = per_minute / 60.0
        depth = max(1.0, rate * 10.0)
        key = (decision, sender)
        with self._lock:
            tokens, at = self._buckets.pop(key, (depth, now))
            tokens = min(depth, tokens + max(0.0, now - at) * rate)
            granted = tokens >= 1.0
            self._buckets[key] = (tokens - 1.0 if granted else tokens, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0.0 if granted else (1.0 - tokens) / rate

    def after_fork(self) -> None:
        """A lock that another thread of the parent held would stay held."""
        self._lock = threading.Lock()
