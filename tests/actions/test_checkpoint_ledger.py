"""Checkpoints as the jobs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shangdun.actions.change_person import do_set_preferences
from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ledger import Fault, verify
from shangdun.records.actor import JOBS
from shangdun.records.checkpoints import ledger_directory, public_key, read_checkpoints
from shangdun.records.ledger_rows import entries
from shangdun.records.models import User

from .conftest import ledger

pytestmark = pytest.mark.django_db


def test_an_empty_ledger_has_nothing_to_sign(home: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        do_checkpoint_ledger(JOBS, home=home)


def test_what_happened_is_signed_once_and_idle_hours_add_nothing(
    home: Path, responder: User
) -> None:
    do_set_preferences(responder, theme="dark")
    first = do_checkpoint_ledger(JOBS, home=home)
    assert do_checkpoint_ledger(JOBS, home=home) == first
    assert [action for action, _, _ in ledger()] == ["set_preferences", "checkpoint_ledger"]
    do_set_preferences(responder, theme="light")
    second = do_checkpoint_ledger(JOBS, home=home)
    assert (first.seq, second.seq) == (1, 3)
    folder = ledger_directory(home)
    marks = read_checkpoints(folder / "checkpoints.jsonl")
    key = public_key(folder / "key.pub.pem")
    assert marks == [first, second]
    assert verify(entries(), marks, key).holds
    assert verify(list(entries())[:2], marks, key).fault is Fault.TRUNCATED


def test_a_lost_checkpoint_file_is_signed_anew(home: Path, responder: User) -> None:
    do_set_preferences(responder, theme="dark")
    do_checkpoint_ledger(JOBS, home=home)
    (ledger_directory(home) / "checkpoints.jsonl").unlink()
    assert do_checkpoint_ledger(JOBS, home=home).seq == 2
