"""Takes in the reports that were kept in files, each exactly once."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

from shangdun.actions.take_in_report import do_take_in_report
from shangdun.kernel.clock import Clock
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import ConfigError, ParseError, StoreError
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
        try:
            do_take_in_report(JOBS, kept, clock=clock)
        except (OperationalError, InterfaceError, OSError, ConfigError, StoreError):
            raise  # the records or the disk are away, for every other report too
        except Exception:
            # Whoever knows the link must not stop all other reports with one that nobody foresaw.
            log.exception("a report is put aside: %s", path.name)
            put_aside(path)
            continue
        path.unlink(missing_ok=True)
