"""What a file that has just been found has to do with one that is known."""

from __future__ import annotations

import os
from enum import Enum

from shangdun.lake.collect.content import (
    AnyContent,
    GzipContent,
    UnreadableContent,
    open_content,
    stated_size,
)
from shangdun.lake.collect.identity import EDGE_BYTES, Likeness, compare
from shangdun.lake.collect.position import FilePosition


class Relation(Enum):
    """Of a new file to a known one."""

    NONE = "another file"
    RETURNED = "it goes on where the known one, which is gone, was left"
    COPY = "it holds what the known one holds, and no more"
    UNDECIDED = "being written, or the known one is changing; to be asked again"


def relate(content: AnyContent, size: int, position: FilePosition) -> Relation:
    """What new content is to a position; ``size``: that of its file before it was opened."""
    likeness = compare(position, content)
    if likeness is Likeness.OTHER:
        return Relation.NONE
    if likeness is Likeness.UNKNOWN:
        return Relation.UNDECIDED
    if not position.inode:
        return Relation.RETURNED if likeness is Likeness.SAME else Relation.NONE
    try:
        original = open_content(position.path)
    except (OSError, UnreadableContent):
        return Relation.UNDECIDED
    try:
        return _compare_whole(content, size, position, original)
    finally:
        original.close()


def _compare_whole(
    content: AnyContent, size: int, position: FilePosition, original: AnyContent
) -> Relation:
    if compare(position, original) is not Likeness.SAME:
        return Relation.UNDECIDED  # truncated this moment, perhaps: by copytruncate
    # A copy of what only grows is never different anywhere, nor longer.
    if not _begins_like(content, size, original):
        return Relation.NONE
    if isinstance(original, GzipContent):
        end = position.offset if position.finished else -1
    else:
        end = os.fstat(original.fd).st_size
    if end < 0:
        return Relation.UNDECIDED
    longer = bool(content.read(end, 1)) if content.compressed else size > end
    return Relation.NONE if longer else Relation.COPY


def _begins_like(content: AnyContent, size: int, other: AnyContent) -> bool:
    """Whether a file of ``size`` bytes looks like the beginning of another: both ends of it."""
    if content.compressed:
        size = stated_size(content.fd)
    start = max(0, size - EDGE_BYTES)
    return size > 0 and all(
        content.read(at, EDGE_BYTES)[: size - at] == other.read(at, EDGE_BYTES)[: size - at]
        for at in (0, start)
    )
