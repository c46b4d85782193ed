"""What the disk says when it cannot take more, and how a write is made to last."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shangdun.kernel.errors import Conflict, StoreError

DISK_FULL = "store.disk_full"
"""Code of the ``StoreError`` that passes by itself once there is room again."""

_FULL = {errno.ENOSPC: "no space left", errno.EDQUOT: "quota used up", errno.EFBIG: "size limit"}
_FULL_TEXTS = ("No space left on device", "Disk quota exceeded", "File too large")


def store_error(error: Exception, where: Path | str) -> StoreError:
    """The same failure as a ``StoreError`` that says what to do; a full disk has its own code."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL or any(text in str(error) for text in _FULL_TEXTS):
        what = _FULL.get(number, "no space left") if number else "no space left"
        return StoreError(
            f"the disk is full ({what})",
            code=DISK_FULL,
            where=str(where),
            fix="free space or move the home directory; writing goes on by itself",
        )
    return StoreError(
        str(error), where=str(where), fix="check that the folder is there and can be written"
    )


def sync_file(path: Path) -> None:
    """Return once a file's bytes are on the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Return once a folder's names are on the disk: a new file's name is not part of the file."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or a crash, meets the old content or the new, never a part.

    Raises ``StoreError``; the old content then stands.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        sync_file(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise store_error(error, path) from error


@contextmanager
def exclusive(path: Path, *, wait: bool, busy: str) -> Iterator[None]:
    """Hold the lock file ``path``; raises ``Conflict`` with ``busy`` when it may not wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Conflict(busy, where=str(path), fix="try again in a minute") from error
        yield
