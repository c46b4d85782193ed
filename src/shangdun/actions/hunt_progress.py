"""How far a hunt is: figures that change by the second, which the ledger does not keep.

The request, and the calling off, are actions with their entries; what is written here follows from
the request alone, as the watch's own progress does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from shangdun.records.models import HuntRun
from shangdun.records.models.hunts import HuntState

SILENT = timedelta(minutes=2)


def lost_hunts(now: datetime) -> QuerySet[HuntRun]:
    """Those that run but have not said anything for too long: their process is gone."""
    return HuntRun.objects.filter(state=HuntState.RUNNING, beat__lt=now - SILENT)


def claim_hunt(now: datetime) -> HuntRun | None:
    """The next run that waits, now running; one whose process died is taken for failed."""
    with transaction.atomic():
        lost_hunts(now).update(
            state=HuntState.FAILED, finished=now, error="the process that ran it ended"
        )
        row = HuntRun.objects.filter(state=HuntState.QUEUED).order_by("id").first()
        if row is not None:
            row.state, row.started, row.beat = HuntState.RUNNING, now, now
            row.save(update_fields=["state", "started", "beat"])
    return row


def tell_hunt(hunt_id: int, now: datetime, **figures: Any) -> bool:  # noqa: ANN401  columns of the row
    """Write how far a run is; False when somebody called it off."""
    HuntRun.objects.filter(pk=hunt_id).update(beat=now, **figures)
    wanted = HuntRun.objects.filter(pk=hunt_id).values_list("cancel_wanted", flat=True).first()
    return wanted is False
