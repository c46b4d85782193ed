"""``shangdun user``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "user", module="shangdun.cli.records.user", help="Add people, give them roles, reset passwords."
)
