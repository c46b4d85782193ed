"""Checkpoints of the ledger and the key that signs them: files outside the database.

``$SHANGDUN_HOME/ledger/`` holds ``key.pem`` (private, mode 0600), ``key.pub.pem`` and
``checkpoints.jsonl``. Copy the last two to where the owner of this machine cannot write, and the
chain cannot be rewritten unseen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shangdun.kernel.errors import LedgerError
from shangdun.kernel.ledger import Checkpoint
from shangdun.lake.store.disk import sync_folder

KEY_FILE = "key.pem"
PUBLIC_FILE = "key.pub.pem"
CHECKPOINT_FILE = "checkpoints.jsonl"


def ledger_directory(home: Path) -> Path:
    return home / "ledger"


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The installation's key; the first call makes it."""
    folder = ledger_directory(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        _create_key(folder)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError("is not an Ed25519 key", where=str(path), fix="restore it from a backup")
    if not (folder / PUBLIC_FILE).exists():
        _write(folder / PUBLIC_FILE, _public_pem(key), 0o644)
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key in a PEM file."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise LedgerError(str(error), where=str(path), fix="name the key.pub.pem file") from error
    if not isinstance(key, Ed25519PublicKey):
        raise LedgerError("is not an Ed25519 key", where=str(path), fix="name the key.pub.pem file")
    return key


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """All checkpoints of a file; a missing file has none. A broken line raises ``LedgerError``.

    A last line without its end is left out: the power failed or the disk was full while it was
    written, and nobody was told that it is there.
    """
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            found.append(msgspec.json.decode(line, type=Checkpoint))
        except msgspec.DecodeError as error:
            raise LedgerError(
                f"is not a checkpoint: {error}",
                where=f"{path}:{number}",
                fix="compare the file with its copy kept elsewhere",
            ) from error
    return found


def signed_but_gone(folder: Path, marks: Sequence[Checkpoint]) -> bool:
    """Whether this installation has signed, as its key tells, and no checkpoint is left of it.

    Whoever cuts the ledger's end and removes the checkpoints with it must not look innocent.
    """
    return not marks and (folder / PUBLIC_FILE).exists()


def append_checkpoint(home: Path, checkpoint: Checkpoint) -> None:
    """Add a line and return when it is on the disk; ``LedgerError`` if not all of it would go."""
    path = ledger_directory(home) / CHECKPOINT_FILE
    line = msgspec.json.encode(checkpoint) + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.ftruncate(handle, _finished_bytes(handle))
        if os.write(handle, line) != len(line):
            raise LedgerError("the disk is full", where=str(path), fix="make room; it signs again")
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


def _finished_bytes(handle: int) -> int:
    """Up to where the file's lines are whole."""
    size = os.fstat(handle).st_size
    return os.pread(handle, size, 0).rfind(b"\n") + 1


def _create_key(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),  # the watch and the jobs sign unattended
    )
    draft = folder / f"{KEY_FILE}.{os.getpid()}"
    _write(draft, private, 0o600)
    try:
        os.link(draft, folder / KEY_FILE)  # atomic: of two processes at once one key wins
    except FileExistsError:
        return
    finally:
        draft.unlink()
    sync_folder(folder)


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
