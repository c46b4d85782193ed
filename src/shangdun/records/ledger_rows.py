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
        yield _entry(*row)


def _entry(seq: object, time: object, *texts: object) -> Entry:
    # SQLite holds any type in any column: a row that somebody edited must be read to be named.
    number = seq if isinstance(seq, int) else -1
    moment = time if isinstance(time, int) else -1
    named = dict(zip(_FIELDS[2:], map(str, texts), strict=True))
    return Entry(seq=number, time=moment, **named)
