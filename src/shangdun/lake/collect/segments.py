"""The append-only files of one spool source, shared by any number of processes.

Writers hold an exclusive ``flock`` on a segment only while they write (the fsync comes after), so
that nobody ever sees a write that is undone because the disk was full. A segment is closed for
writing once it has reached its size or has a successor. Numbers never return.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from shangdun.kernel.errors import StoreError

LOCK_SECONDS = 10.0
IDLE_SECONDS = 3600.0
"""A segment that was read to its end and has not grown for so long is closed and deleted."""
_TAIL = 64 << 10


class Segments:
    """Not safe for several threads; the spool lets one at a time in."""

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self.folder = folder
        self._segment_bytes = segment_bytes
        self._number = 0
        self._fd = -1

    def append(self, payload: bytes) -> None:
        """Write whole lines and fsync them; ``OSError`` if not all of them are stored."""
        while not self._write(payload):
            pass
        os.fdatasync(self._fd)

    def _write(self, payload: bytes) -> bool:
        """False where the segment turned out to be closed, and the next one is to be tried."""
        if self._fd < 0:
            self._open(max([1, *self.numbers()]))
        with locked(self._fd, self._path(self._number)):
            status = os.fstat(self._fd)
            size = _mend(self._fd, status.st_size)
            deleted = status.st_nlink == 0
            closed = size >= self._segment_bytes or self._path(self._number + 1).exists()
            if not deleted and not closed:
                _write_or_undo(self._fd, payload, size)
                return True
        following = max([self._number + 1, *self.numbers()])
        self.close()
        self._open(following)
        return False

    def _open(self, number: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(self._path(number), flags, 0o600)
        self._number = number
        # Another process may have created the file a moment ago and not have come to this yet.
        sync_folder(self.folder)
        sync_folder(self.folder.parent)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:012d}.log"

    def numbers(self) -> list[int]:
        """The numbers of the segments there are, ascending."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - names are all that is needed
        except FileNotFoundError:
            return []
        return sorted(int(name[:-4]) for name in names if name[:-4].isdecimal())

    def forget(self, read: dict[tuple[int, int], int]) -> int:
        """Delete what was read to its end: ``read`` maps device and inode to an offset.

        From the oldest on, so that what is left has no gap; never the segment that is written to.
        """
        freed = 0
        for number in self.numbers():
            path = self._path(number)
            size = self._forget_one(path, self._path(number + 1), read)
            if size is None:
                break
            freed += size
        if freed:
            sync_folder(self.folder)
        return freed

    def _forget_one(
        self, path: Path, successor: Path, read: dict[tuple[int, int], int]
    ) -> int | None:
        """The bytes freed, or None if the segment has to stay."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0  # another process was faster
        try:
            with locked(fd, path):
                status = os.fstat(fd)
                size = _mend(fd, status.st_size)
                if read.get((status.st_dev, status.st_ino), 0) < size:
                    return None
                idle = size > 0 and time.time() - status.st_mtime > IDLE_SECONDS
                if not successor.exists():
                    if not idle:
                        return None
                    successor.touch(mode=0o600)
                path.unlink(missing_ok=True)
                return size
        finally:
            os.close(fd)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


@contextlib.contextmanager
def locked(fd: int, path: Path) -> Iterator[None]:
    """Hold the segment alone; the kernel lets go of it when the process dies."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise StoreError(
                    "another process holds the segment and does not let go",
                    code="spool.busy",
                    where=str(path),
                    fix="look for a stopped shangdun process",
                ) from error
            time.sleep(0.0005)
    try:
        yield
    finally:
        fcntl.flock(fd, fcntl.LOCK_UN)


def _mend(fd: int, size: int) -> int:
    """Cut off half a line that a killed process left, and give the size after that.

    It was never acknowledged, and no reader has taken it, since readers take whole lines.
    """
    end = size
    while end:
        start = max(0, end - _TAIL)
        piece = os.pread(fd, end - start, start)
        if piece.endswith(b"\n"):
            break
        line_end = piece.rfind(b"\n") + 1
        end = start + line_end
        if line_end:
            break
    if end < size:
        os.ftruncate(fd, end)
    return end


def _write_or_undo(fd: int, payload: bytes, size: int) -> None:
    view = memoryview(payload)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError:
        os.ftruncate(fd, size)
        raise


def sync_folder(folder: Path) -> None:
    """Make a new or deleted name in a folder last."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
