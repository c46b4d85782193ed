"""Restoring a backup: an archive is somebody's word until everything in it was looked at.

Nothing is unpacked by the archive's own account. Only names that a backup has are written, as plain
files of mode 0600 made by us, into a folder of ours; links, devices, absolute names and whatever
the manifest does not name refuse the whole. How much is written is bounded by the room there is,
and how much the headers may ask for by a budget.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from shangdun.kernel.errors import LedgerError, ShangdunError, StoreError
from shangdun.kernel.ledger import Checkpoint, Entry, Verification, key_id, verify
from shangdun.lake.store.disk import sync_folder
from shangdun.runtime.backups import FORMAT, LEDGER, MANIFEST, OTHERS, RECORDS, moment_of

LARGEST_MANIFEST = 1 << 20
HEADERS = 1 << 18
"""Bytes that the headers between two files may take: names and times need a few hundred."""
SPARE = 64 << 20
"""Bytes that stay free where it is unpacked."""
CHUNK = 1 << 20
LONGEST_ROW = 64 << 20
_KNOWN = re.compile(rf"(?:{LEDGER}/)?[A-Za-z0-9][A-Za-z0-9._-]{{0,99}}")
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = (
    "seq", "time", "action", "actor", "subject_kind", "subject_id", "payload", "previous", "hash",
)  # fmt: skip
AGAIN = "take another backup: this archive was damaged, or changed"


@dataclass(frozen=True)
class Restored:
    """What restoring a backup showed."""

    made: datetime
    files: int
    ledger_rows: int
    problem: str = ""
    """Why it cannot be used, with the place; empty: it can."""
    fix: str = ""
    lacks: tuple[str, ...] = ()
    """Files that a home may have and this backup has not."""
    key: str = ""
    """The key that signed its ledger, by its id."""


class _Whole(NamedTuple):
    files: dict[str, str]
    rows: int
    key: str


def restore_backup(
    path: Path, folder: Path, in_time: Callable[[], None], *, home: Path | None = None
) -> Restored:
    """Unpack a backup into an empty folder and look whether it can be used; never raises.

    Hashes of all files, SQLite's own check of the records, every row of the ledger against its
    chain and its signed checkpoints; where ``home`` has signed a ledger of its own, the backup's
    must be the same one. ``in_time`` raises when too much time has passed. What it wrote stays in
    the folder, also where there is a problem: the caller throws it away.
    """
    made = moment_of(path) or datetime.fromtimestamp(0, UTC)
    try:
        whole = _restored(path, folder, in_time, home)
    except ShangdunError as error:
        place = f"{error.where}: ".replace(f"{folder}/", "") if error.where else ""
        return Restored(made, 0, 0, f"{place}{error.message}", error.fix or AGAIN)
    except (OSError, EOFError, ValueError, zlib.error, tarfile.TarError, sqlite3.Error) as error:
        said = str(error) or type(error).__name__
        return Restored(made, 0, 0, f"{path.name}: {said}", AGAIN)
    lacks = tuple(name for name in (RECORDS, "sealing.key") if name not in whole.files)
    return Restored(made, len(whole.files), whole.rows, lacks=lacks, key=whole.key)


def place_restored(path: Path, to: Path, in_time: Callable[[], None], home: Path) -> Restored:
    """Restore into a folder that is not there, or empty: it has everything, or nothing at all.

    What is unpacked lies beside it until it was found whole; a process that is killed leaves
    ``.restoring-…`` there, which nothing takes for a home.
    """
    to = to.resolve()
    if to.is_mount() or (to.exists() and (not to.is_dir() or any(to.iterdir()))):
        raise StoreError(
            "this is no empty folder, or a mount", code="backup.to", where=str(to),
            fix="name a folder that is not there yet",
        )  # fmt: skip
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = to.parent / f".restoring-{to.name}-{os.getpid()}"
    draft.mkdir(mode=0o700)
    try:
        tried = restore_backup(path, draft, in_time, home=home)
        if not tried.problem:
            draft.rename(to)
            sync_folder(to.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return tried


def _restored(path: Path, folder: Path, in_time: Callable[[], None], home: Path | None) -> _Whole:
    wanted = _unpack(path, folder, in_time)
    marks, key = _signed(folder)
    verdict = Verification(entries=0, head="", checkpoints=0)
    if RECORDS in wanted:
        verdict = _records(folder / RECORDS, in_time, marks, _same_ledger(folder, home))
    return _Whole(wanted, verdict.entries, key)


class _Bounded:
    """A gzip stream of which the headers may read no more than a budget, however much they ask."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self.left = HEADERS

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self.left:
            raise _refused("its headers ask for more than those of a backup", "")
        self.left -= size
        return self._stream.read(size)

    def seek(self, position: int) -> int:
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()


