"""Takes in the reports that were kept in files, each exactly once."""

from __future__ import annotations

import logging

from shangdun.actions.take_in_report import do_take_in_report
from shangdun.kernel.clock import Clock
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import ParseError
from shangdun.records.actor import JOBS
from shangdun.records.report_spool import put_aside, read_kept, waiting

log = logging.getLogger(__name__)


def take_in_reports(clock: Clock) -> None:
    """Open the incident of every kept report; the file goes when the records have it.

    A process that dies in between finds the file again, and the records know its uid.
    """
    for path in waiting(home_directory()):
        try:
            kept = read_kept(path)
        except ParseError as error:
            log.error("a report cannot be read: %s", error)  # noqa: TRY400  the reason is in it
            put_aside(path)
            continue
        do_take_in_report(JOBS, kept, clock=clock)
        path.unlink(missing_ok=True)
