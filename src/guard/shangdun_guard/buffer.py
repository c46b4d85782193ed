"""Events that wait for ShangDun, on disk: what ``append`` took survives a kill at any moment.

A folder of segments. Each process appends to one of its own, holding a lock on it; the kernel
drops that lock however the process dies, so a segment that can be locked is nobody's, and whoever
finds it sends the rest. How far a segment has been sent stands in a small file beside it. Events
are sent at least once: after a crash between sending and noting, some arrive twice, with the same
``metadata.uid``.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SEGMENT_BYTES = 4 * 1024 * 1024
ENDING = ".events"
SENT = ".sent"
MEASURE_EVERY = 5.0
"""Seconds between two looks at what all processes together hold."""
_FLAGS = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


class Batch(NamedTuple):
    """Whole lines from one place; ``end`` is where the next batch begins."""

    lines: list[bytes]
    end: int


class Segment:
    """One file of lines, locked by whoever holds this."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._file = descriptor
        self.size = os.fstat(descriptor).st_size
        self.sent = self._read_sent()
        self.lines = 0

    @classmethod
    def begin(cls, folder: Path) -> Segment:
        """A new one. Raises ``OSError``."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(3).hex()}{ENDING}"
        descriptor = os.open(folder / name, _FLAGS | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return cls(folder / name, descriptor)

    @classmethod
    def adopt(cls, path: Path) -> Segment | None:
        """A segment whose process is gone; None while it has one."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:
                return cls(path, descriptor)
        except OSError:
            pass
        os.close(descriptor)
        return None

    def append(self, line: bytes) -> None:
        """One line more, whole or not at all. Raises ``OSError``."""
        data = line + b"\n"
        try:
            _write_all(self._file, data)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self.size)
            raise
        self.size += len(data)
        self.lines += 1

    def sync(self) -> None:
        """Make what was appended survive a crash of the machine."""
        os.fsync(self._file)

    def batch(self, lines: int, size: int) -> Batch:
        """The next unsent lines; an unfinished last one is left out: nobody was told of it."""
        data = os.pread(self._file, min(size, max(0, self.size - self.sent)), self.sent)
        whole = data.rfind(b"\n") + 1
        if not whole and len(data) == size:  # one line longer than a batch
            data = os.pread(self._file, self.size - self.sent, self.sent)
            whole = data.find(b"\n") + 1
        found = data[:whole].split(b"\n")[:lines] if whole else []
        end = self.sent + min(whole, sum(len(line) + 1 for line in found))
        return Batch([line for line in found if line], end)

    def note_sent(self, end: int) -> None:
        """Everything before ``end`` need not be sent again."""
        self.sent = end
        name = self.path.with_suffix(SENT)
        descriptor = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, b"%016x\n" % end, 0)
        finally:
            os.close(descriptor)

    def unsent_lines(self) -> int:
        """How many lines would be lost with this segment."""
        data = os.pread(self._file, max(0, self.size - self.sent), self.sent)
        return data.count(b"\n")

    def delete(self) -> None:
        """Away with it."""
        for path in (self.path, self.path.with_suffix(SENT)):
            path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the lock; another process may send the rest."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _read_sent(self) -> int:
        try:
            place = int(self.path.with_suffix(SENT).read_text("ascii"), 16)
        except (OSError, ValueError):
            return 0
        return place if 0 <= place <= self.size else 0


def _write_all(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) != len(data):
        raise OSError(errno.ENOSPC, "no room for a whole line")


