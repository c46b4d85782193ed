"""``shangdun ledger``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "ledger",
    module="shangdun.cli.records.ledger",
    help="Verify, export and sign the tamper-evident ledger.",
)
