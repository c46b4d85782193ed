"""A playbook begins in an incident."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from shangdun.records.actor import JOBS, Actor
from shangdun.records.models import Incident, PlaybookRun

if TYPE_CHECKING:
    from typing import Any as PlaybookVersion


def begin_run(
    incident: Incident, version: PlaybookVersion, at: datetime, by: Actor = JOBS
) -> PlaybookRun:
    """Put the playbook's tasks on the board and begin its course, in the caller's transaction.

    The groups are told of what they can begin with. The same version that runs already is not
    begun again: its run is given back.
    """
    raise NotImplementedError
