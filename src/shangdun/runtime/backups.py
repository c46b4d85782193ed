"""Backups of ShangDun's own state, made while it runs; ``restoring`` tries and unpacks them.

A backup is one ``.tar.gz`` in ``$SHANGDUN_HOME/backups``: the records (a consistent copy of
SQLite), the ledger's checkpoints and keys, the secret that second factors are sealed with, the key
of customers' data, the report link, the configuration, and ``manifest.json`` with the SHA-256 of
each. The lake and the evidence store are folders of files that never change: they are copied as
they are. Records in PostgreSQL are backed up there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangdun.kernel.errors import StoreError
from shangdun.lake.store.disk import sync_folder

RECORDS = "records.sqlite3"
OTHERS = ("secret.key", "sealing.key", "report-link.json", "shangdun.toml")
LEDGER = "ledger"
LEDGER_FILES = ("checkpoints.jsonl", "key.pem", "key.pub.pem")
MANIFEST = "manifest.json"
KEPT = 7
EVERY = timedelta(hours=23)
FORMAT = 1
"""Of the archive; one that a restoring does not know is refused, not guessed."""


def backups_folder(home: Path) -> Path:
    """Where backups lie; a mount of another machine's disk is the best place for it."""
    return home / "backups"


def newest_backup(home: Path) -> Path | None:
    """The last one that was finished."""
    found = sorted(backups_folder(home).glob("shangdun-*.tar.gz"))
    return found[-1] if found else None


def moment_of(path: Path) -> datetime | None:
    """When a backup was made, by its name."""
    try:
        stamp = path.name.removeprefix("shangdun-").removesuffix(".tar.gz")
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def make_backup(home: Path, now: datetime, *, keep: int = KEPT) -> Path:
    """Make one, mode 0600, and take those beyond the last ``keep`` away. Raises ``StoreError``."""
    folder = backups_folder(home)
    path = folder / f"shangdun-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"
    partial = folder / f".{path.name}.new"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
            members = _members(home, Path(scratch))
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                _write(file, members, now)
                file.flush()
                os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(folder)
        for old in sorted(folder.glob("shangdun-*.tar.gz"))[:-keep]:
            old.unlink()
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        partial.unlink(missing_ok=True)
        raise StoreError(
            f"the backup could not be made: {error}", code="backup.made", where=str(folder),
            fix="make room there, and see that it can be written",
        ) from error  # fmt: skip
    return path


def _members(home: Path, scratch: Path) -> dict[str, Path]:
    """Copies of all, so that what changes meanwhile has the hash that is written beside it.

    The checkpoints are copied before the records: none may sign a row that the copy has not.
    """
    found: dict[str, Path] = {}
    (scratch / LEDGER).mkdir()
    ledger = [f"{LEDGER}/{name}" for name in LEDGER_FILES]
    for name in (*ledger, *OTHERS):
        if (home / name).is_file():
            shutil.copyfile(home / name, scratch / name)
            found[name] = scratch / name
    if (home / RECORDS).is_file():
        copy = scratch / RECORDS
        source = sqlite3.connect(f"file:{home / RECORDS}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=4096)
        found[RECORDS] = copy
    return found


def _write(file: io.BufferedWriter, members: dict[str, Path], now: datetime) -> None:
    hashes = {name: _digest(path) for name, path in members.items()}
    manifest = json.dumps(
        {"format": FORMAT, "made": now.isoformat(), "files": hashes}, indent=1
    ).encode()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mtime, head.mode = len(manifest), int(now.timestamp()), 0o600
        archive.addfile(head, io.BytesIO(manifest))
        for name, path in members.items():
            archive.add(path, arcname=name, recursive=False)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
