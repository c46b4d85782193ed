"""Telling owners what of theirs is overdue, and technical support what has no owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.records.messages import console_zone
from shangdun.records.models import Vulnerability
from shangdun.records.vulnerabilities import overdue_vulnerabilities
from shangdun.respond.groups import Group

NAMED = 10


def remind_of_vulnerabilities(now: datetime) -> int:
    """One message a person a week that names what is overdue, worst first; how many are told."""
    year, week, _day = now.astimezone(console_zone()).isocalendar()
    by_owner: dict[int, list[Vulnerability]] = defaultdict(list)
    for row in overdue_vulnerabilities(now):
        by_owner[row.owner_id or 0].append(row)
    with transaction.atomic():
        for owner, rows in sorted(by_owner.items()):
            queue_message(_notice(owner, rows, f"{year}-{week}"), now)
    return len(by_owner)


def _notice(owner: int, rows: Sequence[Vulnerability], week: str) -> Notice:
    names = [f"V-{row.number} {row.title}" for row in rows[:NAMED]]
    more = len(rows) - len(names)
    return Notice(
        kind="vulnerability_overdue",
        incident=None,
        groups=() if owner else (Group.TECHNICAL_SUPPORT,),
        people=(owner,) if owner else (),
        key=f"vulnerability_overdue:{owner}:{week}",
        data={
            "count": len(rows),
            "path": "/vulnerabilities/?show=overdue" + ("&mine=1" if owner else ""),
            "items": "\n".join(names) + (f"\n… +{more}" if more else ""),
            "due": str(min(row.due for row in rows if row.due)),
        },
    )
