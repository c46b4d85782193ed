"""``shangdun task``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "task",
    module="shangdun.cli.records.task",
    help="See the tasks of a response, take them, say that they are done.",
)
