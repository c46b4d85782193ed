"""Looking at the sources of logs every few minutes: what days without a break are proven by."""

from __future__ import annotations

from django.conf import settings

from shangdun.actions.programmes.look import note_sources
from shangdun.kernel.clock import Clock, to_millis
from shangdun.lake.health import read_health
from shangdun.observe.event import OWN_SOURCES


def look_at_sources(clock: Clock) -> None:
    """Count each source as live or not; where the watch does not run nobody looked at anything."""
    now = clock.now()
    millis = to_millis(now)
    health = read_health(settings.HOME)
    if health is None or not health.fresh(millis):
        return
    live = {
        source.name: not source.error and bool(source.last_received) and not source.silent(millis)
        for source in health.sources
        if source.name not in OWN_SOURCES
    }
    if live:
        note_sources(live, now)
