"""``shangdun playbook``."""

from __future__ import annotations

from shangdun.cli.records.lazy import RecordsGroup

command = RecordsGroup(
    "playbook",
    module="shangdun.cli.records.playbook",
    help="Playbooks: list, show, check, export, import.",
)
