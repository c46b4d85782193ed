"""The watch's memory at a batch: what the detector knew and how far every source was read."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from shangdun.lake.collect.position import Positions
from shangdun.lake.store.disk import replace_file

log = logging.getLogger(__name__)

PREFIX = "state-"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """As of the end of ``batch``."""

    batch: int
    detector: bytes
    positions: dict[str, Positions]
    rules: str = ""
    """The rules that the detector evaluates from the next batch on."""


def save_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Write ``state-<batch>``, fsynced; raises ``StoreError``."""
    replace_file(folder / f"{PREFIX}{snapshot.batch:020}", msgspec.msgpack.encode(snapshot))


def load_snapshot(folder: Path, batch: int) -> Snapshot | None:
    """The snapshot of the lake's committed batch.

    None at a first start. Where it should be there and is not, the newest older one is taken, for
    reading everything again from the beginning would be worse; the log says what that means.
    """
    wanted = folder / f"{PREFIX}{batch:020}"
    older = [path for path in _snapshots(folder) if path.name <= wanted.name]
    for path in reversed(older):
        try:
            snapshot = msgspec.msgpack.decode(path.read_bytes(), type=Snapshot)
        except (msgspec.MsgspecError, OSError):
            log.exception("%s cannot be read", path)
            continue
        if path != wanted:
            log.error("%s is missing: lines since batch %d are read twice", wanted, snapshot.batch)
        return snapshot
    if batch:
        log.error("%s is missing: sources are read from their beginning", wanted)
    return None


def drop_snapshots(folder: Path, before: int) -> None:
    """Delete the snapshots of batches before the one that the lake has committed."""
    for path in _snapshots(folder):
        if path.name < f"{PREFIX}{before:020}":
            path.unlink(missing_ok=True)


def _snapshots(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))
