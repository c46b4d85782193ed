"""Backups of ShangDun's own state: made while it runs, and tried by restoring them.

A backup is one ``.tar.gz`` in ``$SHANGDUN_HOME/backups``: the records (a consistent copy of
SQLite), the ledger's checkpoints and keys, the secret that second factors are sealed with, the
configuration, and ``manifest.json`` with the SHA-256 of each. The lake and the evidence store are
folders of files that never change: they are copied as they are. Records in PostgreSQL are backed up
there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangdun.kernel.errors import StoreError
from shangdun.kernel.ledger import Entry, verify
from shangdun.lake.store.disk import sync_folder

RECORDS = "records.sqlite3"
OTHERS = ("secret.key", "shangdun.toml")
LEDGER = "ledger"
MANIFEST = "manifest.json"
KEPT = 7
EVERY = timedelta(hours=23)
LARGEST_MEMBER = 64 << 30
_FIELDS = (
    "seq", "time", "action", "actor", "subject_kind", "subject_id", "payload", "previous", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """What restoring a backup showed."""

    made: datetime
    files: int
    ledger_rows: int
    problem: str = ""
    """Why it cannot be used; empty: it can."""


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


def restore_backup(path: Path, folder: Path, in_time: Callable[[], None]) -> Restored:
    """Unpack a backup into an empty folder and look whether it can be used; never raises.

    Hashes of all files, SQLite's own check of the records, every row of the ledger against its
    chain. ``in_time`` raises when too much time has passed.
    """
    made = moment_of(path) or datetime.fromtimestamp(0, UTC)
    try:
        _unpack(path, folder, in_time)
        wanted = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        for name, sha256 in wanted.items():
            if _digest(folder / name, in_time) != sha256:
                return Restored(made, len(wanted), 0, f"{name} differs from its hash")
        rows = _records(folder / RECORDS, in_time) if RECORDS in wanted else 0
    except (OSError, EOFError, KeyError, ValueError, tarfile.TarError, sqlite3.Error) as error:
        return Restored(made, 0, 0, str(error) or type(error).__name__)
    except StoreError as error:
        return Restored(made, 0, 0, error.message)
    return Restored(made, len(wanted), rows)


def _members(home: Path, scratch: Path) -> dict[str, Path]:
    found = {name: home / name for name in OTHERS if (home / name).is_file()}
    for path in sorted((home / LEDGER).glob("*")):
        if path.is_file():
            found[f"{LEDGER}/{path.name}"] = path
    if (home / RECORDS).is_file():
        copy = scratch / RECORDS
        source = sqlite3.connect(f"file:{home / RECORDS}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=4096)
        found[RECORDS] = copy
    return found


def _write(file: io.BufferedWriter, members: dict[str, Path], now: datetime) -> None:
    hashes = {name: _digest(path) for name, path in members.items()}
    manifest = json.dumps({"made": now.isoformat(), "files": hashes}, indent=1).encode()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mtime, head.mode = len(manifest), int(now.timestamp()), 0o600
        archive.addfile(head, io.BytesIO(manifest))
        for name, path in members.items():
            archive.add(path, arcname=name, recursive=False)


def _unpack(path: Path, folder: Path, in_time: Callable[[], None]) -> None:
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            in_time()
            if member.size > LARGEST_MEMBER:
                raise ValueError(f"{member.name} is too large")
            archive.extract(member, folder, filter="data")


def _records(path: Path, in_time: Callable[[], None]) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as records:
        told = records.execute("PRAGMA quick_check(1)").fetchone()[0]
        if told != "ok":
            raise ValueError(f"SQLite says: {told}")
        verdict = verify(_entries(records, in_time), [], None)
    if not verdict.holds:
        raise ValueError(f"the ledger does not hold at row {verdict.bad_seq}")
    return verdict.entries


def _entries(records: sqlite3.Connection, in_time: Callable[[], None]) -> Iterator[Entry]:
    columns = ", ".join(_FIELDS)
    rows = records.execute(f"SELECT {columns} FROM records_ledgerentry ORDER BY seq")  # noqa: S608 - our own names
    for number, row in enumerate(rows):
        if number % 1000 == 0:
            in_time()
        yield Entry(**dict(zip(_FIELDS, row, strict=True)))


def _digest(path: Path, in_time: Callable[[], None] = lambda: None) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            in_time()
            digest.update(chunk)
    return digest.hexdigest()
