"""``shangdun incident``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "incident",
    module="shangdun.cli.records.incident",
    without_records=("report",),
    help="Report incidents and follow them to their end.",
)
