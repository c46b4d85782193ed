"""By what a file is known again: its inode while it lives, its content wherever it goes.

A rename keeps device and inode. A copy or a compression keeps the content: the digest of its
first bytes (*head*) and of the bytes just before the place read up to (*edge*). Both together
tell apart files that begin with the same banner, because what was last read differs.
"""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from shangdun.lake.collect.content import Content, GzipContent, digest, stated_size
from shangdun.lake.collect.position import FilePosition

HEAD_BYTES = 1024
EDGE_BYTES = 256
QUICK_BYTES = 16 << 20


class Likeness(Enum):
    """What a file's content is to a position."""

    SAME = "it goes on from the position"
    SHORTER = "it ends before the position, or even before its beginning can be compared"
    UNKNOWN = "too little of it can be read yet"
    OTHER = "other content"


def new_file_id(inode: int, device: int, head: bytes) -> str:
    """A name for one generation of a file that also says how to find it again.

    The last part keeps apart two files that have the same inode and beginning one after another.
    """
    return f"{inode:x}.{device:x}.{len(head):x}.{digest(head)}.{os.urandom(4).hex()}"


def recall(file_id: str, path: str, start: int) -> FilePosition:
    """The position that a file's name alone implies; ``ValueError`` for what is no such name."""
    inode, device, length, head, _ = file_id.split(".")
    return FilePosition(
        file_id=file_id,
        path=path,
        real=path,
        device=int(device, 16),
        inode=int(inode, 16),
        offset=start,
        head_length=int(length, 16),
        head=head,
    )


def compare(position: FilePosition, content: Content) -> Likeness:
    """Whether a file holds what was read up to the position."""
    if not position.file_id or not position.head_length:
        return Likeness.OTHER  # nothing was read
    head = content.read(0, position.head_length)
    if len(head) < position.head_length:
        return _too_short(content)
    if digest(head) != position.head:
        return Likeness.OTHER
    if content.compressed and position.offset > QUICK_BYTES:
        # Spares decompressing a large file that was read to its end before it was compressed. Two
        # generations of one log hardly have the same length then.
        stated = stated_size(content.fd)
        if stated in {position.offset % (1 << 32), position.size % (1 << 32)}:
            return Likeness.SAME
    return _compare_edge(position, content)


def _compare_edge(position: FilePosition, content: Content) -> Likeness:
    if not position.offset:
        return Likeness.SAME
    length = position.edge_length or 1
    edge = content.read(position.offset - length, length)
    if len(edge) < length:
        return _too_short(content)
    same = not position.edge_length or digest(edge) == position.edge
    return Likeness.SAME if same else Likeness.OTHER


def _too_short(content: Content) -> Likeness:
    unfinished = isinstance(content, GzipContent) and not content.complete
    return Likeness.UNKNOWN if unfinished else Likeness.SHORTER


def position_at_mark(old: FilePosition, content: Content) -> FilePosition | None:
    """The position at the mark, as of a new file; None if the mark does not fit either.

    It needs a name of its own: the offsets after the mark were those of other lines before.
    """
    mark = old.mark
    if mark is None:
        return None
    edge = content.read(mark.offset - mark.edge_length, mark.edge_length)
    if digest(edge) != mark.edge:
        return None
    head = content.read(0, min(HEAD_BYTES, mark.offset))
    return msgspec.structs.replace(
        old,
        file_id=new_file_id(old.inode, old.device, head),
        offset=mark.offset,
        lines=mark.lines,
        head_length=len(head),
        head=digest(head),
        edge_length=mark.edge_length,
        edge=mark.edge,
        size=mark.offset,
    )
