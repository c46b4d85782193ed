"""How far the reading of a list is: what changes by the second, which the ledger does not keep.

The list, its columns and its end are actions with their entries; rows follow from the file alone,
whose SHA-256 the ledger has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from shangdun.actions.affected.take import Taken, take
from shangdun.actions.ledger import lock
from shangdun.records.models import AffectedList, ListState
from shangdun.respond.affected.identity import Identity, Kind

SILENT = timedelta(minutes=2)
MOST_PROBLEMS = 200


def claim_list(now: datetime) -> AffectedList | None:
    """The next list that waits; one whose reader died is read on from its beginning.

    Reading again is harmless: whoever is known is not added again.
    """
    with transaction.atomic():
        lock()
        lost = AffectedList.objects.filter(state=ListState.READING, beat__lt=now - SILENT)
        waiting = AffectedList.objects.filter(state=ListState.WAITING)
        row = (lost | waiting).order_by("id").first()
        if row is None:
            return None
        row.state, row.beat = ListState.READING, now
        row.rows = row.refused = row.done_bytes = 0
        row.problems = []
        row.save(update_fields=["state", "beat", "rows", "refused", "done_bytes", "problems"])
        return row


def add_rows(
    row: AffectedList,
    subjects: Sequence[tuple[Kind, Identity]],
    *,
    rows: int,
    problems: Sequence[dict[str, object]],
    refused: int,
    done_bytes: int,
    now: datetime,
) -> bool:
    """Add what some rows name; False when somebody stopped the list."""
    with transaction.atomic():
        lock()
        standing = AffectedList.objects.get(pk=row.pk)
        if standing.state != ListState.READING:
            return False
        taken: Taken = take(standing, subjects)
        standing.rows += rows
        standing.fresh += taken.fresh
        standing.repeated += taken.repeated
        standing.refused += refused
        standing.done_bytes, standing.beat = done_bytes, now
        room = MOST_PROBLEMS - len(standing.problems)
        standing.problems += list(problems[: max(0, room)])
        standing.save(
            update_fields=[
                "rows", "fresh", "repeated", "refused", "done_bytes", "beat", "problems",
            ]
        )  # fmt: skip
    return True
