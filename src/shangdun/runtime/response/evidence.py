"""Evidence by the clock: every item is read again each day, and what died half-way is swept away.

It reads gigabytes, so it has a thread of its own beside the response's clock.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import connection
from django.db.models import F, Q

from shangdun.actions.evidence.content import sweep_store
from shangdun.actions.evidence.verify import check_item, do_check_evidence
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.errors import ShangdunError
from shangdun.records.actor import JOBS
from shangdun.records.models import Evidence

log = logging.getLogger(__name__)

DAILY = timedelta(hours=23)
ROUND_SECONDS = 3600.0
ROUND_ITEMS = 500
ROUND_BYTES = 20 << 30
"""A round ends when it has read so much; what is left is the oldest of the next round."""


class EvidenceKeeper(threading.Thread):
    """Verifies what was not verified for a day, the longest ago first; sweeps the store."""

    def __init__(self, stop: threading.Event, clock: Clock | None = None) -> None:
        super().__init__(name="evidence", daemon=True)
        self._halt = stop
        self._clock = clock or SystemClock()

    def run(self) -> None:
        pause = 60.0  # the first minute belongs to what starts
        while not self._halt.wait(pause):
            pause = ROUND_SECONDS
            try:
                self.round()
            except ShangdunError as error:
                log.warning("evidence: %s", error)
            except Exception:  # the next round may go well
                log.exception("verifying evidence failed")
            finally:
                connection.close()

    def round(self) -> int:
        """One round; how many items were read."""
        now = self._clock.now()
        due = Evidence.objects.filter(disposed_at=None).filter(
            Q(verified_at=None) | Q(verified_at__lt=now - DAILY)
        )
        items = due.select_related("incident").order_by(F("verified_at").asc(nulls_first=True))
        found, read = [], 0
        for item in items[:ROUND_ITEMS]:
            if self._halt.is_set() or read >= ROUND_BYTES:
                break
            found.append(check_item(item))
            read += item.size
        if found:
            damaged = do_check_evidence(JOBS, found, clock=self._clock)
            if damaged:
                log.error("%d items of evidence were changed or are gone", damaged)
        swept = sweep_store(now)
        if swept:
            log.info("%d files without a record were swept out of the evidence store", swept)
        return len(found)
