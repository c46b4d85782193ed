"""``shangdun entity``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "entity",
    module="shangdun.cli.records.entity",
    help="Who is riskiest now, and why.",
)
