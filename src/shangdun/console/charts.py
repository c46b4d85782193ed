"""What charts draw: labels and numbers, small enough to be asked for every few seconds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.console.watching import Watch
from shangdun.console.words import severity_key, severity_label
from shangdun.kernel.severity import Severity
from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor

HOURS = 24
COUNTED_AT_MOST = 50_000
KEPT_SECONDS = 10
DRAWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFORMATIONAL)


def rate_chart(watch: Watch) -> dict[str, Any]:
    """Events a second over the last minute, all sources together."""
    seconds = max((len(source.health.rates) for source in watch.sources), default=60)
    totals = [
        sum(
            source.health.rates[place]
            for source in watch.sources
            if place < len(source.health.rates)
        )
        for place in range(seconds - 1)  # the present second is not over yet
    ]
    return {
        "name": _("Events per second"),
        "labels": [f"−{seconds - 1 - place} s" for place in range(seconds - 1)],
        "values": totals,
    }


def severity_chart(actor: Actor) -> dict[str, Any]:
    """Findings of the last 24 hours by hour and severity."""
    hours = _hours()
    counts = _counts(actor, hours[0])
    return {
        "labels": [f"{timezone.localtime(hour):%H:00}" for hour in hours],
        "series": [
            {
                "key": severity_key(severity),
                "name": str(severity_label(severity)),
                "values": [counts[(severity, int(hour.timestamp()))] for hour in hours],
            }
            for severity in DRAWN
        ],
    }


def _hours() -> list[datetime]:
    last = timezone.now().replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in reversed(range(HOURS))]


def _counts(actor: Actor, since: datetime) -> Counter[tuple[int, int]]:
    """Everybody who may see findings sees the same ones: counted once for all of them."""
    kept: Counter[tuple[int, int]] | None = cache.get("chart:severity")
    if kept is None:
        kept = _count(actor, since)
        cache.set("chart:severity", kept, KEPT_SECONDS)
    return kept


def _count(actor: Actor, since: datetime) -> Counter[tuple[int, int]]:
    newest = visible_findings(actor).filter(time__gte=since).order_by("-time", "-id")
    counts: Counter[tuple[int, int]] = Counter()
    for severity, time in newest.values_list("severity", "time")[:COUNTED_AT_MOST]:
        shown = (
            Severity.CRITICAL if severity == Severity.FATAL else severity or Severity.INFORMATIONAL
        )
        counts[(shown, int(time.timestamp()) // 3600 * 3600)] += 1
    return counts