def _unpack(path: Path, folder: Path, in_time: Callable[[], None]) -> dict[str, str]:
    """Write what the manifest names; gives its names and hashes."""
    with gzip.open(path) as stream:
        bounded = _Bounded(stream)
        # It reads, seeks and tells, which is all that reading an archive asks for.
        archive = tarfile.open(fileobj=bounded, mode="r:", errorlevel=2)  # type: ignore[call-overload]  # noqa: SIM115 - the stream is closed
        wanted = _manifest(archive.next(), bounded)
        found: set[str] = set()
        while True:
            bounded.left = HEADERS
            if (member := archive.next()) is None:
                break
            in_time()
            _check_member(member, wanted, found, folder)
            found.add(member.name)
            if _write(member, bounded, folder / member.name, in_time) != wanted[member.name]:
                raise _refused("it differs from its hash", member.name)
        if stream.read(HEADERS).strip(b"\0") or stream.read(1):
            raise _refused("something follows its end", path.name)
    if missing := sorted(wanted.keys() - found):
        raise _refused("it is named in the manifest and not there", missing[0])
    return wanted


def _manifest(member: tarfile.TarInfo | None, bounded: _Bounded) -> dict[str, str]:
    if member is None or member.name != MANIFEST or member.type not in _PLAIN:
        raise _refused("the first file of a backup is its manifest", MANIFEST)
    if member.size > LARGEST_MANIFEST:
        raise _refused("it is too large", MANIFEST)
    bounded.left = member.size
    bounded.seek(member.offset_data)
    try:
        told = json.loads(bounded.read(member.size))
        wanted, form = told["files"], told.get("format", FORMAT)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused("it cannot be read", MANIFEST) from error
    if type(form) is not int or form > FORMAT:
        raise StoreError(
            f"its form {str(form)[:20]} is not known to this version", code="backup.format",
            where=MANIFEST, fix="restore it with the version that made it",
        )  # fmt: skip
    if not isinstance(wanted, dict) or not wanted:
        raise _refused("it names no files", MANIFEST)
    for name, sha256 in wanted.items():
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            raise _refused("its hash is none", name)
        if not _KNOWN.fullmatch(name) or ("/" not in name and name not in (RECORDS, *OTHERS)):
            raise _refused("no backup has such a file", name)
    return wanted


def _check_member(
    member: tarfile.TarInfo, wanted: dict[str, str], found: set[str], folder: Path
) -> None:
    if member.name not in wanted:
        raise _refused("the manifest does not name it", member.name)
    if member.type not in _PLAIN or member.linkname:
        raise _refused("it is a link, a device or a folder, not a file", member.name)
    if member.name in found:
        raise _refused("it is there twice", member.name)
    if member.size > shutil.disk_usage(folder).free - SPARE:
        raise StoreError(
            f"it needs {member.size:,} bytes", code="backup.room", where=member.name[:200],
            fix=f"make room under {folder}, or restore into another place (--to, TMPDIR)",
        )  # fmt: skip


def _write(
    member: tarfile.TarInfo, bounded: _Bounded, path: Path, in_time: Callable[[], None]
) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest, left = hashlib.sha256(), member.size
    bounded.left = member.size
    bounded.seek(member.offset_data)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        while left:
            in_time()
            chunk = bounded.read(min(CHUNK, left))
            if not chunk:
                raise _refused("the archive ends within it", member.name)
            file.write(chunk)
            digest.update(chunk)
            left -= len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _signed(folder: Path) -> tuple[list[Checkpoint], str]:
    """The backup's checkpoints, every signature good, and the id of their key."""
    from shangdun.records import checkpoints  # noqa: PLC0415  a package of the records

    place = folder / LEDGER
    marks = checkpoints.read_checkpoints(place / checkpoints.CHECKPOINT_FILE)
    if checkpoints.signed_but_gone(place, marks) and (folder / RECORDS).exists():
        # A home that was never signed has no key; one signed for minutes has a first checkpoint.
        raise _refused("its checkpoints are gone", f"{LEDGER}/{checkpoints.CHECKPOINT_FILE}")
    if not marks:
        return [], ""
    key = checkpoints.public_key(place / checkpoints.PUBLIC_FILE)
    verdict = verify((), marks, key)
    if verdict.fault == "checkpoint":
        raise _refused(f"the signature of row {verdict.bad_seq} is not good", LEDGER)
    return marks, key_id(key)


