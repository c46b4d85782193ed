"""From findings of detection to incidents: how little of it somebody has to read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor
from shangdun.records.models import Reduction

FIGURES = ("seen", "added", "folded", "gathered", "withheld", "opened", "merged")


class Reduced(msgspec.Struct, frozen=True, kw_only=True):
    """``records.models.Reduction`` added up; ``seen`` is the sum of the four after it."""

    seen: int = 0
    added: int = 0
    folded: int = 0
    gathered: int = 0
    withheld: int = 0
    opened: int = 0
    merged: int = 0

    @property
    def incidents(self) -> int:
        """Opened and not become part of another."""
        return max(0, self.opened - self.merged)


def reduced(actor: Actor, now: datetime, spans: Iterable[int]) -> dict[int, Reduced]:
    """The figures of the last so many hours, the present one included; one query."""
    visible_findings(actor)
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    wanted = list(spans)
    rows = Reduction.objects.filter(hour__gt=this_hour - timedelta(hours=max(wanted)))
    by_hour = list(rows)
    return {
        hours: _added([row for row in by_hour if row.hour > this_hour - timedelta(hours=hours)])
        for hours in wanted
    }


def _added(rows: list[Reduction]) -> Reduced:
    return Reduced(**{name: sum(getattr(row, name) for row in rows) for name in FIGURES})
