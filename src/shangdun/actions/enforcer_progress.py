"""How far an enforcer is: figures that change by the second, which the ledger does not keep.

Adding one and giving it a key are actions with their entries; what is written here follows from
them, as the watch's own progress does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shangdun.records.models import Enforcer, EnforcerKind
from shangdun.records.stored_text import clean_value

SEEN_EVERY = timedelta(seconds=5)
"""A guard asks twice a second; a write each time would be most of the work."""


def tell_enforcer(row: Enforcer, now: datetime, **figures: Any) -> None:  # noqa: ANN401  columns of the row
    """Write what is new; that it was seen alone only every few seconds.

    A problem is kept with its beginning: ``problem=""`` ends it.
    """
    fresh = {name: value for name, value in figures.items() if getattr(row, name) != value}
    if not fresh and row.last_seen is not None and timedelta() <= now - row.last_seen < SEEN_EVERY:
        return
    if "problem" in fresh:
        fresh["problem"] = clean_value(fresh["problem"], 500)
        if bool(row.problem) != bool(fresh["problem"]):
            fresh["problem_since"] = now if fresh["problem"] else None
    if "agent" in fresh:
        fresh["agent"] = clean_value(fresh["agent"], 100)
    fresh["last_seen"] = now
    Enforcer.objects.filter(pk=row.pk).update(**fresh)
    for name, value in fresh.items():
        setattr(row, name, value)


def process_row(name: str, product: str, now: datetime) -> Enforcer:
    """The row of a process of this machine, which needs no key: made when it first starts."""
    with transaction.atomic():
        row, _made = Enforcer.objects.get_or_create(
            name=name,
            defaults={"kind": EnforcerKind.PROCESS, "product": product, "created": now},
        )
    return row
