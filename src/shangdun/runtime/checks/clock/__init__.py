"""The machine's clock can be trusted: the order of all evidence stands on it."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown
from shangdun.runtime.monitor.figures import clock_offset

FAR_MILLIS = 500.0


def check(asked: Asked) -> Seen:
    """Fails where the clock is off by half a second, as chrony says."""
    del asked
    offset = clock_offset()
    if offset is None:
        return unknown("unkept")
    fact = SeenFact("offset", f"{offset:.1f} ms", "/health/")
    if abs(offset) >= FAR_MILLIS:
        return failed("far", fact, offset=f"{offset / 1000:.1f}")
    return passed("good", fact, offset=f"{abs(offset):.0f}")
