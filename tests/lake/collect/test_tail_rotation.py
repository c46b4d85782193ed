"""What rotation does to files, step by step: every line once."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from shangdun.lake.collect import register


def sibling(log: Path, suffix: str) -> Path:
    return log.with_name(log.name + suffix)


def lines_of(name: bytes, count: int) -> list[bytes]:
    return [b"%s line %d %s" % (name, number, b"." * 60) for number in range(count)]


def compress(source: Path, target: Path | None = None) -> Path:
    """As gzip and logrotate do: the time stays, the source goes once the target is whole."""
    target = target or sibling(source, ".gz")
    status = source.stat()
    target.write_bytes(gzip.compress(source.read_bytes()))
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    source.unlink()
    return target


def copytruncate(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    os.truncate(source, 0)


@pytest.fixture(params=["the live file", "the family"])
def glob(request, log) -> str:
    """Both ways to name a log must lead to the same lines once it is followed."""
    return str(log) if request.param == "the live file" else f"{log}*"


def test_a_renamed_file_is_followed_to_its_end(log, glob, reader_of, append):
    expected = append(log, *lines_of(b"a", 5))
    reader = reader_of(glob)
    reader.read()
    expected += append(log, b"just before")
    log.rename(sibling(log, ".1"))
    expected += append(sibling(log, ".1"), b"by a worker that has not reopened")
    expected += append(log, b"new")
    reader.read()
    expected += append(sibling(log, ".1"), b"and again")
    expected += append(log, b"newer")
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_file_renamed_while_nobody_looked(log, glob, reader_of, append):
    expected = append(log, *lines_of(b"a", 5))
    reader = reader_of(glob)
    reader.read()
    reader.restart()
    expected += append(log, b"unread")
    log.rename(sibling(log, ".1"))
    expected += append(log, b"new")
    reader.read()
    reader.assert_exactly_once(expected)


@pytest.mark.parametrize("size", [3, 2000])
def test_what_was_unread_before_a_copytruncate_is_found_in_the_copy(
    log, glob, reader_of, append, size
):
    expected = append(log, *lines_of(b"a", size))
    reader = reader_of(glob)
    reader.read()
    expected += append(log, b"unread 1", b"unread 2")
    copytruncate(log, sibling(log, ".1"))
    expected += append(log, b"new")
    reader.read()
    expected += append(log, b"newer")
    reader.restart()
    reader.read()
    reader.assert_exactly_once(expected)
    assert reader.tail.take_losses() == []


@pytest.mark.parametrize("size", [3, 2000])
def test_a_copy_that_is_seen_before_the_truncation_is_not_read_twice(log, reader_of, append, size):
    expected = append(log, *lines_of(b"a", size))
    reader = reader_of(f"{log}*")
    reader.read()
    data = log.read_bytes()
    copy = sibling(log, ".1")
    for part in (data[: len(data) // 2], data):
        copy.write_bytes(part)
        reader.read(2)
    expected += append(log, b"unread")
    shutil.copyfile(log, copy)
    reader.read(2)
    os.truncate(log, 0)
    expected += append(log, b"new")
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_file_truncated_and_grown_past_the_old_place_between_two_polls(
    log, glob, reader_of, append
):
    expected = append(log, *lines_of(b"a", 5))
    reader = reader_of(glob)
    reader.read()
    expected += append(log, b"unread")
    copytruncate(log, sibling(log, ".1"))
    expected += append(log, *lines_of(b"b", 500))
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_copytruncate_while_nobody_looked(log, glob, reader_of, append):
    expected = append(log, *lines_of(b"a", 5))
    reader = reader_of(glob)
    reader.read()
    reader.restart()
    expected += append(log, b"unread")
    copytruncate(log, sibling(log, ".1"))
    expected += append(log, *lines_of(b"b", 50))
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_truncation_without_a_copy_loses_nothing_that_was_read(log, reader_of, append):
    expected = append(log, *lines_of(b"a", 5))
    reader = reader_of(log)
    reader.read()
    os.truncate(log, 0)
    expected += append(log, b"new")
    reader.read(100)
    reader.assert_exactly_once(expected)
    assert reader.tail.take_losses() == []


def test_a_read_file_is_not_read_again_when_compressed(log, glob, reader_of, append):
    expected = append(log, *lines_of(b"a", 3000))
    reader = reader_of(glob)
    reader.read()
    log.rename(sibling(log, ".1"))
    expected += append(log, b"new")
    reader.read()
    compress(sibling(log, ".1"), sibling(log, ".2.gz"))
    reader.read()
    sibling(log, ".2.gz").rename(sibling(log, ".3.gz"))
    reader.restart()
    reader.read(100)
    reader.assert_exactly_once(expected)
    assert reader.tail.take_losses() == []


@pytest.mark.parametrize("unread", [1, 80_000])
def test_the_unread_rest_of_a_compressed_file_is_caught_up(log, glob, reader_of, append, unread):
    expected = append(log, *lines_of(b"a", 100_000))
    reader = reader_of(glob)
    reader.read()
    reader.restart()
    expected += append(log, *lines_of(b"more", unread))
    compress(log, sibling(log, ".1.gz"))
    expected += append(log, b"new")
    reader.read()
    reader.assert_exactly_once(expected)
    caught_up = next(chunk for chunk in reader.chunks if chunk.path.endswith(".gz"))
    assert caught_up.block.first_line == 100_001


def test_compression_in_progress(log, reader_of, append):
    """gzip writes the target while the source is still there; both match the glob."""
    expected = append(log, *lines_of(b"a", 20_000))
    reader = reader_of(f"{log}*")
    reader.read()
    rotated = sibling(log, ".1")
    log.rename(rotated)
    expected += append(log, b"new")
    expected += append(rotated, b"unread")
    packed = gzip.compress(rotated.read_bytes())
    target = sibling(log, ".1.gz")
    for share in (0, 10, 5000, len(packed) // 2, len(packed)):
        target.write_bytes(packed[:share])
        reader.read(2)
    rotated.unlink()
    reader.read(100)
    reader.assert_exactly_once(expected)


def test_gzip_that_keeps_its_source_adds_nothing(log, reader_of, append):
    expected = append(log, *lines_of(b"a", 2000))
    reader = reader_of(f"{log}*")
    reader.read()
    sibling(log, ".gz").write_bytes(gzip.compress(log.read_bytes()))
    reader.read(100)
    expected += append(log, b"more")
    reader.read()
    reader.restart()
    reader.read(100)
    reader.assert_exactly_once(expected)


def test_a_compressed_file_of_several_members_without_a_last_line_end(log, reader_of):
    target = sibling(log, ".1.gz")
    target.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\nthree") + b"\0" * 512)
    reader = reader_of(f"{log}*")
    assert reader.read() == [b"one", b"two", b"three"]


def test_damage_in_a_compressed_file_is_a_loss_and_what_stands_before_it_is_read(log, reader_of):
    lines = [os.urandom(40).hex().encode() for _ in range(20_000)]
    packed = bytearray(gzip.compress(b"".join(line + b"\n" for line in lines)))
    packed[len(packed) // 2 : len(packed) // 2 + 100] = b"\0" * 100
    sibling(log, ".1.gz").write_bytes(packed)
    reader = reader_of(f"{log}*")
    reader.read(100)
    assert reader.lines[:8000] == lines[:8000]
    (loss,) = reader.tail.take_losses()
    assert "damaged" in loss.reason


def test_a_compressed_file_that_ends_in_the_middle_is_a_loss_once_nothing_follows(log, reader_of):
    lines = [os.urandom(40).hex().encode() for _ in range(20_000)]
    packed = gzip.compress(b"".join(line + b"\n" for line in lines))
    sibling(log, ".1.gz").write_bytes(packed[:-20_000])
    reader = reader_of(f"{log}*")
    reader.read(200)
    assert reader.lines == lines[: len(reader.lines)]
    assert 18_000 < len(reader.lines) < 20_000
    (loss,) = reader.tail.take_losses()
    assert "ends in the middle" in loss.reason
    sibling(log, ".1.gz").write_bytes(packed)
    reader.read(200)
    reader.assert_exactly_once(lines)


def test_other_compressions_are_named(log, reader_of):
    sibling(log, ".1.zst").write_bytes(b"\x28\xb5\x2f\xfd" + b"x" * 100)
    reader = reader_of(f"{log}*")
    assert reader.read() == []
    assert [problem.message for problem in reader.tail.problems()] == [
        "compressed with zstd: only gzip is read"
    ]


def test_on_a_first_start_older_files_are_read_only_where_the_glob_names_them(
    log, reader_of, append
):
    new = append(log, b"new")
    old = append(sibling(log, ".1"), b"old")
    older = append(sibling(log, ".2"), b"older")
    compress(sibling(log, ".2"))
    for path in log.parent.iterdir():
        os.utime(path, (1e9, 1e9))
    alone, family = reader_of(log), reader_of(f"{log}*")
    alone.read()
    family.read()
    alone.assert_exactly_once(new)
    family.assert_exactly_once([*new, *old, *older])


@pytest.mark.parametrize("compressed", [False, True])
def test_generations_that_came_and_went_while_nobody_looked(
    log, glob, reader_of, append, compressed
):
    expected = append(log, *lines_of(b"first", 100))
    reader = reader_of(glob)
    reader.read()
    reader.restart()
    expected += append(log, b"unread")
    log.rename(sibling(log, ".3"))
    expected += append(sibling(log, ".2"), *lines_of(b"second", 100))
    expected += append(sibling(log, ".1"), *lines_of(b"third", 100))
    if compressed:
        compress(sibling(log, ".3"))
        compress(sibling(log, ".2"))
    expected += append(log, b"fourth")
    reader.read(100)
    reader.assert_exactly_once(expected)


def test_names_with_dates(log, glob, reader_of, append):
    expected = append(log, b"monday")
    reader = reader_of(glob)
    reader.read()
    log.rename(sibling(log, "-20260105"))
    expected += append(sibling(log, "-20260105"), b"monday late")
    expected += append(log, b"tuesday")
    reader.read()
    log.rename(log.with_name("access-2026-01-06.log"))
    expected += append(log.with_name("access-2026-01-06.log"), b"tuesday late")
    expected += append(log, b"wednesday")
    reader.read()
    reader.assert_exactly_once(expected)


def test_the_last_line_of_a_rotated_file_comes_without_its_line_end(log, glob, reader_of, append):
    append(log, b"one")
    with log.open("ab") as stream:
        stream.write(b"cut off by a crash")
    reader = reader_of(glob)
    assert reader.read(100) == [b"one"]
    log.rename(sibling(log, ".1"))
    append(log, b"new")
    assert sorted(reader.read(10)) == [b"cut off by a crash", b"new"]
    assert reader.read(100) == []


def inode_reused(log: Path, data: bytes) -> bool:
    """Delete and write anew until the file system gives the same inode again."""
    old = log.stat().st_ino
    for _ in range(50):
        log.unlink()
        log.write_bytes(data)
        if log.stat().st_ino == old:
            return True
    return False


@pytest.mark.parametrize("length", [1, 50, 5000])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_new_file_with_an_old_inode_is_a_new_file(
    log, glob, reader_of, append, restarted, length
):
    expected = append(log, *lines_of(b"a", 50))
    reader = reader_of(glob)
    reader.read()
    if restarted:
        reader.restart()
    else:
        reader.tail.close()  # an open file's inode is not given away
    fresh = lines_of(b"b", length)
    if not inode_reused(log, b"".join(line + b"\n" for line in fresh)):
        pytest.skip("this file system does not give an inode again at once")
    reader.read()
    reader.assert_exactly_once(expected + fresh)


def test_a_new_file_with_an_old_inode_under_another_name(tmp_path, reader_of, append):
    expected = append(tmp_path / "a.log", *lines_of(b"a", 50))
    reader = reader_of(tmp_path / "*.log")
    reader.read()
    reader.restart()
    inode = (tmp_path / "a.log").stat().st_ino
    (tmp_path / "a.log").unlink()
    expected += append(tmp_path / "b.log", *lines_of(b"b", 50))
    if (tmp_path / "b.log").stat().st_ino != inode:
        pytest.skip("this file system does not give an inode again at once")
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_header_that_every_generation_begins_with(log, glob, reader_of, append):
    header = [b"#Software: shop", b"#Fields: " + b"field " * 300]
    expected = append(log, *header)
    reader = reader_of(glob)
    reader.read()
    for suffix in (".1", ".2"):
        log.rename(sibling(log, suffix))
        expected += append(log, *header)
        reader.read(1)
        expected += append(log, b"line after " + suffix.encode())
        reader.read(2)
    reader.restart()
    expected += append(log, b"last")
    reader.read(20)
    reader.assert_exactly_once(expected)


def test_small_logs_that_are_equal_are_both_read_after_a_while(log, reader_of, append):
    """A copy and a second log that says the same look alike; only copytruncate goes on at once."""
    expected = append(log, b"started", b"ready")
    reader = reader_of(f"{log}*")
    reader.read()
    expected += append(sibling(log, ".2"), b"started", b"ready")
    reader.read(register.TWIN_SECONDS - 2)
    assert reader.lines == [b"started", b"ready"]
    reader.read(register.TWIN_SECONDS)
    reader.assert_exactly_once(expected)


def test_a_restart_in_the_middle_of_a_compressed_file(log, reader_of):
    lines = lines_of(b"a", 100_000)
    sibling(log, ".1.gz").write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))
    reader = reader_of(f"{log}*")
    while len(reader.lines) < len(lines):
        assert reader.poll(1 << 20)
        reader.restart()
    reader.assert_exactly_once(lines)
    assert reader.poll() == []
    assert not any(follow.content for follow in reader.tail._register.follows.values()), (
        "what is known to be finished is not decompressed at every start"
    )
