"""Where the content of evidence lies: by its SHA-256, written whole or not at all, never changed.

``$SHANGDUN_HOME/evidence/ab/cdef…`` (mode 0400) holds each content once. What is being written lies
in ``incoming`` and gets its place by a rename after its bytes are on the disk: whoever is killed in
between leaves nothing that looks like evidence, and ``sweep`` takes the rest away.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import NotFound, StoreError, UsageError
from shangdun.lake.store.disk import sync_folder

CHUNK = 1 << 20
INCOMING = "incoming"
DAMAGED = "damaged"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Stored(NamedTuple):
    """Content that is in its place."""

    sha256: str
    size: int


class Draft:
    """Content on its way in; ``keep`` gives it its place, leaving it forgets it."""

    def __init__(self, home: Path, longest: int) -> None:
        self._home = home
        self._longest = longest
        self._digest = hashlib.sha256()
        self.size = 0
        folder = _folder(home, INCOMING)
        self.path = folder / secrets.token_hex(16)
        with _disk_errors(self.path):
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        # Unbuffered: a full disk is met here, not in a buffer that is flushed when all seems done.
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, chunk: bytes) -> None:
        """Add bytes; raises ``UsageError`` (``evidence.large``) and ``StoreError``."""
        if self.size + len(chunk) > self._longest:
            raise too_large(self._longest)
        with _disk_errors(self.path):
            left = memoryview(chunk)
            while left:
                left = left[self._file.write(left) :]
        self._digest.update(chunk)
        self.size += len(chunk)

    def keep(self) -> Stored:
        """Put it in its place, on the disk when this returns; the same content is there once."""
        with _disk_errors(self.path):
            os.fchmod(self._file.fileno(), 0o400)
            os.fsync(self._file.fileno())
            self._file.close()
            stored = Stored(self._digest.hexdigest(), self.size)
            _place(self._home, self.path, stored)
        return stored

    def drop(self) -> None:
        """Forget it."""
        self._file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def draft(home: Path | None = None, *, longest: int) -> Iterator[Draft]:
    """A draft that is gone afterwards unless it was kept."""
    new = Draft(home or home_directory(), longest)
    try:
        yield new
    finally:
        new.drop()


def put(content: bytes | Path | Iterable[bytes], *, longest: int) -> Stored:
    """Store content from memory, a file or a stream; bounded memory whatever its size."""
    with draft(longest=longest) as new:
        for chunk in _chunks(content):
            new.write(chunk)
        return new.keep()


def open_content(sha256: str) -> BinaryIO:
    """The content for reading. Raises ``NotFound`` when the file is gone."""
    path = place_of(home_directory(), sha256)
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(
            "the content of this evidence is gone", code="evidence.gone", where=str(path),
            fix="look for it in a backup of the evidence folder",
        ) from error  # fmt: skip


def is_there(sha256: str) -> bool:
    """Whether content of that hash has its place."""
    return place_of(home_directory(), sha256).is_file()


def is_intact(sha256: str, size: int) -> bool:
    """Read it all and compare; False also when it is gone."""
    path = place_of(home_directory(), sha256)
    try:
        return path.stat().st_size == size and _digest_of(path) == sha256
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            str(error.strerror), code="evidence.disk", where=str(path), fix="look at the disk"
        ) from error


def discard(sha256: str) -> bool:
    """Take the content away for good; whether it was there."""
    path = place_of(home_directory(), sha256)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    sync_folder(path.parent)
    return True


def sweep(known: Callable[[str], bool], *, before: float) -> int:
    """Remove drafts and content that no record knows, older than ``before`` (seconds); how many.

    Content without a record is what a process left that died between the file and its record.
    """
    root = home_directory() / "evidence"
    removed = 0
    for path in _files(root):
        if path.stat().st_mtime >= before:
            continue
        sha256 = path.parent.name + path.name
        if path.parent.name == INCOMING or not known(sha256):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def place_of(home: Path, sha256: str) -> Path:
    """Where content of that hash lies. Raises ``UsageError`` for what is no hash."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise UsageError("this is no SHA-256", code="evidence.hash", fix="64 hex digits")
    return home / "evidence" / sha256[:2] / sha256[2:]


def room_left() -> int:
    """Free bytes where evidence is kept."""
    return shutil.disk_usage(_folder(home_directory(), INCOMING)).free


def too_large(longest: int) -> UsageError:
    """The error that names the limit."""
    return UsageError(
        f"the file is larger than {longest >> 20} MB", code="evidence.large",
        fix="respond.evidence_megabytes in shangdun.toml sets the limit",
    )  # fmt: skip


def _place(home: Path, path: Path, stored: Stored) -> None:
    place = place_of(home, stored.sha256)
    _folder(home, place.parent.name)
    if place.exists():
        if place.stat().st_size == stored.size and _digest_of(place) == stored.sha256:
            os.utime(place)  # what waited to be swept away is wanted again
            return  # the draft is dropped: this content is here already, and whole
        _set_aside(home, place)
    path.replace(place)
    sync_folder(place.parent)


def _set_aside(home: Path, place: Path) -> None:
    """What was changed behind our back is kept: it shows what somebody did."""
    aside = _folder(home, DAMAGED) / f"{place.parent.name}{place.name}.{secrets.token_hex(4)}"
    place.replace(aside)


def _folder(home: Path, name: str) -> Path:
    folder = home / "evidence" / name
    if not folder.is_dir():
        with _disk_errors(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
    return folder


def _files(root: Path) -> Iterator[Path]:
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.is_dir() and (folder.name == INCOMING or len(folder.name) == 2):
            yield from (path for path in folder.iterdir() if path.is_file())


def _chunks(content: bytes | Path | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    else:
        yield from content


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        raise StoreError(
            "the disk is full" if full else str(error.strerror),
            code="evidence.full" if full else "evidence.disk",
            where=str(path.parent),
            fix="make room, then add it again: nothing was kept of it",
        ) from error
