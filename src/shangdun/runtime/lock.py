"""One process of a kind for each home directory; the kernel forgets the lock with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shangdun.kernel.errors import Conflict, StoreError


@contextmanager
def only_one(home: Path, role: str) -> Iterator[None]:
    """Be the home directory's only ``role``; raises ``Conflict`` naming the process that is it."""
    path = home / "run" / f"{role}.lock"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            error.strerror or str(error),
            where=str(path),
            fix="set SHANGDUN_HOME to a folder that you may write",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise Conflict(
                f"another `shangdun {role}` runs on this home directory (pid {holder})",
                code="conflict.running",
                where=str(home),
                fix="stop it first, or set SHANGDUN_HOME to another folder",
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
