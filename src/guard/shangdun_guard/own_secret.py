"""The secret of a guard that was given none: made once, kept in its folder, for all workers."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from pathlib import Path

NAME = "secret"
LONG = 32
log = logging.getLogger("shangdun.guard")


def own_secret(folder: Path) -> str:
    """The folder's secret; where none can be kept, one that only this process knows.

    Then a pass that one worker grants is not believed by another, and the log says so.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            _put(path, secrets.token_hex(LONG))
        found = path.read_text("ascii")
        if len(found) >= LONG:
            return found
        problem = "it is too short"
    except (OSError, UnicodeDecodeError) as error:
        problem = str(error)
    log.warning("no secret is kept in %s (%s): workers will not share passes", path, problem)
    return secrets.token_hex(LONG)


def _put(path: Path, text: str) -> None:
    """Whole and once, whoever else begins at the same moment."""
    aside = path.with_name(f".{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
        os.link(aside, path)
    finally:
        os.close(descriptor)
        aside.unlink()
