"""Whether every source that should bring events does."""

from __future__ import annotations

from datetime import UTC, datetime

from shangdun.kernel.clock import to_millis
from shangdun.lake.health import read_health
from shangdun.observe.event import OWN_SOURCES
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed


def check(asked: Asked) -> Seen:
    """Fails where nothing watches, there is no source, or one is silent or cannot be read."""
    now = to_millis(asked.now)
    health = read_health(asked.home)
    if health is None or not health.fresh(now):
        return failed("nobody")
    sources = [one for one in health.sources if one.name not in OWN_SOURCES]
    if not sources:
        return failed("nothing")
    facts, wrong = [], []
    for one in sources:
        last = datetime.fromtimestamp(one.last_received / 1000, UTC) if one.last_received else None
        told = f"{last.astimezone(asked.zone):%Y-%m-%d %H:%M}" if last else "—"
        facts.append(SeenFact("last", told, "/sources/", {"source": one.name}))
        if one.error or not one.last_received or one.silent(now):
            wrong.append(one.name)
    if wrong:
        return failed("silent", *facts, names=", ".join(wrong), count=len(wrong))
    return passed("good", *facts, count=len(sources))
