"""``shangdun decisions``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "decisions",
    module="shangdun.cli.records.decisions",
    help="Block, challenge, throttle, let in; simulate before, undo after.",
)
