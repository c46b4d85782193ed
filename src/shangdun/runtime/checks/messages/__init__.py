"""An alarm at night reaches somebody: channels work."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed


def check(asked: Asked) -> Seen:
    """Fails without a channel outside the console, or with one that does not get through."""
    from shangdun.records.models import Channel  # noqa: PLC0415  needs boot

    channels = list(Channel.objects.filter(enabled=True).order_by("name"))
    if not channels:
        return failed("none")
    facts, failing = [], []
    for one in channels:
        since = one.failing_since
        told = f"{since.astimezone(asked.zone):%Y-%m-%d %H:%M}" if since else "✓"
        facts.append(SeenFact("channel", told, "/settings/channels/", {"name": one.name}))
        if since:
            failing.append(one.name)
    if failing:
        return failed("failing", *facts, count=len(failing), names=", ".join(failing))
    return passed("good", *facts, count=len(channels))
