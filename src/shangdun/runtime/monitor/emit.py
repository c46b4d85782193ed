"""Events of our own into the spool; what finds no room waits, so far as memory allows."""

from __future__ import annotations

import logging
import threading
from collections import deque

from shangdun.kernel.errors import ShangdunError
from shangdun.lake.collect.spool import Spool

log = logging.getLogger(__name__)

MOST_WAITING = 1000


class Emitter:
    """Appends to one source; never raises, never blocks for long."""

    def __init__(self, spool: Spool, source: str) -> None:
        self._spool = spool
        self._source = source
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()
        self._failing = False

    def emit(self, *events: bytes) -> None:
        """Append events, those that wait first; a full disk keeps them for the next call."""
        with self._lock:
            self._waiting.extend(events)
            if not self._waiting:
                return
            try:
                self._spool.append(self._source, list(self._waiting))
            except (ShangdunError, OSError) as error:
                if not self._failing:
                    log.warning("events of our own wait: %s", error)
                self._failing = True
                return
            self._failing = False
            self._waiting.clear()
