"""Reminding of documents: who has not read them, whose review or meeting is due."""

from __future__ import annotations

from datetime import timedelta

from shangdun.kernel.clock import Clock

AHEAD = timedelta(days=15)


def remind_of_documents(clock: Clock) -> None:
    """Readers of every version in force, owners of every duty that is near or late."""
    from shangdun.actions.documents.duties import do_remind_of_duty  # noqa: PLC0415  needs boot
    from shangdun.actions.documents.readers import do_remind_readers  # noqa: PLC0415  as above
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import (  # noqa: PLC0415  as above
        DocumentState,
        DocumentVersion,
        ReviewDuty,
    )

    now = clock.now()
    in_force = DocumentVersion.objects.filter(state=DocumentState.PUBLISHED)
    for version in in_force.order_by("pk").values_list("pk", flat=True):
        do_remind_readers(JOBS, version_id=version, clock=clock)
    due = ReviewDuty.objects.filter(done_at=None, due_on__lte=(now + AHEAD).date())
    for duty in due.order_by("pk").values_list("pk", flat=True):
        do_remind_of_duty(JOBS, duty_id=duty, clock=clock)
