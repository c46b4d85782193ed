"""What was decided is in force: every enforcer is alive."""

from __future__ import annotations

from datetime import timedelta

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

PROCESS_SILENT = timedelta(seconds=60)
CLIENT_SILENT = timedelta(minutes=15)
"""Bouncers ask every few seconds or minutes, some only when a visitor comes."""


def check(asked: Asked) -> Seen:
    """Fails without an enforcer, or with one that is silent or says that something is wrong."""
    from shangdun.records.models import Enforcer  # noqa: PLC0415  needs boot

    rows = list(Enforcer.objects.order_by("name"))
    if not rows:
        return failed("none")
    facts, wrong = [], []
    for row in rows:
        silent = CLIENT_SILENT if row.key_hash else PROCESS_SILENT
        seen = f"{row.last_seen.astimezone(asked.zone):%Y-%m-%d %H:%M}" if row.last_seen else "—"
        facts.append(SeenFact("seen", seen, "/enforcers/", {"name": row.name}))
        if row.last_seen is None or asked.now - row.last_seen > silent or row.problem:
            wrong.append(row.name)
    if wrong:
        return failed("silent", *facts, count=len(wrong), names=", ".join(wrong))
    return passed("good", *facts, count=len(rows))
