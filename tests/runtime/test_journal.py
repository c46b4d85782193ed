from __future__ import annotations

import os
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shangdun.kernel.errors import StoreError
from shangdun.lake.block import DeadLetter
from shangdun.lake.collect.position import FilePosition, Positions
from shangdun.runtime.journal import Entry, Journal, Piece
from shangdun.runtime.snapshot import Snapshot, drop_snapshots, load_snapshot, save_snapshot


def entry(batch: int, size: int = 200) -> Entry:
    data = random.Random(batch).randbytes(size)
    place = FilePosition(
        file_id="f", path="/a", real="/a", device=1, inode=2, offset=batch * size, lines=batch
    )
    piece = Piece(
        source="s",
        format="json",
        file_id="f",
        path="/a",
        data=data,
        first_line=batch,
        offset=batch * size,
        dead=(DeadLetter(1, 2, b"\xff", "why"),),
    )
    positions = {"s": Positions(files=(place,), since=7)}
    return Entry(batch=batch, observed=batch * 10, pieces=(piece,), positions=positions)


def batches(folder: Path) -> list[int]:
    return [each.batch for each in Journal(folder).entries()]


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    written = [entry(number) for number in range(1, 6)]
    for each in written:
        journal.append(each)
    assert list(Journal(tmp_path).entries()) == written


@settings(max_examples=50, deadline=None)
@example(cut=9, flip=True)  # the unpacked length
@given(cut=st.integers(min_value=0, max_value=700), flip=st.booleans())
def test_a_torn_or_broken_end_is_dropped(
    tmp_path_factory: pytest.TempPathFactory, cut: int, *, flip: bool
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    ends = []
    for number in (1, 2):
        journal.append(entry(number))
        ends.append(journal.size())
    journal.close()
    (path,) = folder.iterdir()
    data = bytearray(path.read_bytes())
    cut = min(cut, len(data) - 1)
    if flip:
        data[cut] ^= 0xFF
        whole = sum(end <= cut for end in ends)
    else:
        del data[cut:]
        whole = sum(end <= cut for end in ends)
    path.write_bytes(data)
    assert batches(folder) == list(range(1, whole + 1))


def test_pruning_keeps_what_the_lake_does_not_have(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(1, 4):
        journal.append(entry(number))
    journal.prune(2)
    assert batches(tmp_path) == [1, 2, 3]
    for number in range(4, 6):
        journal.append(entry(number))
    journal.prune(3)
    assert batches(tmp_path) == [4, 5]
    journal.prune(5)
    assert list(tmp_path.iterdir()) == []
    journal.append(entry(6))
    assert batches(tmp_path) == [6]


def test_a_batch_that_failed_to_sync_is_written_again_and_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.append(entry(1))

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    for broken in ("fdatasync", "ftruncate"):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", full)
            if broken == "ftruncate":
                patch.setattr(os, "ftruncate", full)
            with pytest.raises(StoreError, match="disk is full") as caught:
                journal.append(entry(2))
        assert caught.value.code == "store.disk_full"
    journal.append(entry(2))
    journal.append(entry(3))
    assert batches(tmp_path) == [1, 2, 3]
    journal.prune(3)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_of_another_version_is_said_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_encoder", msgspec.json.Encoder())
        journal.append(entry(1))
    journal.append(entry(2))
    assert batches(tmp_path) == [2]
    assert "another version" in caplog.text


def test_snapshots(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert load_snapshot(tmp_path, 0) is None
    for batch in (3, 5):
        save_snapshot(tmp_path, Snapshot(batch=batch, detector=b"x", positions={}))
    assert load_snapshot(tmp_path, 3).batch == 3  # type: ignore[union-attr]
    assert load_snapshot(tmp_path, 5).batch == 5  # type: ignore[union-attr]
    assert caplog.text == ""
    assert load_snapshot(tmp_path, 7).batch == 5  # type: ignore[union-attr]
    assert "going on from batch 5" in caplog.text
    save_snapshot(tmp_path, Snapshot(batch=9, detector=b"x", positions={}))
    assert drop_snapshots(tmp_path, 9) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"state-{n:020}" for n in (5, 9)]


def test_a_snapshot_that_cannot_be_read_gives_way_to_an_older_one(tmp_path: Path) -> None:
    save_snapshot(tmp_path, Snapshot(batch=1, detector=b"x", positions={}))
    (tmp_path / f"state-{2:020}").write_bytes(b"\xc1garbage")
    assert load_snapshot(tmp_path, 2).batch == 1  # type: ignore[union-attr]