def _same_ledger(folder: Path, home: Path | None) -> list[Checkpoint]:
    """What this home signed itself: a backup of it has the very rows. None: it signed nothing."""
    from shangdun.records import checkpoints  # noqa: PLC0415  as above

    if home is None:
        return []
    own = checkpoints.ledger_directory(home)
    marks = checkpoints.read_checkpoints(own / checkpoints.CHECKPOINT_FILE)
    if not marks:
        return []
    theirs = folder / LEDGER / checkpoints.PUBLIC_FILE
    if not (folder / LEDGER).exists():
        return marks  # made before anything was signed: its rows may be fewer, and no others
    ours = checkpoints.public_key(own / checkpoints.PUBLIC_FILE)
    if not theirs.exists() or key_id(checkpoints.public_key(theirs)) != key_id(ours):
        raise LedgerError(
            "it is not this installation's ledger: another key signed it", code="backup.other",
            where=f"{LEDGER}/{checkpoints.PUBLIC_FILE}",
            fix="for another installation's backup let SHANGDUN_HOME name an empty folder",
        )  # fmt: skip
    return marks


def _records(
    path: Path, in_time: Callable[[], None], marks: list[Checkpoint], own: list[Checkpoint]
) -> Verification:
    def too_long() -> int:
        try:
            in_time()
        except ShangdunError:
            return 1
        return 0

    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as records:
        records.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_ROW)
        records.set_progress_handler(too_long, 100_000)
        records.execute("PRAGMA trusted_schema = OFF")
        try:
            told = records.execute("PRAGMA quick_check(1)").fetchone()[0]
            if told != "ok":
                raise _refused(f"SQLite says: {str(told)[:200]}", RECORDS)
            _known_version(records)
            last = records.execute("SELECT max(seq) FROM records_ledgerentry").fetchone()[0] or 0
            before = [mark for mark in own if type(last) is int and mark.seq <= last]
            verdict = verify(_entries(records, in_time), [*marks, *before], None)
        except sqlite3.Error:
            in_time()  # it was stopped because it took too long: that is what is told
            raise
    if not verdict.holds:
        detail = f"the ledger does not hold at row {verdict.bad_seq}: {verdict.detail}"
        raise _refused(detail, RECORDS)
    return verdict


def _known_version(records: sqlite3.Connection) -> None:
    """Refuse records of a later version, and a ledger that is no table."""
    names = dict(records.execute("SELECT name, type FROM sqlite_master").fetchall())
    if names.get("records_ledgerentry") != "table":
        raise _refused("there is no ledger in it", RECORDS)
    if names.get("django_migrations") != "table":
        return
    known = {path.name.removesuffix(".py") for path in _migrations()}
    applied = records.execute("SELECT name FROM django_migrations WHERE app = 'records'")
    if later := sorted({str(name) for (name,) in applied} - known):
        raise StoreError(
            f"a later version wrote it ({later[-1][:60]})", code="backup.version", where=RECORDS,
            fix="install the version that made the backup, or a later one",
        )  # fmt: skip


def _migrations() -> list[Any]:
    return [*(files("shangdun.records") / "migrations").iterdir()]


def _entries(records: sqlite3.Connection, in_time: Callable[[], None]) -> Iterator[Entry]:
    columns = ", ".join(_FIELDS)
    rows = records.execute(f"SELECT {columns} FROM records_ledgerentry ORDER BY seq")  # noqa: S608 - our own names
    for number, row in enumerate(rows):
        if number % 1000 == 0:
            in_time()
        if [type(value) for value in row] != [int, int, *[str] * 7]:
            raise _refused(f"row {number + 1} of the ledger is none", RECORDS)
        yield Entry(**dict(zip(_FIELDS, row, strict=True)))


def _refused(what: str, where: str) -> StoreError:
    return StoreError(what, code="backup.refused", where=where[:200], fix=AGAIN)
