"""Archives that somebody made to harm whoever restores them, or that a fault left half."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangdun.kernel.errors import StoreError
from shangdun.kernel.ledger import chain, sign_checkpoint
from shangdun.records.checkpoints import append_checkpoint, signing_key
from shangdun.runtime.backups import make_backup
from shangdun.runtime.restoring import Restored, place_restored, restore_backup

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
COLUMNS = (
    "seq", "time", "action", "actor", "subject_kind", "subject_id", "payload", "previous", "hash",
)  # fmt: skip


def home_at(folder: Path, rows: int = 3, word: str = "check") -> Path:
    """A home with a signed ledger of so many rows."""
    folder.mkdir()
    (folder / "secret.key").write_bytes(b"secret")
    (folder / "sealing.key").write_bytes(b"k" * 32)
    with closing(sqlite3.connect(folder / "records.sqlite3")) as records:
        records.execute(f"CREATE TABLE records_ledgerentry ({', '.join(COLUMNS)})")
        last = None
        for number in range(rows):
            last = chain(last, time=number, action=word, actor="jobs", subject=("a", "b"),
                         payload={"n": number})  # fmt: skip
            row = [getattr(last, name) for name in COLUMNS]
            records.execute(f"INSERT INTO records_ledgerentry VALUES ({', '.join('?' * 9)})", row)
        records.commit()
    assert last
    mark = sign_checkpoint(rows, last.hash, time=5, key=signing_key(folder))
    append_checkpoint(folder, mark)
    return folder


def archive(path: Path, *members: tuple[tarfile.TarInfo, bytes], **manifest: object) -> Path:
    """An archive with a manifest of the plain files among these, or of what is said instead."""
    hashes = {one.name: hashlib.sha256(data).hexdigest() for one, data in members if one.isreg()}
    told = json.dumps({"made": NOW.isoformat(), "files": hashes} | manifest).encode()
    with tarfile.open(path, "w:gz") as out:
        for info, data in ((plain("manifest.json", told), told), *members):
            out.addfile(info, io.BytesIO(data))
    return path


def plain(name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:  # fmt: skip  # noqa: E501 - one head
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
    return info


def tried(path: Path, tmp_path: Path, home: Path | None = None) -> Restored:
    folder = tmp_path / "out" / "in"
    folder.mkdir(parents=True)
    found = restore_backup(path, folder, lambda: None, home=home)
    written = {one for one in (tmp_path / "out").rglob("*") if not one.is_dir()}
    assert all(one.is_relative_to(folder) and not one.is_symlink() for one in written)
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in written)
    return found


@pytest.mark.parametrize(
    "name",
    ["../secret.key", "/tmp/secret.key", "ledger/../../secret.key", "ledger/.hidden", "evil.py",
     "ledger/a/b", "secret.key\x1b[2J", "records.sqlite3-wal", ""],
)  # fmt: skip
def test_a_name_that_no_backup_has_refuses_all(tmp_path, name):
    path = archive(tmp_path / "b.tar.gz", (plain(name), b"x"))
    found = tried(path, tmp_path)
    assert found.problem.endswith("no backup has such a file")
    assert found.fix


def test_a_file_that_the_manifest_does_not_name_refuses_all(tmp_path):
    path = archive(tmp_path / "b.tar.gz", (plain("shangdun.toml"), b"x"), files={
        "secret.key": hashlib.sha256(b"").hexdigest()})  # fmt: skip
    assert tried(path, tmp_path).problem == "shangdun.toml: the manifest does not name it"


@pytest.mark.parametrize(
    ("kind", "link"),
    [(tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "manifest.json"), (tarfile.CHRTYPE, ""),
     (tarfile.BLKTYPE, ""), (tarfile.FIFOTYPE, ""), (tarfile.DIRTYPE, ""),
     (tarfile.GNUTYPE_SPARSE, "")],
)  # fmt: skip
def test_links_devices_and_folders_are_refused(tmp_path, kind, link):
    named = {"secret.key": hashlib.sha256(b"").hexdigest()}
    path = archive(tmp_path / "b.tar.gz", (plain("secret.key", b"", kind, link), b""), files=named)
    found = tried(path, tmp_path)
    assert found.problem
    assert "whole" not in found.problem
    assert not list((tmp_path / "out" / "in").iterdir())


def test_a_file_twice_does_not_replace_the_one_whose_hash_was_good(tmp_path):
    one = (plain("secret.key"), b"x")
    assert "twice" in tried(archive(tmp_path / "b.tar.gz", one, one), tmp_path).problem


def test_a_file_that_is_missing_is_named(tmp_path):
    hashes = {name: hashlib.sha256(b"x").hexdigest() for name in ("secret.key", "shangdun.toml")}
    path = archive(tmp_path / "b.tar.gz", (plain("secret.key"), b"x"), files=hashes)
    assert tried(path, tmp_path).problem.startswith("shangdun.toml: it is named in the manifest")


@pytest.mark.parametrize(
    "manifest",
    [{"files": {}}, {"files": ["secret.key"]}, {"files": {"secret.key": 7}}, {"files": None},
     {"files": {"secret.key": "A" * 64}}, {"format": "1"}],
)  # fmt: skip
def test_a_manifest_that_is_none(tmp_path, manifest):
    found = tried(archive(tmp_path / "b.tar.gz", (plain("secret.key"), b"x"), **manifest), tmp_path)
    assert found.problem


def test_one_of_a_later_form_is_not_guessed(tmp_path):
    found = tried(archive(tmp_path / "b.tar.gz", (plain("secret.key"), b"x"), format=2), tmp_path)
    assert "its form 2" in found.problem
    assert "version that made it" in found.fix


def test_what_does_not_fit_the_disk_is_refused_before_it_is_written(tmp_path):
    huge = plain("records.sqlite3")
    huge.size = 1 << 50
    named = {"records.sqlite3": "0" * 64}
    told = json.dumps({"files": named}).encode()
    path = tmp_path / "b.tar.gz"
    with gzip.open(path, "wb") as out:
        head = plain("manifest.json", told)
        out.write(head.tobuf(tarfile.GNU_FORMAT) + told.ljust(512 * -(-len(told) // 512), b"\0"))
        out.write(huge.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    began = time.process_time()
    found = tried(path, tmp_path)
    assert "it needs 1,125,899,906,842,624 bytes" in found.problem
    assert "make room" in found.fix
    assert time.process_time() - began < 2


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
@pytest.mark.parametrize("first", [True, False])
def test_a_header_that_unpacks_into_memory_does_not(tmp_path, kind, first):
    """Extended headers are read whole: 64 MB of zeros are 64 kB of an archive."""
    told = json.dumps({"files": {"secret.key": "0" * 64}}).encode()
    bomb = plain("x", b"", kind)
    bomb.size = 64 << 20
    path = tmp_path / "b.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        if not first:
            head = plain("manifest.json", told).tobuf(tarfile.GNU_FORMAT)
            out.write(head + told.ljust(512 * -(-len(told) // 512), b"\0"))
        out.write(bomb.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            out.write(bytes(1 << 20))
    tracemalloc.start()
    found = tried(path, tmp_path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.problem
    assert most < 8 << 20


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_one_that_breaks_off_is_refused(tmp_path, part):
    path = make_backup(home_at(tmp_path / "home"), NOW)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert tried(path, tmp_path).problem


def test_another_ledger_under_the_same_name_is_refused(tmp_path):
    home = home_at(tmp_path / "home")
    other = make_backup(home_at(tmp_path / "other", word="never"), NOW)
    found = tried(other, tmp_path, home)
    assert "another key signed it" in found.problem
    assert "SHANGDUN_HOME" in found.fix


def test_a_rewritten_ledger_without_its_key_is_refused(tmp_path):
    """The chain is good in itself; the checkpoints that were signed tell."""
    home = home_at(tmp_path / "home")
    other = home_at(tmp_path / "other", word="never")
    (other / "records.sqlite3").replace(home / "records.sqlite3")
    found = tried(make_backup(home, NOW), tmp_path)
    assert "the ledger does not hold at row 3" in found.problem
    assert found.problem.startswith("records.sqlite3: ")


def test_a_rewritten_ledger_whose_checkpoints_are_left_out_is_refused(tmp_path):
    home = home_at(tmp_path / "home")
    (home / "ledger" / "checkpoints.jsonl").unlink()
    assert "its checkpoints are gone" in tried(make_backup(home, NOW), tmp_path).problem


def test_a_backup_from_before_the_first_signing_is_good_unless_its_rows_are_others(tmp_path):
    home = home_at(tmp_path / "home")
    (home / "ledger").rename(tmp_path / "later")
    early = make_backup(home, NOW)
    other = home_at(tmp_path / "other", word="never")
    shutil.rmtree(other / "ledger")
    forged = make_backup(other, NOW)
    (tmp_path / "later").rename(home / "ledger")
    assert tried(early, tmp_path, home).problem == ""
    shutil.rmtree(tmp_path / "out")
    assert "the ledger does not hold at row 3" in tried(forged, tmp_path, home).problem


def test_an_older_backup_of_the_same_home_is_good(tmp_path):
    home = home_at(tmp_path / "home")
    path = make_backup(home, NOW)
    key = signing_key(home)
    append_checkpoint(home, sign_checkpoint(9, "f" * 64, time=9, key=key))
    found = tried(path, tmp_path, home)
    assert found.problem == ""
    assert (found.ledger_rows, found.lacks) == (3, ())
    assert (tmp_path / "out" / "in" / "sealing.key").read_bytes() == b"k" * 32


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("CREATE TABLE django_migrations AS SELECT 'records' app, '0999_later' name", "0999_later"),
        ("UPDATE records_ledgerentry SET payload = x'00' WHERE seq = 2", "row 2 of the ledger"),
        ("UPDATE records_ledgerentry SET seq = NULL WHERE seq = 1", "row 1 of the ledger"),
        ("ALTER TABLE records_ledgerentry RENAME TO other", "no ledger"),
    ],
)
def test_records_of_another_make(tmp_path, change, says):
    home = home_at(tmp_path / "home")
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        records.execute(change)
        records.commit()
    found = tried(make_backup(home, NOW), tmp_path)
    assert says in found.problem
    assert found.problem.startswith("records.sqlite3: ")
    assert found.fix


def test_a_ledger_that_is_a_view_without_end_is_not_read(tmp_path):
    home = home_at(tmp_path / "home")
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        records.executescript(
            "DROP TABLE records_ledgerentry; CREATE VIEW records_ledgerentry AS WITH RECURSIVE "
            "n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n) SELECT seq FROM n"
        )
    assert "no ledger" in tried(make_backup(home, NOW), tmp_path).problem


def test_what_follows_the_end_refuses_all(tmp_path):
    path = make_backup(home_at(tmp_path / "home"), NOW)
    path.write_bytes(path.read_bytes() + gzip.compress(b"more"))
    assert "something follows its end" in tried(path, tmp_path).problem


def test_a_checkpoint_signed_while_the_backup_is_made_does_no_harm(tmp_path, monkeypatch):
    """What is packed is a copy: the hash beside it is of the same bytes."""
    home = home_at(tmp_path / "home")
    real = tarfile.TarFile.add

    def sign_and_add(self: tarfile.TarFile, *args: object, **more: object) -> None:
        append_checkpoint(home, sign_checkpoint(4, "0" * 64, time=6, key=signing_key(home)))
        real(self, *args, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(tarfile.TarFile, "add", sign_and_add)
    assert tried(make_backup(home, NOW), tmp_path).problem == ""


def test_into_a_folder_all_or_nothing(tmp_path):
    home = home_at(tmp_path / "home")
    path, to = make_backup(home, NOW), tmp_path / "to"
    path.write_bytes(path.read_bytes()[:-60])
    assert place_restored(path, to, lambda: None, home).problem
    assert not to.exists()
    path = make_backup(home, NOW)
    assert not place_restored(path, to, lambda: None, home).problem
    assert (to / "secret.key").read_bytes() == b"secret"
    assert to.stat().st_mode & 0o777 == 0o700
    with pytest.raises(StoreError, match="no empty folder"):
        place_restored(path, to, lambda: None, home)
    assert not list(tmp_path.glob(".restoring-*"))


KILLED = """
import sys, time
from pathlib import Path
from shangdun.runtime.restoring import place_restored
calls = 0
def slow():
    global calls
    calls += 1
    if calls == 3:
        print("half", flush=True)
        time.sleep(60)
place_restored(Path(sys.argv[1]), Path(sys.argv[2]), slow, Path(sys.argv[3]))
"""


def test_killed_in_the_middle_it_leaves_the_old_home_whole_and_no_new_one(tmp_path):
    home = home_at(tmp_path / "home")
    path = make_backup(home, NOW)
    before = {one: one.read_bytes() for one in home.rglob("*") if one.is_file()}
    command = [sys.executable, "-c", KILLED, str(path), str(tmp_path / "to"), str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half\n"
        os.kill(process.pid, signal.SIGKILL)
    assert {one: one.read_bytes() for one in home.rglob("*") if one.is_file()} == before
    assert not (tmp_path / "to").exists()
