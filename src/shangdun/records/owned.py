"""Who owned something a short while ago: an owner who hands it over is still not another's eyes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from shangdun.kernel.clock import to_millis
from shangdun.records.models import LedgerEntry, User

LATELY = timedelta(days=30)
BEFORE: Final = "owner_before"
"""In the ledger's entry of a change: the id of who owned it until then, 0 for nobody."""


def owned_lately(person: User, subject: tuple[str, str | int], action: str, now: datetime) -> bool:
    """Whether it was handed over by, or taken from, this person within ``LATELY``.

    Asked of the ledger, which nobody rewrites; ``action`` is the one that changes its owner.
    """
    kind, identifier = subject
    changes = LedgerEntry.objects.filter(
        subject_kind=kind, subject_id=str(identifier), action=action,
        time__gt=to_millis(now - LATELY),
    )  # fmt: skip
    # Canonical JSON: a quote within a text is escaped, so only the field itself reads like this.
    owned = f'"{BEFORE}":{person.pk},'
    return any(owned in payload for payload in changes.values_list("payload", flat=True))
