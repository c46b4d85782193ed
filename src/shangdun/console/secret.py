"""The key that signs sessions, made once and kept in the home directory for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from shangdun.kernel.errors import ConfigError

FILE = "secret.key"
BYTES = 48


def secret_key(home: Path) -> str:
    """The key of this home; written on first use with mode 0600.

    Without a home directory (a tool that only looks at the code) the key lasts for the process.
    Raises ``ConfigError`` when others may read the file.
    """
    path = home / FILE
    if not home.is_dir():
        return secrets.token_urlsafe(BYTES)
    try:
        return _read(path)
    except FileNotFoundError:
        return _write(path)


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            "others may read the key that signs sessions",
            where=str(path),
            fix="chmod 600 it; if somebody may have read it, delete it and everybody signs in anew",
        )
    return path.read_text("ascii").strip()


def _write(path: Path) -> str:
    key = secrets.token_urlsafe(BYTES)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name exists: of two processes that start at once, one key wins.
        os.link(draft, path)
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key
