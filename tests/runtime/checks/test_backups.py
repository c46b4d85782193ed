"""Backups are made, restored and compared; whoever alters one is told."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.config import Config
from shangdun.kernel.errors import StoreError
from shangdun.kernel.ledger import Entry, chain, sign_checkpoint
from shangdun.records.checkpoints import append_checkpoint, signing_key
from shangdun.runtime.backups import make_backup, newest_backup
from shangdun.runtime.checks import Asked, run
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.programme.controls import back_up
from shangdun.runtime.restoring import restore_backup

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FIELDS = ("seq", "time", "action", "actor", "subject_kind", "subject_id", "payload", "previous", "hash")  # fmt: skip  # noqa: E501 - as the table has them


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A home directory with three rows of a ledger, a key and a configuration."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "secret.key").write_bytes(b"secret")
    (tmp_path / "shangdun.toml").write_text("")
    last: Entry | None = None
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as records:
        records.execute(f"CREATE TABLE records_ledgerentry ({', '.join(FIELDS)})")
        for number in range(3):
            last = chain(
                last, time=number, action="check", actor="system:jobs", subject=("a", "b"),
                payload={"n": number},
            )  # fmt: skip
            row = [getattr(last, name) for name in FIELDS]
            records.execute(f"INSERT INTO records_ledgerentry VALUES ({', '.join('?' * 9)})", row)
        records.commit()
    assert last
    mark = sign_checkpoint(3, last.hash, time=5, key=signing_key(tmp_path))
    append_checkpoint(tmp_path, mark)
    return tmp_path


def asked(home: Path, now: datetime = NOW) -> Asked:
    return Asked(home, Config(), now, ZoneInfo("Asia/Shanghai"), AddressGuard())


def no_limit() -> None:
    """As long as it takes."""


def test_a_backup_is_restored_and_every_row_of_the_ledger_verified(installation):
    path = make_backup(installation, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    found = run("backup_own", asked(installation))
    assert found.state is CheckState.PASS
    assert "3 rows" in found.says["en"]
    assert found.facts[0].value == "2026-05-04 20:00"


def test_without_a_backup_or_with_an_old_one_it_fails(installation):
    assert run("backup_own", asked(installation)).state is CheckState.FAIL
    make_backup(installation, NOW)
    late = run("backup_own", asked(installation, NOW + timedelta(days=3)))
    assert late.state is CheckState.FAIL
    assert "72 hours" in late.says["en"]


def test_a_row_that_somebody_altered_shows_in_the_restored_copy(installation):
    with closing(sqlite3.connect(installation / "records.sqlite3")) as records:
        records.execute("UPDATE records_ledgerentry SET actor = 'nobody' WHERE seq = 2")
        records.commit()
    make_backup(installation, NOW)
    found = run("backup_own", asked(installation))
    assert found.state is CheckState.FAIL
    assert "row 2" in found.says["en"]


@pytest.mark.parametrize("keep", [0, 40, 200])
def test_a_backup_that_broke_off_cannot_be_restored(installation, tmp_path_factory, keep):
    path = make_backup(installation, NOW)
    path.write_bytes(path.read_bytes()[:keep])
    tried = restore_backup(path, tmp_path_factory.mktemp("restored"), no_limit)
    assert tried.problem


def test_a_backup_that_takes_too_long_is_given_up(installation, tmp_path):
    def over() -> None:
        raise StoreError("not finished within 0 s", code="control.slow")

    folder = tmp_path / "restored"
    folder.mkdir()
    assert "0 s" in restore_backup(make_backup(installation, NOW), folder, over).problem


def test_the_jobs_make_one_a_day_and_keep_a_week(installation):
    clock = FixedClock(NOW)
    for _ in range(10):
        assert back_up(installation, clock)
        assert back_up(installation, clock) is None
        clock.move(timedelta(days=1))
    kept = sorted((installation / "backups").glob("*"))
    assert len(kept) == 7
    assert newest_backup(installation) == kept[-1]


def shop_backup(home: Path, **changes: object) -> Path:
    folder = home / "backups"
    folder.mkdir(exist_ok=True)
    (folder / "orders.dump").write_bytes(b"orders")
    file = {
        "path": "orders.dump", "size": 6, "sha256": hashlib.sha256(b"orders").hexdigest(),
    }  # fmt: skip
    manifest = {
        "made": (NOW - timedelta(hours=3)).isoformat(),
        "files": [file],
        "restored": (NOW - timedelta(days=30)).isoformat(),
    }
    path = folder / "orders.manifest.json"
    path.write_text(json.dumps(manifest | changes))
    return path


def test_the_shops_backup_is_compared_with_its_manifest(tmp_path):
    assert run("backup_shop", asked(tmp_path)).state is CheckState.UNKNOWN
    shop_backup(tmp_path)
    assert run("backup_shop", asked(tmp_path)).state is CheckState.PASS
    (tmp_path / "backups" / "orders.dump").write_bytes(b"0rders")
    found = run("backup_shop", asked(tmp_path))
    assert found.state is CheckState.FAIL
    assert "orders.dump was changed" in found.says["en"]


@pytest.mark.parametrize(
    ("name", "changes", "says"),
    [
        ("old", {"made": "2026-05-01T00:00:00+00:00"}, "made 2026-05-01"),
        ("of the future", {"made": "2027-05-01T00:00:00+00:00"}, "made 2027"),
        ("never restored", {"restored": None}, "not restored"),
        ("no file", {"files": []}, "no file"),
        ("elsewhere", {"files": [{"path": "/etc/hostname", "size": 1, "sha256": ""}]}, "not in"),
        ("upwards", {"files": [{"path": "../secret.key", "size": 1, "sha256": ""}]}, "not in"),
        ("no moment", {"made": "yesterday"}, "yesterday"),
    ],
)
def test_a_manifest_that_does_not_hold(tmp_path, name, changes, says):
    shop_backup(tmp_path, **changes)
    found = run("backup_shop", asked(tmp_path))
    assert found.state is CheckState.FAIL, name
    assert says in found.says["en"], name
