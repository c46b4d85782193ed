"""What an incident's timeline says of risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from shangdun.actions.entity_risk import Risen
from shangdun.actions.incident_growth import Growth
from shangdun.detect.finding import Entity
from shangdun.records.models import TimelineEntry, TimelineKind

TOLD_AT_MOST = 5
"""Of one batch in one incident: the riskiest."""


def write_risen(growths: Iterable[Growth], risen: Mapping[Entity, Risen], now: datetime) -> None:
    """One line for each whose risk crossed the threshold with these findings."""
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            incident=growth.incident,
            time=now,
            kind=TimelineKind.RISK,
            data={
                "kind": one.entity.kind,
                "value": one.entity.value,
                "score": round(one.score),
            },
        )
        for growth in growths
        for one in growth.crossed(risen)[:TOLD_AT_MOST]
    )
