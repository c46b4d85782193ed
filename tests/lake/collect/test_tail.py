"""One file and many, without rotation."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from shangdun.kernel.errors import StoreError
from shangdun.lake.collect import follow, register, tail
from shangdun.lake.collect.tail import Tail


def test_a_file_is_read_from_its_beginning_and_then_as_it_grows(log, reader_of, append):
    append(log, b"one", b"two")
    reader = reader_of(log)
    assert reader.poll() == [b"one", b"two"]
    assert reader.poll() == []
    append(log, b"three")
    assert reader.poll() == [b"three"]
    assert reader.chunks[-1].block.first_line == 3


def test_a_line_waits_until_it_is_whole(log, reader_of):
    with log.open("wb", buffering=0) as stream:
        stream.write(b"first\nsec")
        reader = reader_of(log)
        assert reader.read() == [b"first"]
        stream.write(b"on")
        assert reader.read(100) == []
        stream.write(b"d\n")
        assert reader.read() == [b"second"]


def test_a_file_that_appears_late_is_found_and_its_absence_is_told(log, reader_of, append):
    reader = reader_of(log)
    assert reader.read() == []
    assert [problem.message for problem in reader.tail.problems()] == ["no file matches yet"]
    append(log, b"late")
    assert reader.read() == [b"late"]
    assert reader.tail.problems() == ()


def test_a_restart_goes_on_at_the_same_line(log, reader_of, append):
    append(log, b"one", b"two")
    reader = reader_of(log)
    reader.read()
    append(log, b"three")
    reader.restart()
    assert reader.read() == [b"three"]
    assert reader.chunks[-1].block.first_line == 3
    assert reader.chunks[-1].file_id == reader.chunks[0].file_id


def test_a_poll_takes_about_as_much_as_it_may_and_serves_all_files_in_turn(tmp_path, reader_of):
    for name in ("a.log", "b.log", "c.log"):
        (tmp_path / name).write_bytes(b"%s\n" % (b"x" * 99) * 10_000)
    reader = reader_of(tmp_path / "*.log")
    counts = []
    while got := reader.poll(500_000):
        counts.append(sum(len(line) + 1 for line in got))
        assert reader.tail.backlog() == 3_000_000 - sum(counts)
    assert sum(counts) == 3_000_000
    assert max(counts) <= 600_000
    early = {chunk.path for chunk in reader.chunks[:3]}
    assert len(early) == 3, "no file waits until another is read to its end"


def test_a_line_longer_than_the_limit_comes_in_pieces_and_memory_stays_bounded(log, reader_of):
    log.write_bytes(b"before\n" + b"x" * (follow.LINE_LIMIT + 1000) + b"\nafter\n")
    reader = reader_of(log)
    assert b"".join(reader.read()) == b"before" + b"x" * (follow.LINE_LIMIT + 1000) + b"after"
    assert max(len(chunk.block.data) for chunk in reader.chunks) <= follow.LINE_LIMIT
    assert reader.chunks[-1].block.first_line <= 3


def test_a_ten_megabyte_line_stays_whole(log, reader_of):
    log.write_bytes(b"before\n" + b"x" * 10_000_000 + b"\nafter\n")
    reader = reader_of(log)
    assert [len(line) for line in reader.read()] == [6, 10_000_000, 5]


def test_many_files_that_begin_alike_are_each_read(tmp_path, reader_of, append):
    header = [b"#Software: shop 1.0", b"#Fields: date time c-ip" + b" " * 2000]
    expected = []
    for number in range(300):
        expected += append(tmp_path / f"node{number}.log", *header)
    reader = reader_of(tmp_path / "*.log")
    reader.read()
    reader.restart()
    for number in range(300):
        expected += append(tmp_path / f"node{number}.log", b"%d" % number)
    for number in range(300, 350):
        expected += append(tmp_path / f"node{number}.log", *header)
    reader.read(15)
    reader.assert_exactly_once(expected)


def test_thousands_of_files_need_few_descriptors_and_idle_polls_look_at_none(
    tmp_path, reader_of, append, monkeypatch
):
    for number in range(2000):
        append(tmp_path / f"{number}.log", b"line %d" % number)
    reader = reader_of(tmp_path / "*.log")
    assert len(reader.read()) == 2000
    opened = [one for one in reader.tail._register.follows.values() if one.content]
    assert len(opened) <= register.OPEN_FILES
    reader.moment += tail.HOT_SECONDS + 1
    reader.poll()
    reader.moment += 0.1
    looked = []
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda path: (looked.append(path), stat(path))[1])
    monkeypatch.setattr(os, "fstat", lambda *a, **k: looked.append(a))
    reader.moment += 0.3
    reader.poll()
    reader.moment += 0.3
    assert reader.poll() == []
    assert looked in ([str(tmp_path)], [str(tmp_path)] * 2), "only at the folder"
    monkeypatch.undo()
    append(tmp_path / "77.log", b"again")
    assert reader.read() == [b"again"]


def test_folders_pipes_and_broken_links_do_no_harm(tmp_path, reader_of, append):
    (tmp_path / "folder.log").mkdir()
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "nowhere.log").symlink_to(tmp_path / "missing")
    append(tmp_path / "good.log", b"good")
    reader = reader_of(tmp_path / "*.log")
    assert reader.read() == [b"good"]
    assert reader.tail.problems() == ()
    alone = reader_of(tmp_path / "folder.log")
    assert alone.read() == []
    assert "is no regular file" in alone.tail.problems()[0].message


def test_what_cannot_be_opened_is_told_and_tried_again(tmp_path, reader_of, append):
    (tmp_path / "loop.log").symlink_to("loop.log")
    append(tmp_path / "good.log", b"good")
    reader = reader_of(tmp_path / "*.log")
    assert reader.read() == [b"good"]
    assert [Path(problem.path).name for problem in reader.tail.problems()] == ["loop.log"]
    (tmp_path / "loop.log").unlink()
    append(tmp_path / "loop.log", b"better")
    assert reader.read() == [b"better"]
    assert reader.tail.problems() == ()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else and come back")
def test_a_file_without_permission_is_told_and_read_later(reader_of, append):
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        log = folder / "access.log"
        append(log, b"secret")
        log.chmod(0o600)
        reader = reader_of(log)
        os.seteuid(65534)
        try:
            assert reader.read() == []
            assert [problem.message for problem in reader.tail.problems()] == ["Permission denied"]
            os.seteuid(0)
            log.chmod(0o644)
            os.seteuid(65534)
            assert reader.read() == [b"secret"]
            assert reader.tail.problems() == ()
        finally:
            os.seteuid(0)
    finally:
        shutil.rmtree(folder)


def test_a_link_that_is_turned_to_another_file_leads_to_both(tmp_path, reader_of, append):
    current = tmp_path / "current.log"
    expected = append(tmp_path / "monday", b"m1", b"m2")
    current.symlink_to("monday")
    reader = reader_of(current)
    reader.read()
    expected += append(tmp_path / "monday", b"m3")
    expected += append(tmp_path / "tuesday", b"t1")
    current.unlink()
    current.symlink_to("tuesday")
    reader.read()
    expected += append(tmp_path / "monday", b"m4")
    expected += append(tmp_path / "tuesday", b"t2")
    reader.read()
    reader.assert_exactly_once(expected)


def test_two_names_of_one_file_are_one_file(tmp_path, reader_of, append):
    expected = append(tmp_path / "a.log", b"1", b"2")
    (tmp_path / "b.log").symlink_to("a.log")
    os.link(tmp_path / "a.log", tmp_path / "c.log")
    reader = reader_of(tmp_path / "*.log")
    reader.read()
    expected += append(tmp_path / "a.log", b"3")
    reader.read()
    reader.assert_exactly_once(expected)


def test_a_deleted_file_is_read_to_its_end_while_it_is_open(log, reader_of):
    with log.open("ab", buffering=0) as stream:
        stream.write(b"1\n")
        reader = reader_of(log)
        reader.read()
        log.unlink()
        stream.write(b"2\n")
        assert reader.read() == [b"2"]
    reader.moment += 100
    reader.read(200)
    assert reader.tail.take_losses() == []


def test_a_file_that_vanished_while_nobody_looked_is_a_loss_told_once(log, reader_of, append):
    append(log, b"1", b"2")
    reader = reader_of(log)
    reader.read()
    reader.restart()
    log.unlink()
    reader.read(200)
    losses = reader.tail.take_losses()
    assert [(loss.path, loss.offset) for loss in losses] == [(str(log), 4)]
    reader.restart()
    reader.read(200)
    assert reader.tail.take_losses() == []


def test_files_that_come_back_are_not_read_again(log, reader_of, append):
    """As when a network file system is gone for an hour."""
    append(log, *(b"line %d" % number for number in range(100)))
    reader = reader_of(log)
    reader.read()
    away = log.parent.rename(log.parent.parent / "away")
    reader.restart()
    reader.read(3600)
    away.rename(log.parent)
    append(log, b"new")
    assert reader.read() == [b"new"]


def test_a_file_that_lost_its_end_in_a_crash_is_read_again_from_the_last_minute(
    log, reader_of, append
):
    old = append(log, *(b"%03d %s" % (number, b"x" * 95) for number in range(50)))
    reader = reader_of(log)
    reader.read()
    reader.moment += follow.MARK_SECONDS
    last = append(log, b"a", b"b", b"c")
    reader.read()
    reader.restart()
    os.truncate(log, 5002)
    new = append(log, b"n")
    reader.read()
    assert reader.lines == [*old, *last, b"a", *new]
    assert len({chunk.file_id for chunk in reader.chunks}) == 2, "offsets are used a second time"


def test_a_hole_at_the_beginning_is_skipped(log, reader_of):
    """A writer without O_APPEND goes on at its old place in a file truncated under it."""
    with log.open("wb", buffering=0) as stream:
        stream.write(b"x" * 99_999 + b"\n")
        reader = reader_of(log)
        reader.read()
        os.truncate(log, 0)
        stream.write(b"after\n")
        assert reader.read() == [b"after"]
        stream.write(b"more\n")
        reader.restart()
        assert reader.read() == [b"more"]


def test_positions_hold_nothing_of_files_that_gave_nothing(log, reader_of):
    log.touch()
    reader = reader_of(log)
    reader.read()
    assert reader.tail.positions().files == ()
    assert reader.tail.positions().since > 0


class TestReread:
    """The bytes of a chunk, once more."""

    def again(self, reader, chunk, *, positions=None, **options):
        """Reread as after a crash: by a new tail."""
        reader.tail.close()
        reader.tail = Tail("shop", reader.glob, positions, tick=lambda: reader.moment)
        return reader.tail.reread(chunk.file_id, chunk.path, chunk.start, chunk.end, **options)

    def two_chunks(self, log, reader, append):
        append(log, *(b"%d %s" % (number, b"x" * 50) for number in range(100)))
        reader.read()
        append(log, b"last of the first", b"and more")
        reader.read()
        return reader.chunks

    @pytest.mark.parametrize("checked", [True, False])
    @pytest.mark.parametrize("happened", ["nothing", "renamed", "copied", "gzipped"])
    def test_wherever_the_file_went(self, log, reader_of, append, happened, checked):
        reader = reader_of(log)
        _, second = self.two_chunks(log, reader, append)
        positions = None
        {
            "nothing": lambda: None,
            "renamed": lambda: (log.rename(f"{log}.1"), append(log, b"new")),
            "copied": lambda: (shutil.copy(log, f"{log}.1"), log.write_bytes(b"new\n")),
            "gzipped": lambda: (gzip_file(log, Path(f"{log}.1.gz")), append(log, b"new")),
        }[happened]()
        checksum = second.checksum if checked else None
        block = self.again(reader, second, positions=positions, checksum=checksum)
        assert (block.data, block.first_line, block.offset) == (
            second.block.data,
            second.block.first_line,
            second.start,
        )
        expected = [] if happened == "nothing" else [b"new"]
        assert reader.read() == expected, "after a replay nothing comes twice"
        append(Path(f"{log}.1") if happened in {"renamed", "copied"} else log, b"rest")
        assert reader.read() == [b"rest"]

    def test_from_positions_of_the_last_commit(self, log, reader_of, append):
        reader = reader_of(log)
        append(log, b"1")
        reader.read()
        committed = reader.tail.positions()
        append(log, b"2")
        reader.read()
        append(log, b"3")
        reader.read()
        two, three = reader.chunks[1:]
        assert self.again(reader, two, positions=committed).data == b"2\n"
        assert reader.tail.reread(three.file_id, three.path, three.start, three.end).first_line == 3
        append(log, b"4")
        assert reader.read() == [b"4"]

    def test_what_is_gone_is_said_to_be_gone(self, log, reader_of, append):
        reader = reader_of(log)
        _, second = self.two_chunks(log, reader, append)
        log.unlink()
        with pytest.raises(StoreError) as caught:
            self.again(reader, second)
        assert caught.value.code == "tail.gone"
        assert str(log) in str(caught.value)

    def test_other_bytes_at_the_same_place_are_not_taken_for_the_same(self, log, reader_of, append):
        reader = reader_of(log)
        _, second = self.two_chunks(log, reader, append)
        data = bytearray(log.read_bytes())
        data[second.start] ^= 1
        log.write_bytes(data)
        with pytest.raises(StoreError, match="nowhere to be found"):
            self.again(reader, second, checksum=second.checksum)

    def test_a_name_that_is_none(self, log, reader_of, append):
        reader = reader_of(log)
        with pytest.raises(StoreError):
            reader.tail.reread("nonsense", str(log), 0, 5)


def gzip_file(source: Path, target: Path) -> None:
    import gzip  # noqa: PLC0415 - only here

    target.write_bytes(gzip.compress(source.read_bytes()))
    os.utime(target, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    source.unlink()
