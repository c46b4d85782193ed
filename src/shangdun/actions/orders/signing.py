"""An order is sealed twice: by its ledger entry, and by a signature over the ledger's head."""

from __future__ import annotations

import logging
from pathlib import Path

from shangdun.actions.action import SYSTEM_CLOCK
from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError
from shangdun.records.actor import JOBS

log = logging.getLogger(__name__)


def sign_now(home: Path, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Sign the head that now holds the order; the order stands even where that fails.

    A full disk or a file held by others must not undo what leadership decided: the schedule signs
    every ten minutes anyway.
    """
    try:
        do_checkpoint_ledger(JOBS, home=home, clock=clock)
    except (ShangdunError, OSError) as error:
        log.warning("the order's checkpoint: %s", error)
        return False
    return True
