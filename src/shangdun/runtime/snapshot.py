"""The watch's memory at a batch: what the detector knew and how far every source was read."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import msgspec

from shangdun.lake.collect.position import Positions
from shangdun.lake.store.disk import replace_file

log = logging.getLogger(__name__)

PREFIX = "state-"
MAGIC = b"shangdun state 2\n"
"""Before the SHA-256 of what follows it: a disk may give back other bytes than it was given."""
DIGEST = hashlib.sha256().digest_size


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """As of the end of ``batch``."""

    batch: int
    detector: bytes
    positions: dict[str, Positions]
    rules: str = ""
    """The rules that the detector evaluates from the next batch on."""


def save_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Write ``state-<batch>``, fsynced; raises ``StoreError``."""
    data = msgspec.msgpack.encode(snapshot)
    path = folder / f"{PREFIX}{snapshot.batch:020}"
    replace_file(path, MAGIC + hashlib.sha256(data).digest() + data)


def load_snapshot(folder: Path, batch: int) -> Snapshot | None:
    """The snapshot of the lake's committed batch, or the newest older one that is whole.

    None at a first start. From an older one the journal leads on: it keeps every batch since the
    snapshot before the last.
    """
    wanted = folder / f"{PREFIX}{batch:020}"
    older = [path for path in _snapshots(folder) if path.name <= wanted.name]
    for path in reversed(older):
        try:
            snapshot = _whole(path.read_bytes())
        except (msgspec.MsgspecError, OSError, ValueError):
            log.exception("%s cannot be read", path)
            continue
        if path != wanted:
            log.error("%s is of no use: going on from batch %d", wanted, snapshot.batch)
        return snapshot
    if batch:
        log.error("no memory of batch %d or before is whole: windows begin empty", batch)
    return None


def _whole(data: bytes) -> Snapshot:
    start = len(MAGIC) + DIGEST
    if (
        not data.startswith(MAGIC)
        or hashlib.sha256(data[start:]).digest() != data[:start][-DIGEST:]
    ):
        raise ValueError("its bytes are not those that were written")
    return msgspec.msgpack.decode(data[start:], type=Snapshot)


def drop_snapshots(folder: Path, committed: int) -> int:
    """Keep the snapshot of the committed batch and the one before it; gives the older's batch.

    The journal must keep what came after that batch, so that the older one can stand in.
    """
    before = [path for path in _snapshots(folder) if path.name < f"{PREFIX}{committed:020}"]
    for path in before[:-1]:
        path.unlink(missing_ok=True)
    return int(before[-1].name.removeprefix(PREFIX)) if before else min(committed, 0)


def _snapshots(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))
