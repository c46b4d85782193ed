"""How much detection gave and how little of it people have to read, hour by hour."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db.models import F

from shangdun.records.models import Reduction


class Counted(Protocol):
    """``record_findings.Recorded``, as far as it is counted."""

    @property
    def added(self) -> int: ...
    @property
    def withheld(self) -> int: ...
    @property
    def gathered(self) -> int: ...
    @property
    def opened(self) -> tuple[int, ...]: ...
    @property
    def merged(self) -> tuple[int, ...]: ...


def count(recorded: Counted, seen: int, now: datetime) -> None:
    """Add a batch to its hour: ``seen`` findings of detection and what became of them."""
    add(
        now,
        seen=seen,
        added=recorded.added,
        withheld=recorded.withheld,
        gathered=recorded.gathered,
        folded=seen - recorded.added - recorded.withheld - recorded.gathered,
        opened=len(recorded.opened),
        merged=len(recorded.merged),
    )


def add(moment: datetime, **figures: int) -> None:
    """Count these figures up in the hour of a moment."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    Reduction.objects.get_or_create(hour=hour)
    changes = {name: F(name) + number for name, number in figures.items() if number}
    if changes:
        Reduction.objects.filter(pk=hour).update(**changes)
