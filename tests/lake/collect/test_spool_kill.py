"""kill -9 of processes that append, at random moments."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest

from shangdun.lake.collect.spool import Spool


def write_for_ever(directory: Path, run: int, out: int) -> None:
    """Tell the number of every acknowledged append with one write, which no kill cuts in two.

    Large batches make a kill in the middle of a write likely.
    """
    spool = Spool(directory, segment_bytes=3_000_000)
    number = 0
    while True:
        spool.append("shop", lines_of(run, number))
        os.write(out, b"%d\n" % number)
        number += 1


def lines_of(run: int, number: int) -> list[bytes]:
    size = 1 + (number * 7919) % 3 * 4000
    return [b"%d.%d.%d %s end" % (run, number, n, b"x" * (n % 200)) for n in range(size)]


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_no_line_is_torn_or_twice(tmp_path: Path) -> None:
    """Sixty kills; a reader follows all the while and deletes what it has read."""
    seed = int.from_bytes(os.urandom(4), "big")
    print("seed", seed)
    randomness = random.Random(seed)
    spool = Spool(tmp_path, segment_bytes=3_000_000)
    tail = spool.tail("shop")
    seen: set[bytes] = set()
    unacknowledged = kept_up = 0

    def read() -> None:
        tail._next_scan = float("-inf")  # a new segment is noticed at once
        while chunks := tail.poll(32 << 20):
            for chunk in chunks:
                lines = chunk.block.data.splitlines()
                assert chunk.block.data.endswith(b"\n")
                assert all(line.endswith(b" end") for line in lines), "torn"
                before = len(seen)
                seen.update(lines)
                assert len(seen) == before + len(lines), "twice"
        spool.forget("shop", tail.positions())

    for run in range(60):
        names = (2 * run, 2 * run + 1)
        writers = [start(tmp_path, name) for name in names]
        time.sleep(randomness.uniform(0.0, 0.08))
        for process, _ in writers:
            process.kill()
        read()
        for name, (process, out) in zip(names, writers, strict=True):
            process.join()
            with os.fdopen(out, "rb") as stream:
                acknowledged = [int(number) for number in stream.read().split()]
            read()
            for number in acknowledged:
                assert seen.issuperset(lines_of(name, number)), "lost"
            following = lines_of(name, len(acknowledged))
            unacknowledged += bool(seen.intersection(following))
            expected = sum(len(lines_of(name, number)) for number in acknowledged)
            of_this = sum(line.startswith(b"%d." % name) for line in seen)
            assert expected <= of_this <= expected + len(following)
            kept_up += bool(acknowledged)
        seen.clear()
    print("writers that came to an append:", kept_up, "stored, not acknowledged:", unacknowledged)
    assert kept_up > 60
    spool.append("shop", [b"still in order end"])
    read()
    assert seen == {b"still in order end"}
    tail.close()


def start(directory: Path, run: int) -> tuple[multiprocessing.process.BaseProcess, int]:
    reader, writer = os.pipe()
    context = multiprocessing.get_context("fork")
    process = context.Process(target=write_for_ever, args=(directory, run, writer))
    process.start()
    os.close(writer)
    return process, reader
