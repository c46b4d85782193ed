"""Writing, rotating, compressing, polling and restarting in any order: every line once."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.lake.collect.conftest import Reader

KEPT = 6


class Rotation(RuleBasedStateMachine):
    """A log of a busy server with logrotate, and a reader that is stopped now and then."""

    family = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.log = self.folder / "access.log"
        self.reader = Reader(f"{self.log}*" if self.family else self.log)
        self.numbers = itertools.count()
        self.written: list[bytes] = []
        self.half = b""

    @initialize(header=st.integers(0, 3))
    def begin(self, header: int) -> None:
        # Up to 1.8 kB that every generation begins with, as W3C logs and banners do, before a first
        # line of its own. Generations of nothing but equal lines could not be told apart.
        self.header = [b"#header %d %s" % (n, b"=" * 600) for n in range(header)]
        self._write_header()
        self.reader.read(1)

    def _write_header(self) -> None:
        own = [b"begun %d" % next(self.numbers)] if self.header else []
        self._write(*self.header, *own)

    def _write(self, *lines: bytes) -> None:
        with self.log.open("ab") as stream:
            stream.write(b"".join(line + b"\n" for line in lines))
        self.written += lines

    @rule(count=st.sampled_from([1, 2, 30, 3000]))
    @precondition(lambda self: not self.half)
    def write(self, count: int) -> None:
        self._write(*(b"line %d %s" % (next(self.numbers), b"." * 40) for _ in range(count)))

    @rule()
    @precondition(lambda self: not self.half)
    def write_half(self) -> None:
        self.half = b"half %d" % next(self.numbers)
        with self.log.open("ab") as stream:
            stream.write(self.half)

    @rule()
    @precondition(lambda self: self.half)
    def write_the_other_half(self) -> None:
        with self.log.open("ab") as stream:
            stream.write(b" whole\n")
        self.written.append(self.half + b" whole")
        self.half = b""

    @rule()
    @precondition(lambda self: not self.half)
    def rename(self) -> None:
        self._shift()
        self.log.rename(self._numbered(1))
        self._write_header()

    @rule()
    @precondition(lambda self: not self.half)
    def copytruncate(self) -> None:
        self._shift()
        shutil.copyfile(self.log, self._numbered(1))
        os.truncate(self.log, 0)
        self._write_header()

    @rule(number=st.integers(1, KEPT))
    def compress(self, number: int) -> None:
        source = self._numbered(number)
        if source.exists():
            target = source.with_name(f"{source.name}.gz")
            target.write_bytes(gzip.compress(source.read_bytes(), 1))
            times = source.stat()
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
            source.unlink()

    @rule()
    def poll(self) -> None:
        self.reader.moment += 0.1
        self.reader.poll()

    @rule(limit=st.sampled_from([1, 100_000]))
    def poll_a_little(self, limit: int) -> None:
        self.reader.poll(limit)

    @rule(seconds=st.sampled_from([1, 7, 30]))
    def wait(self, seconds: float) -> None:
        self.reader.read(seconds)

    @rule()
    def restart(self) -> None:
        self.reader.restart()

    def _numbered(self, number: int) -> Path:
        return self.log.with_name(f"access.log.{number}")

    def _shift(self) -> None:
        # What falls out at the end must have been read, or its loss would be rightly a loss.
        if any(path.name.startswith(f"access.log.{KEPT}") for path in self.folder.iterdir()):
            self.reader.read(30)
        for number in range(KEPT, 0, -1):
            for suffix in ("", ".gz"):
                path = self.log.with_name(f"access.log.{number}{suffix}")
                if path.exists() and number == KEPT:
                    path.unlink()
                elif path.exists():
                    path.rename(self.log.with_name(f"access.log.{number + 1}{suffix}"))

    def teardown(self) -> None:
        try:
            if self.half:
                self.write_the_other_half()
            self.reader.read(30)
            self.reader.assert_exactly_once(self.written)
            # A file that fell out of the rotation while nobody looked may be said to have had more.
            losses = self.reader.tail.take_losses()
            assert not [loss for loss in losses if loss.offset < loss.size]
        finally:
            self.reader.tail.close()
            shutil.rmtree(self.folder)


@pytest.mark.slow
@pytest.mark.parametrize("family", [False, True], ids=["the live file", "the family"])
def test_every_line_once(family: bool) -> None:
    machine = type("Machine", (Rotation,), {"family": family})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
