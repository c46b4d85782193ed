"""Logs are kept for at least six months: in the configuration, and really in the lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown

LAW_DAYS = 183
"""Six months of network logs: Cybersecurity Law of the PRC (Art. 21 of 2016, 23 as amended)."""
TOLERANCE = timedelta(days=7)
"""Between the first entry of the ledger and the first event that a new source brought."""


def check(asked: Asked) -> Seen:
    """Fails where less is configured, or the lake reaches less far back than it should by now."""
    days = asked.config.lake.retention_days
    configured = SeenFact("configured", f"{days} d", "/settings/")
    if days < LAW_DAYS:
        return failed("short", configured, days=days, least=LAW_DAYS)
    oldest = _oldest(asked)
    if oldest is None:
        return unknown("empty", configured)
    began = _began(asked)
    reach = (asked.now - oldest).days
    facts = (
        configured,
        SeenFact("oldest", f"{oldest.astimezone(asked.zone):%Y-%m-%d}", "/search/"),
        SeenFact("began", f"{began.astimezone(asked.zone):%Y-%m-%d}", "/ledger/"),
    )
    owed = min(asked.now - began - TOLERANCE, timedelta(days=LAW_DAYS))
    if asked.now - oldest < owed:
        return failed("gone", *facts, reach=reach, least=LAW_DAYS)
    if reach < LAW_DAYS:
        return passed("young", *facts, reach=reach, days=days)
    return passed("good", *facts, reach=reach, days=days)


def _oldest(asked: Asked) -> datetime | None:
    """When the oldest event was taken in, by our clock: what it says of itself may be any time."""
    found = [file.first_logged for file in Lake(lake_folder(asked.home, asked.config)).files()]
    first = min((millis for millis in found if millis > 0), default=None)
    return datetime.fromtimestamp(first / 1000, UTC) if first else None


def _began(asked: Asked) -> datetime:
    """Since when this installation keeps records."""
    from shangdun.records.models import LedgerEntry  # noqa: PLC0415  needs boot

    first = LedgerEntry.objects.order_by("seq").values_list("time", flat=True).first()
    return datetime.fromtimestamp(first / 1000, UTC) if first else asked.now
