"""The spool: what is acknowledged is there once, whatever happens."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shangdun.kernel.errors import StoreError, UsageError
from shangdun.lake.collect import segments
from shangdun.lake.collect.spool import Spool, SpoolFull


def spooled(spool: Spool, source: str = "shop", positions=None) -> tuple[list[bytes], object]:
    """Everything a tail gives out, and its positions."""
    tail = spool.tail(source, positions)
    lines: list[bytes] = []
    while chunks := tail.poll():
        for chunk in chunks:
            assert chunk.block.data.endswith(b"\n")
            lines += chunk.block.data.splitlines()
    tail.close()
    return lines, tail.positions()


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", segment_bytes=1000)
    yield spool
    spool.close()


def test_lines_come_back_in_order_over_many_segments(spool):
    for number in range(100):
        spool.append("shop", [b"%d a" % number, b"%d b" % number])
    expected = [b"%d %s" % (number, part) for number in range(100) for part in (b"a", b"b")]
    lines, positions = spooled(spool)
    assert lines == expected
    spool.append("shop", [b"later"])
    assert spooled(spool, positions=positions)[0] == [b"later"]


def test_an_append_is_fsynced_before_it_returns(spool, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(os.fstat(fd).st_size))
    spool.append("shop", [b"12345", b"6"])
    assert synced == [8]


def test_sources_are_apart_and_their_names_cannot_lead_elsewhere(spool, tmp_path):
    spool.append("前台日志", [b"1"])
    spool.append("app.v1-x", [b"2"])
    assert spooled(spool, "前台日志")[0] == [b"1"]
    for name in ("", ".", "..", "../x", "a/b", "/etc", "a\0b", "x" * 65, "-a", "a\n"):
        with pytest.raises(UsageError) as caught:
            spool.append(name, [b"x"])
        assert caught.value.code == "usage.source_name"
    assert {path.name for path in tmp_path.iterdir()} == {"spool"}


def test_a_line_with_a_line_end_in_it_is_refused(spool):
    with pytest.raises(UsageError, match="line end"):
        spool.append("shop", [b"one\ntwo"])
    assert spooled(spool)[0] == []


def test_only_segments_read_to_their_end_and_followed_by_others_are_forgotten(spool):
    for number in range(100):
        spool.append("shop", [b"%d %s" % (number, b"x" * 50)])
    _, positions = spooled(spool)
    spool.append("shop", [b"unread"])
    names = sorted(path.name for path in (spool.directory / "shop").iterdir())
    assert len(names) > 3
    before = spool.size()
    freed = spool.forget("shop", positions)
    assert sorted(path.name for path in (spool.directory / "shop").iterdir()) == names[-1:]
    assert spool.size() == before - freed
    assert spooled(spool, positions=positions)[0] == [b"unread"]
    assert spool.forget("shop", positions) == 0


def test_nothing_unread_is_forgotten(spool):
    for number in range(100):
        spool.append("shop", [b"%d %s" % (number, b"x" * 50)])
    tail = spool.tail("shop")
    first = tail.poll(1)
    spool.forget("shop", tail.positions())
    rest = []
    while chunks := tail.poll():
        rest += chunks
    got = b"".join(chunk.block.data for chunk in [*first, *rest])
    assert [line.split()[0] for line in got.splitlines()] == [b"%d" % n for n in range(100)]


def test_a_quiet_source_is_emptied_after_an_hour(spool):
    spool.append("shop", [b"secret of a customer"])
    _, positions = spooled(spool)
    (segment,) = (spool.directory / "shop").iterdir()
    assert spool.forget("shop", positions) == 0
    os.utime(segment, (1e9, 1e9))
    assert spool.forget("shop", positions) == 21
    assert spool.size() == 0
    spool.append("shop", [b"next"])
    assert spooled(spool, positions=positions)[0] == [b"next"]


def test_a_full_spool_refuses_and_takes_again_when_there_is_room(tmp_path):
    spool = Spool(tmp_path, segment_bytes=100, max_bytes=1000)
    for number in range(10):
        spool.append("shop", [b"%095d" % number])
    with pytest.raises(SpoolFull) as caught:
        spool.append("shop", [b"%095d" % 10])
    assert caught.value.code == "spool.full"
    lines, positions = spooled(spool)
    assert len(lines) == 10
    spool.forget("shop", positions)
    spool.append("shop", [b"again"])
    spool.close()


def test_half_a_line_of_a_killed_process_is_not_glued_to_the_next(spool):
    spool.append("shop", [b"whole"])
    (segment,) = (spool.directory / "shop").iterdir()
    with segment.open("ab") as stream:
        stream.write(b"torn" * 50_000)
    tail = spool.tail("shop")
    assert [chunk.block.data for chunk in tail.poll()] == [b"whole\n"]
    spool.append("shop", [b"next"])
    assert b"".join(c.block.data for c in tail.poll()) == b"next\n"
    assert spooled(spool)[0] == [b"whole", b"next"]
    tail.close()


def test_threads_share_fsyncs_and_lose_nothing(tmp_path, monkeypatch):
    spool = Spool(tmp_path, segment_bytes=4000)
    calls = []
    fdatasync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (calls.append(1), fdatasync(fd)))

    def work(name: int) -> None:
        for number in range(50):
            spool.append("shop", [b"%d-%d a" % (name, number), b"%d-%d b" % (name, number)])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines, _ = spooled(spool)
    assert len(lines) == len(set(lines)) == 1600
    for name in range(16):
        own = [line for line in lines if line.startswith(b"%d-" % name)]
        assert own == [b"%d-%d %s" % (name, n, part) for n in range(50) for part in (b"a", b"b")]
    assert len(calls) < 800
    spool.close()


def _append_many(directory: str, name: int) -> None:
    spool = Spool(Path(directory), segment_bytes=2000)
    for number in range(100):
        spool.append("shop", [b"%d-%d" % (name, number)])


def test_processes_write_side_by_side_while_one_forgets(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_append_many, args=(str(tmp_path), name)) for name in range(4)
    ]
    for worker in workers:
        worker.start()
    spool = Spool(tmp_path, segment_bytes=2000)
    tail = spool.tail("shop")
    lines: list[bytes] = []
    while any(worker.is_alive() for worker in workers) or len(lines) < 400:
        for chunk in tail.poll():
            lines += chunk.block.data.splitlines()
        spool.forget("shop", tail.positions())
        assert all(worker.exitcode in {None, 0} for worker in workers)
    assert sorted(lines) == sorted(b"%d-%d" % (name, n) for name in range(4) for n in range(100))
    assert len(list((tmp_path / "shop").iterdir())) <= 2
    tail.close()


def test_a_spool_survives_a_fork(spool):
    spool.append("shop", [b"parent 1"])
    child = multiprocessing.get_context("fork").Process(
        target=lambda: [spool.append("shop", [b"child %d" % n]) for n in range(50)]
    )
    child.start()
    for number in range(50):
        spool.append("shop", [b"parent %d" % number])
    child.join()
    assert child.exitcode == 0
    assert len(spooled(spool)[0]) == 101


def test_a_reader_does_not_see_a_write_under_way(spool):
    spool.append("shop", [b"whole"])
    (segment,) = (spool.directory / "shop").iterdir()
    tail = spool.tail("shop")
    tail.poll()
    with segment.open("ab", buffering=0) as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        writer.write(b"may be undone\n")
        assert tail.poll() == []
        os.truncate(segment, 6)
        fcntl.flock(writer, fcntl.LOCK_UN)
    spool.append("shop", [b"other text"])
    assert [chunk.block.data for chunk in tail.poll()] == [b"other text\n"]
    tail.close()


def test_a_lock_that_is_never_released_is_an_error_and_not_a_wait_for_ever(spool, monkeypatch):
    monkeypatch.setattr(segments, "LOCK_SECONDS", 0.2)
    spool.append("shop", [b"1"])
    (segment,) = (spool.directory / "shop").iterdir()
    with segment.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError) as caught:
            spool.append("shop", [b"2"])
        assert caught.value.code == "spool.busy"
    spool.append("shop", [b"3"])
    assert spooled(spool)[0] == [b"1", b"3"]


LIMITED = """
import resource, sys
from pathlib import Path
from shangdun.kernel.errors import StoreError
from shangdun.lake.collect.spool import Spool

