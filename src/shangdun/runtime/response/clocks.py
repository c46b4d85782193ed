"""Reporting deadlines come nearer by themselves: whoever has to report is reminded."""

from __future__ import annotations

import logging

from shangdun.actions.clocks.remind import do_remind_of_clock
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError
from shangdun.records.actor import JOBS
from shangdun.records.clocks import clocks_to_remind

log = logging.getLogger(__name__)


def remind_of_clocks(clock: Clock) -> None:
    """Remind of every clock at 50, 80 and 100 per cent; one that fails leaves the others."""
    for pk in clocks_to_remind(clock.now()):
        try:
            do_remind_of_clock(JOBS, clock_id=pk, clock=clock)
        except ShangdunError as error:
            log.warning("clock %s: %s", pk, error)
