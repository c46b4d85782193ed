"""``shangdun evidence``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "evidence",
    module="shangdun.cli.records.evidence",
    help="Add evidence to an incident, verify it, export it with its proof.",
)
