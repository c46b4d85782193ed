"""The bytes of a log file, plain or gzipped, from any place in its content."""

from __future__ import annotations

import os
import stat
import zlib
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

GZIP_MAGIC = b"\x1f\x8b"
FOREIGN_MAGIC = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
}
_STEP = 1 << 20


class UnreadableContent(Exception):
    """The file is there, but its content cannot be had; the message says why."""


class Content(Protocol):
    """An open file. Offsets and lengths count bytes of the (decompressed) content."""

    fd: int
    compressed: bool

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes; fewer only at the present end."""
        ...

    def close(self) -> None: ...


class PlainContent:
    """A file as it is."""

    compressed = False

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def read(self, offset: int, length: int) -> bytes:
        # One system call nearly always: pread of a regular file is short only at its end or
        # past 2 GiB, and then the next poll reads on.
        return os.pread(self.fd, length, offset) if length > 0 else b""

    def close(self) -> None:
        os.close(self.fd)


class GzipContent:
    """A gzip file, possibly of several members, possibly still being written.

    Reading forwards is linear; going back begins again at the file's start. Where the data is
    damaged, what stands before the damage is still read.
    """

    compressed = True

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._restart()

    def _restart(self) -> None:
        self.damage = ""
        self._raw = 0
        self._decoder = zlib.decompressobj(wbits=31)
        self._input = b""
        self._window = bytearray()
        self._start = 0

    @property
    def complete(self) -> bool:
        """Everything was decompressed: the last member has ended, or the rest is damaged."""
        if self.damage:
            return True
        ended = self._decoder.eof and not self._input
        return ended and self._raw >= os.fstat(self.fd).st_size

    @property
    def cut_short(self) -> bool:
        """Everything there is was decompressed, and it ends in the middle of a member."""
        drained = not self._input and self._raw >= os.fstat(self.fd).st_size
        return drained and not self._decoder.eof and not self.damage

    def read(self, offset: int, length: int) -> bytes:
        if offset < self._start:
            self._restart()
        if not self.skip(offset, offset - self._start):
            return b""
        self._fill(length)
        return bytes(self._window[:length])

    def skip(self, offset: int, budget: int) -> bool:
        """Decompress at most ``budget`` bytes towards ``offset``; whether it has been reached."""
        while self._start < offset and budget > 0:
            self._fill(min(offset - self._start, budget, _STEP))
            drop = min(offset - self._start, len(self._window), budget)
            if not drop:
                break
            del self._window[:drop]
            self._start += drop
            budget -= drop
        return self._start >= offset

    def _fill(self, length: int) -> None:
        """Decompress until the window holds ``length`` bytes or the input ends."""
        while len(self._window) < length and not self.damage:
            if not self._input:
                self._input = os.pread(self.fd, _STEP, self._raw)
                self._raw += len(self._input)
            if self._decoder.eof:
                # Some writers pad with zeros, which are no member (RFC 1952, 2.2).
                self._input = self._input.lstrip(b"\0")
                if self._input:
                    self._decoder = zlib.decompressobj(wbits=31)
            if not self._input:
                break
            self._step()

    def _step(self) -> None:
        before = self._decoder.copy()
        try:
            self._window += self._decoder.decompress(self._input, _STEP)
        except zlib.error as error:
            self._salvage(before)
            self.damage = f"the gzip data is damaged: {error}"
            return
        self._input = self._decoder.unconsumed_tail or self._decoder.unused_data

    def _salvage(self, decoder: zlib._Decompress) -> None:
        # An error discards the whole output of its call, so go through the same input in steps.
        for at in range(0, len(self._input), 64):
            try:
                self._window += decoder.decompress(self._input[at : at + 64])
            except zlib.error:
                return

    def close(self) -> None:
        os.close(self.fd)


AnyContent = PlainContent | GzipContent


def open_content(path: str | Path) -> AnyContent:
    """Open a regular file; what it is follows from its first bytes, not from its name.

    Raises ``OSError``, or ``UnreadableContent`` for a compression that is not read.
    """
    # Without O_NONBLOCK, opening a pipe that took the file's place would hang.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    magic = os.pread(fd, 8, 0) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
    for foreign, name in FOREIGN_MAGIC.items():
        if magic.startswith(foreign):
            os.close(fd)
            raise UnreadableContent(f"compressed with {name}: only gzip is read")
    return GzipContent(fd) if magic.startswith(GZIP_MAGIC) else PlainContent(fd)


def digest(data: bytes) -> str:
    """64 bits that recognise a piece of content, as 16 hex digits."""
    return blake2b(data, digest_size=8).hexdigest()


def stated_size(fd: int) -> int:
    """The content's size modulo 2³² as a gzip file ends with it (RFC 1952, ISIZE), or -1."""
    size = os.fstat(fd).st_size
    return int.from_bytes(os.pread(fd, 4, size - 4), "little") if size >= 18 else -1


def data_start(fd: int) -> int:
    """Where a file's data begins behind a leading hole.

    A writer that keeps its place in a file that is truncated under it (opened without O_APPEND)
    leaves a hole as long as everything before, which reads as zeros and means nothing.
    """
    try:
        start = os.lseek(fd, 0, os.SEEK_DATA)
    except OSError:
        return 0  # empty, or a file system without holes
    while start:
        piece = os.pread(fd, _STEP, start)
        rest = piece.lstrip(b"\0")
        start += len(piece) - len(rest)
        if rest or not piece:
            break
    return start
