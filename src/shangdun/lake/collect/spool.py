"""Where everything that is pushed rests, fsynced, until it is in the lake; tailed like any file."""

from __future__ import annotations

import errno
import glob
import os
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shangdun.kernel.errors import ShangdunError, StoreError, UsageError
from shangdun.lake.collect.position import Positions
from shangdun.lake.collect.segments import Segments
from shangdun.lake.collect.tail import Tail

SEGMENT_BYTES = 64 << 20
MAX_BYTES = 4 << 30
"""All sources together: an hour of 5,000 lines/s while the lake cannot be written."""
BATCH_BYTES = 8 << 20
"""At most so much of what several threads append at once shares one write and fsync."""
_NAME = re.compile(r"\w[\w.-]{0,63}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class SpoolFull(StoreError):
    """The spool holds as much as it may: the sender shall try later (HTTP 429 or 503)."""

    default_code = "spool.full"


class Spool:
    """Append-only segments, one folder a source; safe for many threads and processes at once.

    What ``append`` has acknowledged survives the death of the process and of the machine. What it
    has refused may be sent again. Lines whose sender was not told, because its process was killed
    in between, may be there or not, but never half.
    """

    def __init__(
        self, directory: Path, *, segment_bytes: int = SEGMENT_BYTES, max_bytes: int = MAX_BYTES
    ) -> None:
        self.directory = directory
        self._segment_bytes = segment_bytes
        self._max_bytes = max_bytes
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._held = 0
        self._measured_at = float("-inf")

    def append(self, source: str, lines: Sequence[bytes]) -> None:
        """Store lines (without line ends); returns once they are fsynced, raises if not.

        All of them are stored or, where ``StoreError`` is raised, none. ``SpoolFull`` and a full
        disk pass by themselves when there is room again. ``UsageError`` for a name that cannot be
        a folder's or a line that holds a line end.
        """
        queue = self._queue(source)
        if not lines:
            return
        payload = b"\n".join(lines) + b"\n"
        if payload.count(b"\n") != len(lines):
            raise UsageError("a line holds a line end", where=source, fix="send one event a line")
        self._make_room(len(payload))
        queue.append(payload)

    def tail(self, source: str, positions: Positions | None = None) -> Tail:
        """Follows what is appended for a source."""
        folder = glob.escape(str(self._folder(source)))
        return Tail(source, f"{folder}/*.log", positions, settled=True)

    def forget(self, source: str, positions: Positions) -> int:
        """Delete segments that committed positions have read to the end; how many bytes."""
        read = {(file.device, file.inode): file.offset for file in positions.files if file.inode}
        freed = Segments(self._folder(source), self._segment_bytes).forget(read)
        with self._lock:
            self._measured_at = float("-inf")
        return freed

    def size(self) -> int:
        """Bytes held, all sources together."""
        total = 0
        for path in self.directory.glob("*/*.log"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:
                continue  # deleted since the folder was listed
        return total

    def close(self) -> None:
        """Close the files."""
        for queue in self._queues.values():
            queue.segments.close()
        self._queues.clear()

    def _folder(self, source: str) -> Path:
        if not _NAME.fullmatch(source):
            raise UsageError(
                f"{source!r} cannot be the name of a source",
                code="usage.source_name",
                fix="use up to 64 letters, digits, points, hyphens; begin with a letter or digit",
            )
        return self.directory / source

    def _queue(self, source: str) -> _Queue:
        if os.getpid() != self._process:
            self._start()  # after a fork the locks of an open segment would be the parent's too
        folder = self._folder(source)
        with self._lock:
            if source not in self._queues:
                self._queues[source] = _Queue(Segments(folder, self._segment_bytes))
            return self._queues[source]

    def _make_room(self, length: int) -> None:
        with self._lock:
            stale = time.monotonic() - self._measured_at > 1
            if stale or self._held + length > self._max_bytes:
                self._held = self.size()
                self._measured_at = time.monotonic()
            if self._held + length > self._max_bytes:
                raise SpoolFull(
                    f"the spool holds {self._held} of at most {self._max_bytes} bytes",
                    where=str(self.directory),
                    fix="try later; see whether `shangdun watch` runs and the lake has room",
                )
            self._held += length


@dataclass(eq=False)
class _Entry:
    payload: bytes
    done: bool = False
    error: OSError | ShangdunError | None = None


class _Queue:
    """Threads that append at the same time share one write and one fsync: one of them does it."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self._condition = threading.Condition()
        self._entries: list[_Entry] = []
        self._busy = False

    def append(self, payload: bytes) -> None:
        entry = _Entry(payload)
        with self._condition:
            self._entries.append(entry)
        while not entry.done:
            batch = self._next_batch(entry)
            if batch:
                self._store(batch)
        if entry.error:
            raise _explained(entry.error, self.segments.folder) from entry.error

    def _next_batch(self, entry: _Entry) -> list[_Entry]:
        """Wait until it is this thread's turn to write, or another one has written its entry."""
        with self._condition:
            while self._busy and not entry.done:
                self._condition.wait()
            if entry.done:
                return []
            self._busy = True
            count = size = 0
            while count < len(self._entries) and (not count or size < BATCH_BYTES):
                size += len(self._entries[count].payload)
                count += 1
            batch, self._entries = self._entries[:count], self._entries[count:]
            return batch

    def _store(self, batch: list[_Entry]) -> None:
        failure: OSError | ShangdunError | None = InterruptedError(errno.EINTR, "interrupted")
        try:
            self.segments.append(b"".join(entry.payload for entry in batch))
            failure = None
        except (OSError, ShangdunError) as error:
            self.segments.close()  # the next append opens afresh, whatever happened to the file
            failure = error
        finally:
            with self._condition:
                for entry in batch:
                    entry.done, entry.error = True, failure
                self._busy = False
                self._condition.notify_all()


def _explained(error: OSError | ShangdunError, folder: Path) -> ShangdunError:
    if isinstance(error, ShangdunError):
        return type(error)(error.message, code=error.code, where=error.where, fix=error.fix)
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return StoreError(
            f"nothing was stored, there is no room: {reason}",
            code="spool.disk_full",
            where=str(folder),
            fix="free space on this disk; sending again then works by itself",
        )
    return StoreError(
        f"not stored: {reason}",
        code="spool.write",
        where=str(folder),
        fix="check the disk and the folder's permissions, then send again",
    )
