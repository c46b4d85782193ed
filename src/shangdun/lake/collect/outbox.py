"""Lines on their way from a socket to the spool: gathered, then stored with one fsync."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from shangdun.kernel.errors import ShangdunError

GATHER_SECONDS = 0.05
RETRY_SECONDS = 0.5
WAITING_BYTES = 16 << 20
BATCH_LINES = 20_000
"""About what is stored at once."""


class Outbox:
    """A thread that stores what others put in, and tries again for as long as that fails."""

    def __init__(self, store: Callable[[list[bytes]], None], name: str) -> None:
        self.stored = 0
        """Lines that are safe."""
        self.lost = 0
        """Lines given up at the end because they could not be stored."""
        self.error = ""
        """Why storing fails at present."""
        self._store = store
        self._lines: list[bytes] = []
        self._bytes = 0
        self._deadline = float("inf")
        self._lock = threading.Lock()
        self._filled = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{name}-outbox", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """So much is waiting that nothing more should be taken in."""
        return self._bytes >= WAITING_BYTES

    @property
    def waiting(self) -> int:
        """Lines taken in and not yet stored."""
        return len(self._lines)

    def put(self, lines: list[bytes]) -> None:
        with self._lock:
            self._lines += lines
            self._bytes += sum(map(len, lines))
        self._filled.set()

    def stop(self, patience: float = 5.0) -> None:
        """Store what is waiting; after ``patience`` seconds of failure give it up and count it."""
        self._deadline = time.monotonic() + patience
        self._stopping.set()
        self._filled.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._filled.wait()
            if not self._stopping.is_set():
                self._stopping.wait(GATHER_SECONDS)
            self._filled.clear()
            while self._lines and self._store_some():
                pass
            if self._stopping.is_set():
                with self._lock:
                    self.lost += len(self._lines)
                return

    def _store_some(self) -> bool:
        """Store a batch; False if it is to be given up."""
        with self._lock:
            batch = self._lines[:BATCH_LINES]
        try:
            self._store(batch)
        except ShangdunError as error:
            self.error = str(error)
            if not self._stopping.wait(RETRY_SECONDS):
                return True
            time.sleep(GATHER_SECONDS)
            return time.monotonic() < self._deadline
        self.error = ""
        self.stored += len(batch)
        with self._lock:
            del self._lines[: len(batch)]
            self._bytes -= sum(map(len, batch))
        return True
