"""Compiled things on disk, found again by the hash of what they were made from.

A file is a magic line, the SHA-256 of the payload and the payload. Nothing is unpickled: a
payload is msgpack checked against a type, or a Hyperscan database that Hyperscan itself checks.
A file that is damaged, cut short, of another format or of another owner counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shangdun.detect.rule import RuleSet

MAGIC = b"shangdun-cache-1\n"
MAX_BYTES = 512 << 20
KEEP_FILES = 200
"""Oldest first, files beyond these are deleted when a new one is written."""


def default_cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """``$SHANGDUN_HOME/cache``, else ``$XDG_CACHE_HOME/shangdun``, else ``~/.cache/shangdun``."""
    if environ.get("SHANGDUN_HOME"):
        return Path(environ["SHANGDUN_HOME"]).expanduser() / "cache"
    base = environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "shangdun"


class DiskCache:
    """Payloads by name in one folder; every failure to read or write is a miss, never an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """The payload stored under a name, or None."""
        try:
            with (self.folder / name).open("rb") as file:
                status = os.fstat(file.fileno())
                strange = status.st_uid not in {os.geteuid(), 0}
                if strange or status.st_mode & stat.S_IWOTH or status.st_size > MAX_BYTES:
                    return None
                data = file.read()
        except OSError:
            return None
        start = len(MAGIC) + hashlib.sha256().digest_size
        payload = memoryview(data)[start:]
        sound = (
            data.startswith(MAGIC) and hashlib.sha256(payload).digest() == data[len(MAGIC) : start]
        )
        return bytes(payload) if sound else None

    def put(self, name: str, payload: bytes) -> None:
        """Store a payload whole or not at all."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(MAGIC + hashlib.sha256(payload).digest())
                    file.write(payload)
                Path(temporary).replace(self.folder / name)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise
            self._prune()

    def _prune(self) -> None:
        files = [path for path in self.folder.iterdir() if path.suffix in {".rules", ".hsdb"}]
        files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[KEEP_FILES:]:
            path.unlink(missing_ok=True)


def cached_rules(key: str, folder: Path) -> RuleSet | None:
    """A compiled set by its ``RuleSet.key``; None where it is not there or of another layout."""
    data = DiskCache(folder).get(f"{key}.rules")
    if data is None:
        return None
    try:
        ruleset = msgspec.msgpack.decode(data, type=RuleSet)
    except (msgspec.DecodeError, RecursionError):
        return None
    ruleset.cached, ruleset.cache_dir = True, str(folder)
    return ruleset if ruleset.key == key else None
