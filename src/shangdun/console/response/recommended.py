"""Which playbooks an order begins with, unless leadership says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from shangdun.records.models import Incident


def recommended(incident: Incident, choices: Sequence[tuple[int, str]]) -> list[int]:
    """The only one there is; of several those that the incident's own findings point to."""
    del incident
    return [row for row, _title in choices] if len(choices) == 1 else []
