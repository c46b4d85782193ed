"""What the database refuses, what is made safe for it, and how it is configured."""

from __future__ import annotations

import importlib.util
import math
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.config import RecordsConfig, RespondConfig
from shangdun.kernel.errors import ConfigError, LedgerError
from shangdun.kernel.ledger import Checkpoint, signature_holds
from shangdun.records.checkpoints import (
    append_checkpoint,
    ledger_directory,
    public_key,
    read_checkpoints,
    signing_key,
)
from shangdun.records.database import databases
from shangdun.records.grouping_policy import policy_from
from shangdun.records.models import LedgerEntry
from shangdun.records.stored_text import clean_json, clean_raw, clean_text, clean_value


def row(seq: int = 1) -> LedgerEntry:
    return LedgerEntry.objects.create(
        seq=seq,
        time=1,
        action="a",
        actor="b",
        subject_kind="c",
        subject_id="d",
        payload="{}",
        previous="",
        hash="",
    )


@pytest.mark.django_db
def test_the_orm_has_no_way_to_change_the_ledger() -> None:
    entry = row()
    with pytest.raises(TypeError):
        LedgerEntry.objects.update(actor="x")
    with pytest.raises(TypeError):
        LedgerEntry.objects.all().delete()
    with pytest.raises(TypeError):
        entry.delete()
    entry.actor = "x"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE records_ledgerentry SET actor='x'", "DELETE FROM records_ledgerentry"]
)
def test_the_database_refuses_plain_sql_too(statement: str) -> None:
    row()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert LedgerEntry.objects.get().actor == "b"


@pytest.mark.django_db
def test_a_number_is_given_once() -> None:
    row(5)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(5)


@pytest.mark.django_db
def test_the_migrations_are_what_the_models_say() -> None:
    call_command("makemigrations", "records", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_sqlite_waits_for_others_and_commits_to_the_disk() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("pragmas are SQLite's")
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 20_000,
        "foreign_keys": 1,
    }
    assert connection.transaction_mode == "IMMEDIATE"


HOSTILE = st.text(st.characters(codec=None, categories=None), max_size=400)


@given(HOSTILE)
def test_any_text_becomes_storable_and_plain_text_stays(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert "\x00" not in clean
    assert clean_text(clean) == clean
    assert len(clean_value(text)) <= 200
    if text.isprintable():
        assert clean == text


def test_long_values_stay_apart_and_long_lines_are_cut() -> None:
    assert clean_value("a" * 200) == "a" * 200
    assert clean_value("a" * 300) != clean_value("a" * 301)
    assert len(clean_raw("x" * 100_000)) == 8193


def test_json_that_no_database_takes() -> None:
    deep: object = 1
    for _ in range(1000):
        deep = [deep]
    cleaned = clean_json({"a": math.nan, "b": b"\x00", "\x00": [1.5, None, True], "deep": deep})
    assert isinstance(cleaned, dict)
    assert (cleaned["a"], cleaned["\\x00"]) == ("nan", [1.5, None, True])


def test_postgres_is_configured_by_a_connection_string(tmp_path: Path) -> None:
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: an extra")
    text = "host=/run/pg port=5433 dbname=shop user=sd password='a b' sslmode=require"
    database = databases(tmp_path, RecordsConfig(postgres=text))["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("/run/pg", "5433", "shop")
    assert (database["USER"], database["PASSWORD"]) == ("sd", "a b")
    assert database["OPTIONS"] == {"sslmode": "require"}
    url = databases(tmp_path, RecordsConfig(postgres="postgresql://sd@db:5432/shop"))["default"]
    assert (url["HOST"], url["NAME"]) == ("db", "shop")
    with pytest.raises(ConfigError, match=r"records\.postgres"):
        databases(tmp_path, RecordsConfig(postgres="nonsense here"))
    assert databases(tmp_path, RecordsConfig())["default"]["NAME"] == str(
        tmp_path / "records.sqlite3"
    )


def test_the_key_is_made_once_and_checkpoints_add_up(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert signing_key(tmp_path).private_bytes_raw() == key.private_bytes_raw()
    stored = public_key(ledger_directory(tmp_path) / "key.pub.pem")
    assert stored.public_bytes_raw() == key.public_key().public_bytes_raw()
    marks = [Checkpoint(seq=n, hash="ab", time=1, key_id="k", signature="00") for n in (1, 2)]
    for mark in marks:
        append_checkpoint(tmp_path, mark)
    path = ledger_directory(tmp_path) / "checkpoints.jsonl"
    assert read_checkpoints(path) == marks
    assert not signature_holds(marks[0], stored)
    assert read_checkpoints(tmp_path / "none") == []
    with pytest.raises(LedgerError):
        public_key(path)


def test_the_shop_says_what_many_share() -> None:
    noise = policy_from(
        RespondConfig(shared_values=["loadtest"], shared_networks=["203.0.113.0/24"])
    ).noise
    assert "loadtest" in noise.values
    assert [str(network) for network in noise.networks] == ["203.0.113.0/24"]
    assert len(policy_from(RespondConfig()).noise.networks) == 5
    with pytest.raises(ConfigError, match="shared_networks"):
        policy_from(RespondConfig(shared_networks=["office"]))


def test_a_checkpoint_cut_by_a_power_failure_ends_nothing(tmp_path: Path) -> None:
    signing_key(tmp_path)
    marks = [Checkpoint(seq=n, hash="ab", time=1, key_id="k", signature="00") for n in (1, 2)]
    for mark in marks:
        append_checkpoint(tmp_path, mark)
    path = ledger_directory(tmp_path) / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    assert read_checkpoints(path) == marks[:1]
    append_checkpoint(tmp_path, marks[1])
    assert read_checkpoints(path) == marks
    assert path.read_bytes().count(b"\n") == 2
    path.write_bytes(path.read_bytes().replace(b'"seq":1', b'"seq":x'))
    with pytest.raises(LedgerError, match="is not a checkpoint"):
        read_checkpoints(path)


def test_a_checkpoint_that_a_full_disk_cuts_is_not_called_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing_key(tmp_path)
    mark = Checkpoint(seq=1, hash="ab", time=1, key_id="k", signature="00")
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
    with pytest.raises(LedgerError, match="disk is full"):
        append_checkpoint(tmp_path, mark)
    monkeypatch.undo()
    path = ledger_directory(tmp_path) / "checkpoints.jsonl"
    assert read_checkpoints(path) == []
    append_checkpoint(tmp_path, mark)
    assert read_checkpoints(path) == [mark]
