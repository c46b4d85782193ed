"""``shangdun ledger verify`` on a database that somebody with full access has changed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from shangdun.kernel.ledger import GENESIS, Entry

START = "from shangdun.cli.main import main; main()"

Tamper = Callable[[sqlite3.Connection], None]


def shangdun(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"SHANGDUN_HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", START, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger has 13 rows and a checkpoint of row 11."""
    home = tmp_path_factory.mktemp("home")
    assert shangdun(home, "user", "add", "chen", "--role", "technical_support").returncode == 0
    report = ("incident", "report", "慢", "--type", "system_failure")
    for words in (
        *[(*report, "--description", f"page {n}") for n in range(3)],
        ("incident", "take", "1", "--as", "chen"),
        ("incident", "move", "1", "triaged", "--as", "chen"),
        ("incident", "comment", "1", "查了日志", "--as", "chen"),
        ("incident", "move", "1", "active", "--as", "chen"),
        ("incident", "close", "1", "--verdict", "false_positive", "--note", "ours", "--as", "chen"),
        ("incident", "move", "1", "active", "--note", "again", "--as", "chen"),
        ("incident", "move", "1", "contained", "--as", "chen"),
        ("ledger", "checkpoint"),
        ("incident", "comment", "1", "done"),
    ):
        done = shangdun(home, *words)
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "home")
    return tmp_path / "home"


def tampered(home: Path, tamper: Tamper) -> dict[str, object]:
    with sqlite3.connect(home / "records.sqlite3") as database:
        for trigger in ("ledger_no_update", "ledger_no_delete"):
            database.execute(f"DROP TRIGGER {trigger}")
        tamper(database)
    database.close()
    done = shangdun(home, "ledger", "verify", "--json")
    assert done.returncode == 1, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["holds"] is False
    return verdict


def sql(*statements: str) -> Tamper:
    def run(database: sqlite3.Connection) -> None:
        for statement in statements:
            database.execute(statement)

    return run


ROW = "records_ledgerentry"


def test_an_untouched_ledger_holds(copy: Path) -> None:
    done = shangdun(copy, "ledger", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert (verdict["holds"], verdict["entries"], verdict["checkpoints"]) == (True, 13, 1)
    assert "the ledger holds: 13 rows, 1 checkpoints" in shangdun(copy, "ledger", "verify").stdout


COPIED = "time, action, 'user:9:x', subject_kind, subject_id, payload, previous, hash"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {ROW} SET actor='x'",
        f"DELETE FROM {ROW}",
        f"INSERT OR REPLACE INTO {ROW} SELECT seq, {COPIED} FROM {ROW} WHERE seq=4",
        f"REPLACE INTO {ROW} SELECT seq, {COPIED} FROM {ROW}",
        (
            f"INSERT OR REPLACE INTO {ROW} (rowid, seq, time, action, actor, subject_kind, "
            f"subject_id, payload, previous, hash) SELECT rowid, seq + 99, {COPIED} FROM {ROW} "
            "WHERE seq=4"
        ),
    ],
)
def test_the_database_itself_refuses(copy: Path, statement: str) -> None:
    with (
        sqlite3.connect(copy / "records.sqlite3") as database,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("tamper", "row", "fault"),
    [
        (sql(f"UPDATE {ROW} SET actor='user:9:x' WHERE seq=4"), 4, "edited"),
        (sql(f"UPDATE {ROW} SET payload='{{}}' WHERE seq=6"), 6, "edited"),
        (sql(f"UPDATE {ROW} SET time=time-1 WHERE seq=1"), 1, "edited"),
        (sql(f"UPDATE {ROW} SET time='yesterday' WHERE seq=3"), 3, "edited"),
        (sql(f"UPDATE {ROW} SET hash='' WHERE seq=13"), 13, "edited"),
        (sql(f"DELETE FROM {ROW} WHERE seq=5"), 5, "deleted"),
        (sql(f"DELETE FROM {ROW} WHERE seq IN (2,3,4)"), 2, "deleted"),
        (sql(f"DELETE FROM {ROW} WHERE seq=1"), 1, "deleted"),
        (
            sql(
                f"UPDATE {ROW} SET seq=100 WHERE seq=3",
                f"UPDATE {ROW} SET seq=3 WHERE seq=7",
                f"UPDATE {ROW} SET seq=7 WHERE seq=100",
            ),
            3,
            "reordered",
        ),
        (
            sql(
                f"DELETE FROM {ROW} WHERE seq=5",
                *(f"UPDATE {ROW} SET seq={n - 1} WHERE seq={n}" for n in range(6, 14)),
            ),
            5,
            "reordered",
        ),
        (sql(f"DELETE FROM {ROW} WHERE seq>8"), 9, "truncated"),
        (sql(f"DELETE FROM {ROW}"), 1, "truncated"),
    ],
)
def test_the_first_bad_row_is_named(copy: Path, tamper: Tamper, row: int, fault: str) -> None:
    verdict = tampered(copy, tamper)
    assert (verdict["bad_seq"], verdict["fault"]) == (row, fault)


