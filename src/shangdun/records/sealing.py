"""Sealing at rest: customers' data and passwords of channels are stored encrypted.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the context is authenticated, so that a sealed
value moved to another column or row does not open. The key lies in ``$SHANGDUN_HOME/sealing.key``,
for its owner alone: a stolen database or its backup tells nothing without it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import ConfigError

FILE = "sealing.key"
_VERSION = b"\x01"
_NONCE = 12
_KEY = 32


def seal(text: str, context: str) -> bytes:
    """The text, encrypted; ``context`` names the column, and the row where there is one."""
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + _cipher().encrypt(nonce, text.encode(), context.encode())


def unseal(sealed: bytes, context: str) -> str:
    """What was sealed. Raises ``ConfigError`` when the key is another or the bytes were changed."""
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return _cipher().decrypt(nonce, body, context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise ConfigError(
            "what is stored encrypted does not open",
            where=str(home_directory() / FILE),
            fix="put back the key file that belongs to this database",
        ) from error


def blind(text: str, context: str) -> str:
    """A fingerprint under the key, 64 hex digits: equal texts meet without being readable."""
    return hmac.new(_key(), f"{context}\n{text}".encode(), hashlib.sha256).hexdigest()


def _cipher() -> AESGCM:
    return AESGCM(_key())


def _key() -> bytes:
    return _key_of(home_directory())


@lru_cache(maxsize=8)
def _key_of(home: Path) -> bytes:
    path = home / FILE
    try:
        return _read(path)
    except FileNotFoundError:
        return _write(path)


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            "others may read the key that seals customers' data",
            where=str(path),
            fix="chmod 600 it",
        )
    key = path.read_bytes()
    if len(key) != _KEY:
        raise ConfigError(
            "this is no key", where=str(path), fix="put back the key file of this home"
        )
    return key


def _write(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name exists: of two processes that start at once, one key wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)
