"""Looking at the sources of logs, for the criterion that asks for days without a break.

Counts that change every few minutes are no matter of the ledger; what follows from them is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db.models import F

from shangdun.actions.programmes.changes import day_of
from shangdun.records.models import SourceDay

KEPT = timedelta(days=800)


def note_sources(live: Mapping[str, bool], at: datetime, looks: int = 1) -> None:
    """Count that each source was looked at, and whether it was live."""
    day = day_of(at)
    known = set(SourceDay.objects.filter(day=day).values_list("name", flat=True))
    SourceDay.objects.bulk_create(
        [SourceDay(name=name[:100], day=day) for name in live if name[:100] not in known],
        ignore_conflicts=True,
    )
    for is_live in (True, False):
        names = [name[:100] for name, found in live.items() if found is is_live]
        rows = SourceDay.objects.filter(day=day, name__in=names)
        rows.update(looks=F("looks") + looks, live=F("live") + (looks if is_live else 0))
    if not known:
        forget(day - KEPT)


def forget(before: date) -> None:
    """What is older proves nothing any more."""
    SourceDay.objects.filter(day__lt=before).delete()