def test_a_chain_sealed_anew_does_not_fit_its_checkpoint(copy: Path) -> None:
    def reseal(database: sqlite3.Connection) -> None:
        names = Entry.__struct_fields__
        rows = database.execute(f"SELECT {', '.join(names)} FROM {ROW} ORDER BY seq").fetchall()
        previous = GENESIS
        for row in rows:
            entry = Entry(**dict(zip(names, row, strict=True)))
            actor = entry.actor.replace("chen", "li")
            entry = msgspec.structs.replace(entry, actor=actor, previous=previous)
            previous = entry.sealed_hash()
            database.execute(
                f"UPDATE {ROW} SET actor=?, previous=?, hash=? WHERE seq=?",
                (actor, entry.previous, previous, entry.seq),
            )

    verdict = tampered(copy, reseal)
    assert (verdict["bad_seq"], verdict["fault"]) == (11, "rewritten")


def test_a_forged_checkpoint_is_named(copy: Path) -> None:
    path = copy / "ledger" / "checkpoints.jsonl"
    mark = json.loads(path.read_text())
    path.write_text(json.dumps({**mark, "seq": 10}) + "\n")
    done = shangdun(copy, "ledger", "verify", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["fault"] == "checkpoint"
    path.write_text("garbage\n")
    done = shangdun(copy, "ledger", "verify")
    assert done.returncode == 1
    assert "checkpoints.jsonl:1" in done.stderr


def test_copies_kept_elsewhere_show_a_cut_end_that_the_home_hides(
    copy: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(copy / "ledger", kept)
    (copy / "ledger" / "checkpoints.jsonl").unlink()
    with sqlite3.connect(copy / "records.sqlite3") as database:
        database.execute("DROP TRIGGER ledger_no_delete")
        database.execute(f"DELETE FROM {ROW} WHERE seq>8")
    database.close()
    done = shangdun(copy, "ledger", "verify")
    assert done.returncode == 1, "the key tells that there were checkpoints"
    assert "is gone or empty" in done.stdout
    (copy / "ledger" / "key.pub.pem").unlink()
    assert shangdun(copy, "ledger", "verify").returncode == 0
    copies = (
        "--checkpoints",
        str(kept / "checkpoints.jsonl"),
        "--public-key",
        str(kept / "key.pub.pem"),
    )
    done = shangdun(copy, "ledger", "verify", *copies)
    assert done.returncode == 1
    assert done.stdout.startswith("row 9: truncated")


def test_a_table_that_is_gone_is_said_in_a_line(copy: Path) -> None:
    with sqlite3.connect(copy / "records.sqlite3") as database:
        database.execute(f"DROP TABLE {ROW}")
    database.close()
    done = shangdun(copy, "ledger", "verify")
    assert done.returncode == 1
    assert done.stderr.startswith("error: records: the records cannot answer: no such table")
    assert "Traceback" not in done.stderr


def test_an_export_verifies_by_itself(copy: Path, tmp_path: Path) -> None:
    export = tmp_path / "ledger.jsonl"
    assert shangdun(copy, "ledger", "export", "--output", str(export)).returncode == 0
    assert shangdun(copy, "ledger", "verify", "--file", str(export)).returncode == 0
    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join([*lines[:3], lines[4], lines[3], *lines[5:]]))
    done = shangdun(copy, "ledger", "verify", "--file", str(export))
    assert done.returncode == 1
    assert done.stdout.startswith("row 4: reordered")
    export.write_text(lines[0] + "{]\n")
    done = shangdun(copy, "ledger", "verify", "--file", str(export))
    assert f"{export}:2" in done.stderr


def test_keys_are_private(original: Path) -> None:
    assert (original / "ledger" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (original / "ledger" / "key.pub.pem").read_text()


def test_commands_keep_to_the_persons_permissions(copy: Path) -> None:
    assert shangdun(copy, "user", "add", "wang").returncode == 0  # an employee
    for words in (
        ("ledger", "export"),
        ("ledger", "checkpoint"),
        ("user", "list"),
        ("incident", "show", "1"),
    ):
        done = shangdun(copy, *words, "--as", "wang")
        assert done.returncode == 1, words
        assert done.stderr.startswith("error: ")
    listed = shangdun(copy, "incident", "list", "--as", "wang", "--json")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert shangdun(copy, "incident", "list", "--as", "ghost").returncode == 2
    assert shangdun(copy, "incident", "take", "2").returncode == 2


def test_hostile_titles_stay_text_in_a_terminal(copy: Path) -> None:
    title = "\x1b[2J\x1b]0;owned\x07[red]<b>"
    assert shangdun(copy, "incident", "report", title, "--type", "network_attack").returncode == 0
    for words in (("incident", "list"), ("incident", "show", "4")):
        shown = shangdun(copy, *words).stdout
        assert "\x1b" not in shown
        assert "\\x1b" in shown
    record = json.loads(shangdun(copy, "incident", "show", "4", "--json").stdout)
    assert record["title"] == title
