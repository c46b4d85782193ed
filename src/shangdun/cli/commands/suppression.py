"""``shangdun suppression``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "suppression",
    module="shangdun.cli.records.suppression",
    help="Keep findings quiet for a while, see what is withheld, end it.",
)
