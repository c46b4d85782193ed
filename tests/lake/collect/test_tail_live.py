"""A writer in its own process, rotated under load, followed in real time."""

from __future__ import annotations

import fcntl
import gzip
import multiprocessing
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from shangdun.lake.collect.position import Positions
from shangdun.lake.collect.tail import Tail

LINES = 30_000
KEPT = 4


def write(log: Path, lines: int) -> None:
    """A server's worker: opens for appending, reopens after a rename, now and then in two writes.

    The lock only keeps copytruncate from losing what is written between its two steps, which it
    does by nature and no reader could make good.
    """
    guard = os.open(log.with_name("guard"), os.O_RDWR | os.O_CREAT)
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in range(lines):
        line = b"%d 203.0.113.%d GET /catalogue/%d\n" % (number, number % 256, number)
        fcntl.flock(guard, fcntl.LOCK_SH)
        os.write(fd, line[:9])
        if number % 7 == 0:
            time.sleep(0)
        os.write(fd, line[9:])
        fcntl.flock(guard, fcntl.LOCK_UN)
        if number % 500 == 0:
            time.sleep(0.01)
            os.close(fd)
            fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def rename(log: Path, guard: int) -> None:
    if log.exists():
        log.rename(f"{log}.1")


def copytruncate(log: Path, guard: int) -> None:
    fcntl.flock(guard, fcntl.LOCK_EX)
    shutil.copyfile(log, f"{log}.1")
    os.truncate(log, 0)
    fcntl.flock(guard, fcntl.LOCK_UN)


def rotate(log: Path, guard: int, away: Callable[[Path, int], None]) -> None:
    """As logrotate with ``rotate``, ``compress`` and ``delaycompress``."""
    for number in range(KEPT, 0, -1):
        for suffix in ("", ".gz"):
            old = Path(f"{log}.{number}{suffix}")
            if old.exists():
                old.rename(f"{log}.{number + 1}{suffix}")
    away(log, guard)
    plain = Path(f"{log}.2")
    if plain.exists():
        times = plain.stat()
        packed = Path(f"{log}.2.gz")
        with plain.open("rb") as source, gzip.open(packed, "wb", 1) as target:
            shutil.copyfileobj(source, target, 10_000)
        os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
        plain.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("away", [rename, copytruncate])
@pytest.mark.parametrize("family", [False, True], ids=["the live file", "the family"])
def test_rotation_under_load(tmp_path, away, family):
    """About thirty rotations and as many restarts of the reader; every line once."""
    log = tmp_path / "access.log"
    guard = os.open(tmp_path / "guard", os.O_RDWR | os.O_CREAT)
    randomness = random.Random(1)
    writer = multiprocessing.get_context("fork").Process(target=write, args=(log, LINES))
    writer.start()
    glob = f"{log}*" if family else str(log)
    tail = Tail("shop", glob)
    seen: Counter[int] = Counter()
    rotations = 0

    def poll() -> bool:
        chunks = tail.poll(1 << 20)
        for chunk in chunks:
            for line in chunk.block.data.splitlines():
                number, _, rest = line.split(b" ", 2)
                assert rest == b"GET /catalogue/%s" % number, "torn"
                seen[int(number)] += 1
        return bool(chunks)

    quiet_since = time.monotonic()
    rotate_at = time.monotonic() + 0.3
    while time.monotonic() - quiet_since < 3:
        if poll() or writer.is_alive():
            quiet_since = time.monotonic()
        if writer.is_alive() and time.monotonic() > rotate_at:
            rotate(log, guard, away)
            rotations += 1
            rotate_at = time.monotonic() + randomness.uniform(0.02, 0.15)
            if randomness.random() < 0.5:
                saved = msgspec.json.encode(tail.positions())
                tail.close()
                tail = Tail("shop", glob, msgspec.json.decode(saved, type=Positions))
        time.sleep(0.005)
    assert writer.exitcode == 0
    assert rotations >= 3
    assert sum(seen.values()) == LINES
    assert len(seen) == LINES
    assert tail.take_losses() == []
    tail.close()
    os.close(guard)