spool = Spool(Path(sys.argv[1]))
spool.append("shop", [b"before"])
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
refused = 0
for number in range(3):
    try:
        spool.append("shop", [b"%d %s" % (number, b"x" * 3000) for _ in range(3)])
    except StoreError as error:
        assert error.code == "spool.disk_full", error
        assert "nothing was stored" in str(error)
        refused += 1
    spool.append("shop", [b"small %d" % number])
assert refused == 3
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
spool.append("shop", [b"y" * 9000])
"""


def test_where_a_file_may_not_grow_nothing_is_half_stored(tmp_path):
    subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], check=True)
    lines, _ = spooled(Spool(tmp_path))
    assert lines == [b"before", b"small 0", b"small 1", b"small 2", b"y" * 9000]


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_whole_appends_and_resumes_by_itself(small_disk):
    spool = Spool(small_disk / "spool", segment_bytes=100_000)
    acknowledged = []
    refused = set()
    for number in range(100):
        batch = [b"%d %d %s" % (number, n, b"x" * 5000) for n in range(5)]
        try:
            spool.append("shop", batch)
            acknowledged += batch
        except StoreError as error:
            refused.add(error.code)
    assert refused == {"spool.disk_full"}
    lines, positions = spooled(spool)
    assert lines == acknowledged, "what was refused was undone as a whole"
    spool.forget("shop", positions)
    spool.append("shop", [b"room again"])
    assert spooled(spool, positions=positions)[0] == [b"room again"]
    spool.close()


def test_a_deleted_folder_is_made_again(spool):
    spool.append("shop", [b"1"])
    shutil.rmtree(spool.directory)
    spool.append("shop", [b"2"])
    assert spooled(spool)[0] == [b"2"]