class Buffer:
    """The segments of this process; one lock, held for microseconds."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int,
        drop_oldest: bool = True,
        fsync_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self._max = max_bytes
        self._segment_bytes = max(4096, min(SEGMENT_BYTES, max_bytes // 8))
        self._drop_oldest = drop_oldest
        self._fsync = fsync_seconds
        self._clock = clock
        self.dropped = 0
        """Lines that were not kept, since this process began."""
        self.problem = ""
        self._begin()

    def after_fork(self) -> None:
        """Begin anew without a segment: those of the parent are the parent's."""
        for segment in [*self._full, *([self._open] if self._open else [])]:
            segment.close()
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._open: Segment | None = None
        self._full: list[Segment] = []
        self._unsynced = False
        self._synced_at = self._measured_at = float("-inf")
        self._others = 0

    def append(self, line: bytes) -> bool:
        """Keep one event, without a line end. True: it will be sent whatever becomes of us.

        Never raises and never waits for ShangDun. False: there was no room for it (counted).
        """
        with self._lock:
            for attempt in (1, 2):
                try:
                    if not self._make_room(len(line) + 1):
                        break
                    self._writable(len(line) + 1).append(line)
                    if self._fsync == 0 and self._open is not None:
                        self._open.sync()
                except OSError as error:
                    self.problem = f"events are not kept on disk: {error.strerror or error}"
                    if attempt == 2 or not self._drop_oldest or not self._forget_oldest():
                        break
                    continue
                self._unsynced, self.problem = True, ""
                return True
            self.dropped += 1
            return False

    def sync(self) -> None:
        """Called often by the sender: syncs once per ``fsync_seconds``."""
        now = self._clock()
        with self._lock:
            current = self._open
            if not self._unsynced or current is None or now - self._synced_at < self._fsync:
                return
            self._unsynced, self._synced_at = False, now
            file = os.dup(current._file)  # noqa: SLF001  the same module's
        try:
            os.fsync(file)  # outside the lock: a slow disk holds up no request
        except OSError as error:
            self.problem = f"events are not synced: {error.strerror or error}"
        finally:
            os.close(file)

    def next(self, lines: int, size: int) -> tuple[Segment, Batch] | None:
        """What to send now, the oldest first; for the one thread that sends.

        A batch without lines is to be reported as ``done`` as well: its segment is at its end.
        """
        with self._lock:
            current = self._open
            if not self._full and current is not None and current.size > current.sent:
                return current, current.batch(lines, size)
            segment = self._full[0] if self._full else self._adopted()
            return (segment, segment.batch(lines, size)) if segment else None

    def done(self, segment: Segment, end: int) -> None:
        """Everything before ``end`` of a segment has arrived."""
        with self._lock:
            if segment is not self._open and segment not in self._full:
                return  # dropped meanwhile, to make room
            with contextlib.suppress(OSError):
                segment.note_sent(end)
            segment.sent = end
            if segment is self._open:
                return  # deleted when it is full and another has taken its place
            if end < segment.size and segment.batch(1, self._segment_bytes).lines:
                return
            self._full.remove(segment)
            segment.delete()

    def size(self) -> int:
        """Bytes on disk, all processes together."""
        total = 0
        for path in self._paths():
            with contextlib.suppress(OSError):
                total += path.stat().st_size
        return total

    def close(self) -> None:
        """Let others send the rest."""
        with self._lock:
            for segment in [*self._full, *([self._open] if self._open else [])]:
                if segment.sent >= segment.size:
                    segment.delete()
                segment.close()
            self._full, self._open = [], None

    def _paths(self) -> list[Path]:
        with contextlib.suppress(OSError):
            return sorted(self.folder.glob(f"*{ENDING}"))
        return []

    def _held(self) -> int:
        mine = sum(segment.size for segment in self._full)
        return mine + (self._open.size if self._open else 0) + self._others

    def _measure(self) -> None:
        now = self._clock()
        if now - self._measured_at >= MEASURE_EVERY:
            self._others, self._measured_at = 0, now
            self._others = max(0, self.size() - self._held())

    def _make_room(self, more: int) -> bool:
        self._measure()
        while self._held() + more > self._max:
            if not self._drop_oldest or not self._forget_oldest():
                self.problem = "the buffer of events is full"
                return False
        return True

    def _forget_oldest(self) -> bool:
        """Drop the oldest segment that is ours or nobody's; False if there is none."""
        segment = self._full.pop(0) if self._full else self._adopted(keep=False)
        if segment is None:
            segment, self._open = self._open, None
        else:
            self._others = max(0, self._others - segment.size)
        if segment is None:
            return False
        self.dropped += segment.unsent_lines()
        segment.delete()
        return True

    def _writable(self, more: int) -> Segment:
        current = self._open
        if current is not None and current.size + more > self._segment_bytes and current.size:
            if self._unsynced:
                current.sync()
            self._full.append(current)
            current = self._open = None
        if current is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            current = self._open = Segment.begin(self.folder)
        return current

    def _adopted(self, *, keep: bool = True) -> Segment | None:
        mine = {segment.path for segment in self._full}
        if self._open is not None:
            mine.add(self._open.path)
        for path in self._paths():
            segment = Segment.adopt(path) if path not in mine else None
            if segment is None:
                continue
            if keep:
                self._full.append(segment)
            return segment
        return None
