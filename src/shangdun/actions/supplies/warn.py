"""Warning logistics of what is short, runs out or waits for its check: weekly while it lasts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.ids import content_id
from shangdun.records.models import Supply
from shangdun.records.supplies import warned
from shangdun.respond.groups import Group
from shangdun.respond.supplies import Concern

NAMED = 10
TOLD = (Concern.EXPIRED, Concern.SHORT, Concern.EXPIRING, Concern.UNCHECKED)


def warn_supplies(now: datetime) -> int:
    """Queue one message that names them all; how many. The same ones are told again next week.

    Something new that goes wrong is told at once: the key names what is wrong with which supply.
    """
    rows = Supply.objects.filter(archived_at=None).order_by("kind", "name", "id")
    wrong = [(supply, found) for supply, found in warned(rows, now) if found]
    if not wrong:
        return 0
    wrong.sort(key=lambda one: min(TOLD.index(concern) for concern in one[1]))
    year, week, _day = now.isocalendar()
    which = ",".join(f"{supply.pk}:{'+'.join(found)}" for supply, found in wrong)
    names = [supply.name for supply, _found in wrong[:NAMED]]
    more = len(wrong) - len(names)
    first = wrong[0][0]
    alone = len(wrong) == 1
    with transaction.atomic():
        queue_message(
            Notice(
                kind="supplies_short",
                incident=None,
                groups=(Group.LOGISTICS,),
                key=f"supplies_short:{year}-{week}:{content_id(which)}",
                data={
                    "item": "; ".join(names) + (f" … +{more}" if more else ""),
                    "have": first.on_hand if alone else "",
                    "least": first.minimum if alone else "",
                    "place": first.place if alone else "",
                    "keeper": first.keeper if alone else "",
                    "expiry": str(first.expires_on or "") if alone else "",
                },
            ),
            now,
        )
    return len(wrong)
