"""Telling owners what the register asks of them: weekly while it lasts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.risks.changes import today_at
from shangdun.records.actor import JOBS
from shangdun.records.models import User
from shangdun.records.risks import Standing, standings
from shangdun.respond.groups import Group

NAMED = 10


def remind_of_risks(now: datetime) -> int:
    """Tell each owner of reviews that are due and measures that are late; how many were told."""
    today = today_at(now)
    waiting: dict[int | None, list[str]] = {}
    for one in standings(JOBS):
        for owner, line in _lines(one, today):
            waiting.setdefault(owner, []).append(line)
    active = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    year, week, _weekday = now.isocalendar()
    with transaction.atomic():
        for owner, lines in waiting.items():
            known = owner if owner in active else None
            more = len(lines) - NAMED
            queue_message(
                Notice(
                    kind="risks_due",
                    incident=None,
                    groups=() if known else (Group.LEADERSHIP,),
                    key=f"risks_due:{year}-{week}:{owner or 0}",
                    people=(known,) if known else (),
                    data={
                        "count": len(lines),
                        "list": "; ".join(lines[:NAMED]) + (f" … +{more}" if more > 0 else ""),
                        "path": "/risks/?show=due",
                    },
                ),
                now,
            )
    return len(waiting)


def _lines(one: Standing, today: date) -> list[tuple[int | None, str]]:
    risk = one.risk
    found: list[tuple[int | None, str]] = []
    if one.review_due(today) and not one.parts:
        found.append((risk.owner_id, f"R-{risk.number} {risk.title} ({risk.review_on})"))
    late = {measure.pk for measure in one.late(today)}
    found += [
        (measure.owner_id or risk.owner_id, f"{measure.title} ({measure.due})")
        for measure in one.own
        if measure.pk in late
    ]
    return found
