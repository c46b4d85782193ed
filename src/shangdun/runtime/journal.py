"""What was taken in but is not yet in the lake, bytes included, so that it can be done again.

A batch is journaled and fsynced before anything is done with it. The bytes travel along, not only
their place: between a crash and the restart a log may be rotated, truncated or deleted, and what
was read must not depend on it. Segments are deleted once the lake holds their batches, so the
journal is as large as what ``commit_seconds`` let pile up.

A segment is a run of records: magic, length packed and unpacked, CRC-32 (begun with the unpacked
length), then MessagePack under LZ4. A record whose end is missing was never acted upon and is
dropped.
"""

from __future__ import annotations

import logging
import os
import struct
import zlib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import msgspec
import pyarrow as pa

from shangdun.lake.block import Block, DeadLetter
from shangdun.lake.collect.position import Chunk, Positions
from shangdun.lake.store.disk import store_error, sync_folder

log = logging.getLogger(__name__)

MAGIC = b"SDJ1"
HEADER = struct.Struct("<4sIII")
SUFFIX = ".journal"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A chunk at rest, with the format its source had when it was read."""

    source: str
    format: str
    file_id: str
    path: str
    data: bytes
    first_line: int
    offset: int
    dead: tuple[DeadLetter, ...] = ()

    @classmethod
    def of(cls, chunk: Chunk, format_name: str) -> Piece:
        """A chunk as it is journaled."""
        block = chunk.block
        return cls(
            source=chunk.source,
            format=format_name,
            file_id=chunk.file_id,
            path=chunk.path,
            data=block.data,
            first_line=block.first_line,
            offset=block.offset,
            dead=block.dead,
        )

    def block(self) -> Block:
        """The block as it was read."""
        return Block(self.data, self.first_line, self.offset, self.path, self.dead)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One batch: what was read, when, and how far each source had been read with it."""

    batch: int
    observed: int
    """Milliseconds since the epoch."""
    pieces: tuple[Piece, ...]
    positions: dict[str, Positions]
    """Of the sources that the pieces come from."""
    ended: tuple[str, ...] = ()
    """Sources that had nothing more: what should have come from them by now did not."""

    @property
    def size(self) -> int:
        return sum(len(piece.data) for piece in self.pieces)


class Journal:
    """Append-only segments in a folder; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Entry)
        self._handle = -1
        self._end = 0

    def entries(self) -> Iterator[Entry]:
        """What was journaled and is still there, in order and without a gap."""
        last = 0
        for path in self._segments():
            for entry in self._read(path):
                if last and entry.batch > last + 1:
                    log.error("%s: batches %d to %d are missing", path, last + 1, entry.batch - 1)
                if entry.batch > last:
                    last = entry.batch
                    yield entry

    def append(self, entry: Entry) -> None:
        """Write a batch; returns once it is on the disk.

        Raises ``StoreError``; the batch then counts as not written and may be given again.
        """
        try:
            if self._handle < 0:
                self._open(entry.batch)
            payload = self._encoder.encode(entry)
            packed = pa.compress(payload, codec="lz4", asbytes=True)
            checksum = _checksum(packed, len(payload))
            header = HEADER.pack(MAGIC, len(packed), len(payload), checksum)
            _write_all(self._handle, header + packed)
            os.fdatasync(self._handle)
        except OSError as error:
            self._undo()
            raise store_error(error, self._folder) from error
        self._end += len(header) + len(packed)

    def prune(self, batch: int) -> None:
        """Forget everything up to a batch that the lake has committed."""
        self.close()
        segments = self._segments()
        for path, following in zip_longest(segments, segments[1:]):
            last = _first_batch(following) - 1 if following else _last_batch(self._read(path))
            if last <= batch:
                path.unlink()

    def size(self) -> int:
        """Bytes on the disk."""
        return sum(path.stat().st_size for path in self._segments())

    def close(self) -> None:
        """Close the segment; the next batch begins another."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _open(self, batch: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 0
        while True:
            path = self._folder / f"{batch:020}-{number:04}{SUFFIX}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            try:
                self._handle = os.open(path, flags, 0o600)
            except FileExistsError:  # what a failed write of this batch left behind
                number += 1
                continue
            break
        self._end = 0
        sync_folder(self._folder)

    def _undo(self) -> None:
        """Take a half-written record away; where even that fails, reading drops it."""
        if self._handle < 0:
            return
        try:
            os.ftruncate(self._handle, self._end)
        except OSError:
            log.warning("cannot shorten the journal in %s", self._folder)
        self.close()

    def _read(self, path: Path) -> Iterator[Entry]:
        data = path.read_bytes()
        place = 0
        while place < len(data):
            payload = _payload(data, place)
            if payload is None:
                log.warning("%s: dropped an unfinished batch of %d bytes", path, len(data) - place)
                return
            place += HEADER.size + HEADER.unpack_from(data, place)[1]
            try:
                yield self._decoder.decode(payload)
            except msgspec.MsgspecError:
                log.exception("%s: a batch of another version cannot be read", path)


def _payload(data: bytes, place: int) -> bytes | None:
    if len(data) - place < HEADER.size:
        return None
    magic, packed_length, length, checksum = HEADER.unpack_from(data, place)
    packed = data[place + HEADER.size : place + HEADER.size + packed_length]
    if magic != MAGIC or len(packed) < packed_length or _checksum(packed, length) != checksum:
        return None
    payload: bytes = pa.decompress(packed, decompressed_size=length, codec="lz4", asbytes=True)
    return payload


def _checksum(packed: bytes, length: int) -> int:
    """Over the unpacked length too: a wrong one would unpack to something else, or not at all."""
    return zlib.crc32(packed, length)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _first_batch(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _last_batch(entries: Iterator[Entry]) -> int:
    return max((entry.batch for entry in entries), default=0)
