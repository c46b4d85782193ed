"""From findings of detection to incidents: how little of it somebody has to read."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.db.models import Sum

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


def reduced(actor: Actor, now: datetime, hours: int) -> Reduced:
    """The figures of the last ``hours``, the present one included."""
    visible_findings(actor)
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    rows = Reduction.objects.filter(hour__gt=this_hour - timedelta(hours=hours))
    sums = rows.aggregate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    return Reduced(**{name: sums[f"sum_{name}"] or 0 for name in FIGURES})
