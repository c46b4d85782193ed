"""One file, followed from where it was left."""

from __future__ import annotations

import fcntl
import itertools
import os
import time
import zlib

import msgspec

from shangdun.lake.block import Block
from shangdun.lake.collect.content import (
    AnyContent,
    GzipContent,
    PlainContent,
    data_start,
    digest,
    open_content,
)
from shangdun.lake.collect.identity import EDGE_BYTES, HEAD_BYTES, new_file_id
from shangdun.lake.collect.position import Chunk, FilePosition, Mark
from shangdun.lake.collect.siblings import Key, is_rotated_name

LINE_LIMIT = 16 << 20
"""A longer line is given out in pieces of this size, so that memory stays bounded."""
QUIET_SECONDS = 5.0
"""A rotated file that has not grown for so long has got its last line, whole or not."""
MARK_SECONDS = 60.0
"""Linux writes what is buffered to the disk within half this time, unless told otherwise."""
SKIP_BYTES = 32 << 20
"""How much of a compressed file is passed over in one poll."""


class Replaced(Exception):
    """The file no longer holds what was read from it."""


class Follow:
    """Reads on in one file; every check that it is still the same file is here.

    ``moment`` is monotonic time in seconds.
    """

    _serials = itertools.count()

    def __init__(self, position: FilePosition, moment: float) -> None:
        self.serial = next(self._serials)
        self.position = position
        self.content: AnyContent | None = None
        self.seen = (position.size, position.mtime_ns) if position.file_id else (-1, -1)
        self._size = position.size
        self.more = self.unread()
        self.changed_at = moment
        self.missing_at: float | None = None
        self.restored = bool(position.file_id)
        """From an earlier run, and not yet verified in this one."""
        self._before: FilePosition | None = None
        self._rejected: set[tuple[int, int, int, int]] = set()
        self.found = False
        """Seen at its place in this run."""
        self.rewritten_since: int | None = None
        """Written to after this time (ns), and truncated before that, perhaps."""
        self.damage = ""
        """Why nothing can be read beyond this place."""
        self.damage_told = False
        self._verified = False
        self._head = b""
        self._edge = b""
        self._next_mark: tuple[float, Mark | None] = (moment, None)

    @property
    def key(self) -> Key:
        return self.position.device, self.position.inode

    @property
    def behind(self) -> int:
        """Bytes known to be there and not given out; of a compressed file that is not known."""
        return 0 if self.position.compressed else max(0, self._size - self.position.offset)

    def unread(self) -> bool:
        """Whether anything known to be there was not given out."""
        return not self.position.finished if self.position.compressed else self.behind > 0

    def noticed(self, result: os.stat_result) -> bool:
        """Whether a look at the file shows something to read."""
        self._size = result.st_size
        return self.more or (result.st_size, result.st_mtime_ns) != self.seen

    def unfinished(self) -> bool:
        """A rotated file whose last line, without a line end, is still held back."""
        rotated = self.position.rotated and not self.position.compressed
        return rotated and self.seen[0] > self.position.offset

    def cut_short(self) -> bool:
        """A compressed file whose data ends in the middle."""
        return isinstance(self.content, GzipContent) and self.content.cut_short

    def update(self, **changes: object) -> None:
        self.position = msgspec.structs.replace(self.position, **changes)

    def attach(self, content: AnyContent, path: str, real: str) -> None:
        """Read on in this file, which holds the same content at another place."""
        self.close()
        result = os.fstat(content.fd)
        self.content = content
        self._before = self.position
        self.seen = (-1, -1)
        self.more = True
        self.missing_at = None
        self._verified = False
        self.update(
            path=path,
            real=real,
            device=result.st_dev,
            inode=result.st_ino,
            rotated=path != self.position.path or is_rotated_name(path),
            compressed=content.compressed,
            finished=False,
            gone_since=0,
        )

    def lose(self) -> None:
        """The file is not at its place any more."""
        self.close()
        if self._before and not self._verified:
            self.position = self._before  # what it was attached to was another file after all
            self._size = self.position.size
        self._before = None
        self.update(device=0, inode=0)

    def reject(self) -> None:
        """The file at this place seemed to be the one, until it was read: not a second time."""
        if self.content is not None:
            self._rejected.add(_state(os.fstat(self.content.fd)))

    def has_rejected(self, content: AnyContent) -> bool:
        """Whether this file was found to be another one, and is as it was then."""
        return bool(self._rejected) and _state(os.fstat(content.fd)) in self._rejected

    def unsee(self) -> None:
        """The last look was at another file."""
        self._size = self.seen[0]

    def resume(self, data: bytes, start: int, lines: int) -> None:
        """Count ``data``, which was given out in an earlier run, as given out."""
        content = self.content
        if content is None or self.position.offset >= start + len(data):
            return
        if not self._verified or self.position.offset != start:
            self._head = content.read(0, min(start, HEAD_BYTES))
            self._edge = content.read(max(0, start - EDGE_BYTES), min(start, EDGE_BYTES))
            self.update(offset=start, lines=lines)
        self._advance(data)
        self._verified = True
        self._before = None
        self.restored = False
        self.more = True

    def open(self) -> bool:
        """Open the file if need be; False where its path now leads to another one.

        Raises ``OSError`` and ``UnreadableContent``.
        """
        if self.content is None:
            content = open_content(self.position.path)
            result = os.fstat(content.fd)
            if (result.st_dev, result.st_ino) != self.key:
                content.close()
                return False
            self.content = content
            self._verified = False
            if content.compressed != self.position.compressed:
                self.update(compressed=content.compressed)
        return True

    def close(self) -> None:
        if self.content is not None:
            self.content.close()
            self.content = None

    def take(self, source: str, limit: int, moment: float, *, settled: bool) -> Chunk | None:
        """The next whole lines, about ``limit`` bytes; None where there are none.

        Raises ``Replaced``, ``OSError`` and ``UnreadableContent``.
        """
        content = self.content
        if content is None:
            return None
        result = _settled_status(content.fd) if settled else os.fstat(content.fd)
        if result is None:
            return None
        seen = (result.st_size, result.st_mtime_ns)
        if seen != self.seen:
            self._suspect(seen)
            self.changed_at = moment
        elif not self.more and not self._ends(moment):
            return None
        if not self._verified and not self._verify(content, result.st_size):
            self.more = True
            return None
        self._size = result.st_size
        data = self._next(content, limit, result.st_size, moment)
        if isinstance(content, GzipContent):
            self.damage = "" if self.more else content.damage
            self.update(finished=content.complete and not self.more)
        self.seen = seen
        self.update(size=seen[0], mtime_ns=seen[1])
        return self._deliver(source, data, moment) if data else None

    def _suspect(self, seen: tuple[int, int]) -> None:
        """Where content does not tell: a file that was empty, or begins with the same lines."""
        if seen[0] <= self.seen[0] or (not self.position.file_id and self.seen[1] > 0):
            self.rewritten_since = self.seen[1]
        if seen[0] <= self.seen[0] and not self.position.file_id:
            raise Replaced

    def _ends(self, moment: float) -> bool:
        return self.unfinished() and moment - self.changed_at >= QUIET_SECONDS

    def _next(self, content: AnyContent, limit: int, size: int, moment: float) -> bytes:
        data = self._unread(content, limit, size)
        whole = data.rfind(b"\n") + 1
        asked = limit
        while not whole and limit <= len(data) < LINE_LIMIT:
            limit = min(8 * limit, LINE_LIMIT)
            data = self._unread(content, limit, size)
            whole = data.find(b"\n") + 1
        self.more = len(data) >= limit or (0 < whole < len(data) and limit > asked)
        if not whole and (len(data) >= LINE_LIMIT or self._last(content, moment)):
            return data
        if isinstance(content, GzipContent):
            # The last line, if it has no end, is given out by the next call.
            self.more = self.more or 0 < whole < len(data)
        return data[:whole]

    def _last(self, content: AnyContent, moment: float) -> bool:
        """Whether what is left without a line end is all that will come."""
        if isinstance(content, GzipContent):
            return content.complete and not self.more
        return self.position.rotated and moment - self.changed_at >= QUIET_SECONDS

    def _verify(self, content: AnyContent, size: int) -> bool:
        """Is this what was read before? False: not known yet, a compressed file takes its time."""
        position = self.position
        if isinstance(content, PlainContent) and position.offset > size:
            raise Replaced
        head = content.read(0, position.head_length)
        if position.head_length and digest(head) != position.head:
            raise Replaced
        if not position.file_id:
            self._begin(content)
            return True
        start = position.offset - position.edge_length
        if isinstance(content, GzipContent) and not content.skip(start, SKIP_BYTES):
            if content.complete:
                raise Replaced
            return False
        edge = content.read(start, position.edge_length)
        if position.edge_length and digest(edge) != position.edge:
            raise Replaced
        self._head, self._edge, self._verified = head, edge, True
        self._before = None
        self.restored = False
        return True

    def _begin(self, content: AnyContent) -> None:
        offset = self.position.offset
        if isinstance(content, PlainContent):
            offset = offset or data_start(content.fd)
            self._head = content.read(0, min(offset, HEAD_BYTES))
            self._edge = content.read(max(0, offset - EDGE_BYTES), min(offset, EDGE_BYTES))
            self.update(offset=offset)
        self._verified = True

    def _unread(self, content: AnyContent, limit: int, size: int) -> bytes:
        """What follows the position, at most ``limit`` bytes, surely of the same file."""
        offset = self.position.offset
        if isinstance(content, GzipContent):
            return content.read(offset, limit)
        if size < offset:
            raise Replaced
        edge = self._edge
        data = content.read(offset - len(edge), len(edge) + min(limit, size - offset))
        if data[: len(edge)] != edge:
            raise Replaced
        # Only now: had the file been truncated and written anew before the read above, then its
        # beginning would be another by this time.
        if content.read(0, len(self._head)) != self._head:
            raise Replaced
        return data[len(edge) :]

    def _deliver(self, source: str, data: bytes, moment: float) -> Chunk:
        start = self.position.offset
        first_line = self.position.lines + 1
        self._advance(data)
        self._remember(moment)
        position = self.position
        return Chunk(
            source=source,
            file_id=position.file_id,
            path=position.path,
            block=Block(data, first_line=first_line, offset=start, name=position.path),
            start=start,
            end=position.offset,
            checksum=zlib.crc32(data),
        )

    def _remember(self, moment: float) -> None:
        taken_at, mark = self._next_mark
        if mark and moment - taken_at < MARK_SECONDS:
            return
        position = self.position
        latest = Mark(position.offset, position.lines, position.edge_length, position.edge)
        self._next_mark = (moment, latest)
        if mark:
            self.update(mark=mark)

    def _advance(self, data: bytes) -> None:
        position = self.position
        if position.offset <= len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
        self._edge = (self._edge + data[-EDGE_BYTES:])[-EDGE_BYTES:]
        self.update(
            file_id=position.file_id or new_file_id(position.inode, position.device, self._head),
            offset=position.offset + len(data),
            lines=position.lines + data.count(b"\n"),
            head_length=len(self._head),
            head=digest(self._head),
            edge_length=len(self._edge),
            edge=digest(self._edge),
        )


def _state(result: os.stat_result) -> tuple[int, int, int, int]:
    return result.st_dev, result.st_ino, result.st_size, result.st_mtime_ns


def _settled_status(fd: int) -> os.stat_result | None:
    """The file's status while no writer is at work; None if one is and stays so."""
    for _ in range(20):
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.001)
            continue
        try:
            return os.fstat(fd)
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)
    return None
