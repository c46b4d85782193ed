"""The ledger's rows as the entries that ``kernel.ledger`` verifies."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.ledger import Entry
from shangdun.records.models import LedgerEntry

_FIELDS = (
    "seq",
    "time",
    "action",
    "actor",
    "subject_kind",
    "subject_id",
    "payload",
    "previous",
    "hash",
)


def head() -> Entry | None:
    """The last entry, or None in an empty ledger."""
    row = LedgerEntry.objects.order_by("-seq").values(*_FIELDS).first()
    return Entry(**row) if row else None


def entries() -> Iterator[Entry]:
    """All of them in order, a few thousand in memory at a time."""
    rows = LedgerEntry.objects.order_by("seq").values_list(*_FIELDS)
    for row in rows.iterator(chunk_size=2000):
        yield Entry(**dict(zip(_FIELDS, row, strict=True)))
