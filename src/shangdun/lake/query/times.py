"""Times as people type them: ``-24h``, ``now``, ``today``, ``2026-03-04``, ``2026-03-04T10:00``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from shangdun.kernel.errors import UsageError

_BACK = re.compile(r"(?:now)?\s*-\s*([0-9]{1,6})\s*(s|m|min|h|d|w)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def moment_of(text: str, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment in UTC; one without a zone is meant in ``zone``.

    Raises ``UsageError``, code ``usage.time``.
    """
    text = text.strip()
    try:
        if (back := _BACK.fullmatch(text)) is not None:
            seconds = int(back[1]) * _SECONDS[back[2].lower()]
            return now - timedelta(seconds=seconds)
        if text.lower() == "now":
            return now
        if text.lower() in ("today", "yesterday"):
            midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            return (midnight - timedelta(days=text.lower() == "yesterday")).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text[:40]!r} is no time", code="usage.time", fix="write 2026-03-04T10:00:00 or -24h"
        ) from error
