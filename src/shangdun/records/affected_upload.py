"""Uploaded lists on their way to being read: sealed on the disk, gone when they are read.

A file of frames, each a length and what ``sealing`` makes of 256 KiB; the frame's number and the
upload's token are authenticated, so that frames can neither be swapped nor cut off the front.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path

from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import StoreError
from shangdun.records.sealing import seal, unseal

FRAME = 256 << 10
_LENGTH = struct.Struct("<I")
FOLDER = "affected"


def folder() -> Path:
    """Where uploads wait, for the owner alone."""
    place = home_directory() / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


class Upload:
    """Takes a file as it comes; ``close`` gives its token, ``discard`` leaves nothing."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self.size = 0
        self._digest = hashlib.sha256()
        self._pending = bytearray()
        self._frames = 0
        self._path = _path(self.token)
        self._file = self._path.open("xb")
        self._path.chmod(0o600)

    @property
    def sha256(self) -> str:
        """Of what came so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Take some more; raises ``StoreError`` when the disk is full, leaving nothing behind."""
        self.size += len(piece)
        self._digest.update(piece)
        self._pending += piece
        while len(self._pending) >= FRAME:
            self._frame(bytes(self._pending[:FRAME]))
            del self._pending[:FRAME]

    def close(self) -> str:
        """Everything is here; returns the token."""
        if self._pending:
            self._frame(bytes(self._pending))
            self._pending.clear()
        self._file.close()
        return self.token

    def discard(self) -> None:
        """The upload broke off."""
        self._file.close()
        forget(self.token)

    def _frame(self, piece: bytes) -> None:
        sealed = seal(piece.decode("latin-1"), f"upload:{self.token}:{self._frames}")
        self._frames += 1
        try:
            self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        except OSError as error:
            self.discard()
            raise StoreError(
                "the upload cannot be kept", code="affected.disk", fix="make room on the disk"
            ) from error


def chunks(token: str) -> Iterator[bytes]:
    """What was uploaded, piece by piece. Raises ``StoreError`` where it is gone or cut."""
    try:
        file = _path(token).open("rb")
    except OSError as error:
        raise StoreError(
            "the uploaded file is gone", code="affected.gone", fix="upload it again"
        ) from error
    with file:
        number = 0
        while head := file.read(_LENGTH.size):
            (length,) = _LENGTH.unpack(head.ljust(_LENGTH.size, b"\0"))
            sealed = file.read(length)
            if len(head) < _LENGTH.size or len(sealed) < length:
                raise StoreError(
                    "the uploaded file is cut off", code="affected.gone", fix="upload it again"
                )
            yield unseal(sealed, f"upload:{token}:{number}").encode("latin-1")
            number += 1


def forget(token: str) -> None:
    """Delete an upload; again is harmless."""
    if token:
        _path(token).unlink(missing_ok=True)


def _path(token: str) -> Path:
    if len(token) != 32 or not token.isalnum():
        raise StoreError("there is no such upload", code="affected.gone", fix="upload it again")
    return folder() / token
